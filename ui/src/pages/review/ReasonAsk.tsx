import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { REASONS, type Answer } from '../../api/review'

/** Why it is wrong or missed: a number chooses and says it at once, words and Enter say it too, Escape leaves. */
export function ReasonAsk({ answer, isBusy, onSay, onCancel }: {
  answer: Answer; isBusy: boolean; onSay: (reason: string | null, note: string | null) => void; onCancel: () => void
}) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const hint = useId()
  const reasons = REASONS[answer]
  const say = (reason: string | null) => {
    const words = note.trim()
    if (!isBusy && (reason || words)) onSay(reason, words || null)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const reason = note === '' ? reasons[Number(event.key) - 1] : undefined
    if (reason && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      say(reason)
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault()
      say(null)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onCancel()
    }
  }
  return (
    <div className="reason-ask" role="group" aria-label={t(`review.why.${answer}`)} data-testid="reason-ask" onKeyDown={onKey}>
      <p><b>{t(`review.why.${answer}`)}</b><span className="quiet" id={hint}>{t('review.why_how')}</span></p>
      <ol>
        {reasons.map((reason, index) => (
          <li key={reason}>
            <button type="button" disabled={isBusy} onClick={() => say(reason)} data-testid={`reason-${index + 1}`}><kbd>{index + 1}</kbd> {t(`review.reason.${reason}`)}</button>
          </li>
        ))}
      </ol>
      <input
        autoFocus value={note} maxLength={500} aria-describedby={hint} aria-label={t('review.note')} placeholder={t('review.note_placeholder')}
        onChange={(event) => setNote(event.target.value)} data-testid="reason-note"
      />
      <span className="acts">
        <button type="button" className="button" disabled={isBusy || !note.trim()} onClick={() => say(null)}>{t('review.say')}</button>
        <button type="button" className="link" onClick={onCancel}>{t('review.cancel')}</button>
      </span>
    </div>
  )
}
