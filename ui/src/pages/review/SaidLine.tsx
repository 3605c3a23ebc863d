import { useTranslation } from 'react-i18next'
import type { Judgement } from '../../api/review'
import { useFormat } from '../../i18n/format'
import { useBy } from './by'

/** What stands: who said what, why, and whether the rule or the verdict has changed since. */
export function SaidLine({ said, older, onUndo, isKeyed, isBusy }: { said: Judgement; older?: Judgement[]; onUndo?: () => void; isKeyed?: boolean; isBusy?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const by = useBy()
  const why = [said.reason && t(`review.reason.${said.reason}`), said.note].filter(Boolean).join(t('app.separator'))
  return (
    <div className={`said ${said.answer}`} data-testid="said" data-answer={said.answer}>
      <span>
        <b>{t(`review.answer.${said.answer}`)}</b>
        {why && <> {why}</>}
        <span className="faint">{why ? ' · ' : ' '}{[by(said.by), format.dayTime(said.judged_ms), said.drawn && t('review.from_draw')].filter(Boolean).join(' · ')}</span>
        {said.has_changed && <small className="changed">{t(said.has_rule ? 'review.rule_changed' : 'review.rule_gone')}</small>}
      </span>
      {onUndo && <button type="button" className="link" disabled={isBusy} onClick={onUndo} data-testid="undo">{t('review.undo')}{isKeyed && <> <kbd>z</kbd></>}</button>}
      {older && older.length > 0 && (
        <details className="said-before">
          <summary>{t('review.before', { count: older.length })}</summary>
          <ul>
            {older.map((one) => (
              <li key={one.number}>
                {t(`review.answer.${one.answer}`)} {[one.reason && t(`review.reason.${one.reason}`), one.note].filter(Boolean).join(t('app.separator'))}
                <span className="faint"> {by(one.by)} · {format.dayTime(one.judged_ms)}{one.withdrawn_ms !== null && ` · ${t('review.withdrawn')}`}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
