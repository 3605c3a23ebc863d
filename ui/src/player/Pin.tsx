import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format'
import type { Found } from '../pages/conversation/found'
import { verdictTone } from '../parts/VerdictChip'

/** A finding at its second. `isKeyed` tells that Enter or space chose it. */
export function Pin({ found, at, isSelected, onSelect }: {
  found: Found; at: number; isSelected: boolean; onSelect: (key: string, isKeyed: boolean) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const label = t('conversation.pin', { number: found.finding.number, title: format.title(found.rule.title, found.rule.rule) })
  return (
    <button
      type="button" className={`lane-pin ${verdictTone(found.finding.verdict)}${isSelected ? ' on' : ''}`} style={{ left: `${at * 100}%` }}
      data-testid={`pin-${found.finding.number}`} data-plays={isSelected || undefined} aria-label={label} title={label}
      onClick={(event) => onSelect(found.key, event.detail === 0)}
    >
      {found.finding.number}
    </button>
  )
}
