import type { ReviewItem } from '../../api/review'
import type { Conversation } from '../../api/types'
import { findingsOf, type Found } from '../conversation/found'

/** The finding that was drawn, as the conversation's page shows it; none where the rule found nothing. */
export function foundOf(conversation: Conversation, item: ReviewItem): Found | undefined {
  if (item.stratum !== 'found' && item.stratum !== 'undecided') return undefined
  const ofRule = findingsOf(conversation).filter((one) => one.rule.rule === item.rule)
  return ofRule.find((one) => (one.finding.at?.turn ?? null) === item.turn) ?? ofRule[0]
}
