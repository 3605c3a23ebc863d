import type { Answer } from '../../api/review'
import type { Verdict } from '../../api/types'

const FOUND: Verdict[] = ['hit', 'missed', 'noted']

/** What can be said about a verdict: what was found may be wrong, what was not may have been missed, the undecided both. */
export function answersTo(verdict: Verdict): Answer[] {
  if (FOUND.includes(verdict)) return ['agree', 'wrong']
  return verdict === 'undecided' ? ['agree', 'wrong', 'missed'] : ['agree', 'missed']
}
