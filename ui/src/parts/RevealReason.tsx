import { useTranslation } from 'react-i18next'
import { MOST_REASON } from '../api/reveal'

const USUAL = ['callback', 'verify', 'complaint', 'legal'] as const
const LEAST_REASON = 2

/** Whether the words are enough of a reason. */
export const isReason = (reason: string) => [...reason.trim()].length >= LEAST_REASON

/** Why numbers and names are wanted as they are: one of the usual reasons, or one's own words. */
export function RevealReason({ label, reason, onReason, isFirst = false }: { label: string; reason: string; onReason: (reason: string) => void; isFirst?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="reveal-reason">
      <label>
        {label}
        <input value={reason} maxLength={MOST_REASON} autoFocus={isFirst} onChange={(event) => onReason(event.target.value)} data-testid="reveal-reason" />
      </label>
      <div className="usual" role="group" aria-label={t('reveal.usual')}>
        {USUAL.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={reason === t(`reveal.reasons.${one}`)} onClick={() => onReason(t(`reveal.reasons.${one}`))}>{t(`reveal.reasons.${one}`)}</button>
        ))}
      </div>
    </div>
  )
}
