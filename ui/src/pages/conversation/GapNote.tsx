import { useFormat } from '../../i18n/format'
import type { Found } from './found'
import { lackText, nearestText, type Speech } from './sentences'

/** What is missing, drawn where it should have been: what was searched, and the nearest words that did not count. */
export function GapNote({ found, speech, isSelected, onSelect }: {
  found: Found; speech: Speech; isSelected: boolean; onSelect: (key: string, isKeyed: boolean) => void
}) {
  const format = useFormat()
  const { t } = speech
  const { finding, rule } = found
  const title = format.title(rule.title, rule.rule)
  const isSearched = finding.reason !== 'absent' || finding.evidence.some((one) => one.kind === 'window')
  const nearest = nearestText(finding, speech)
  return (
    <button
      type="button" className={isSelected ? 'gap on' : 'gap'} data-finding={found.key} data-testid="gap" data-plays={isSelected || undefined}
      onClick={(event) => onSelect(found.key, event.detail === 0)}
    >
      <b>
        {finding.number !== null && <span className="badge missed">{finding.number}</span>}
        {finding.reason === 'step' ? t('conversation.gap_step', { title }) : t('conversation.gap_absent', { title })}
      </b>
      {isSearched && <span>{lackText(finding, speech, true)}</span>}
      {nearest && <span className="nearest">{nearest}</span>}
    </button>
  )
}
