import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { useBy } from './by'
import type { Conflict } from './useSaid'

/** Two people say different things about one finding: both are shown, and who came later chooses. */
export function ConflictNote({ conflict, isBusy, onReplace, onLeave }: { conflict: Conflict; isBusy: boolean; onReplace: () => void; onLeave: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const by = useBy()
  const { standing, word } = conflict
  useKeyboard({ r: isBusy ? undefined : onReplace, Escape: onLeave })
  const why = (one: { reason?: string | null; note?: string | null }) => [one.reason && t(`review.reason.${one.reason}`), one.note].filter(Boolean).join(t('app.separator'))
  return (
    <div className="said-conflict" role="alert" data-testid="said-conflict">
      <p><b>{t('review.conflict')}</b></p>
      <p>{t('review.conflict_there', { name: by(standing.by), answer: t(`review.answer.${standing.answer}`), when: format.dayTime(standing.judged_ms) })} {why(standing)}</p>
      <p>{t('review.conflict_mine', { answer: t(`review.answer.${word.answer}`) })} {why(word)}</p>
      <span className="acts">
        <button type="button" className="button" onClick={onLeave} data-testid="leave">{t('review.conflict_leave')} <kbd>Esc</kbd></button>
        <button type="button" className="button" disabled={isBusy} onClick={onReplace} data-testid="replace">{t('review.conflict_replace')} <kbd>r</kbd></button>
      </span>
    </div>
  )
}
