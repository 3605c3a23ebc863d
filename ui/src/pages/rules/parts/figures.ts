import type { Counts, Judged, Share } from '../../../api/rules'
import type { RuleKind, Verdict } from '../../../api/types'

/** How many did what the rule asks for, of those it asked something of; a flag has no such share. */
export function achievedOf(kind: RuleKind, counts: Counts): { share: number; good: number; all: number } | null {
  const good = kind === 'expect' ? counts.met : counts.clean
  const all = good + (kind === 'expect' ? counts.missed : counts.hit)
  return kind === 'flag' || all === 0 ? null : { share: good / all, good, all }
}

/** What the rule found: verdicts that a person should look at. */
export const foundVerdict = (kind: RuleKind): Verdict => (kind === 'expect' ? 'missed' : kind === 'never' ? 'hit' : 'noted')
export const foundCount = (kind: RuleKind, counts: Counts) => counts[foundVerdict(kind) as 'missed' | 'hit' | 'noted']
export const passedCount = (kind: RuleKind, counts: Counts) => (kind === 'expect' ? counts.met : kind === 'never' ? counts.clean : counts.not_noted ?? 0)

/** How many conversations it said something about, be it that it does not apply. */
export const inspectedCount = (kind: RuleKind, counts: Counts) => foundCount(kind, counts) + passedCount(kind, counts) + counts.undecided + counts.not_applicable

const Z = 1.96

/** Wilson's interval at 95 per cent, which also holds for few. */
export function intervalOf(good: number, all: number): Share | null {
  if (all === 0) return null
  const share = good / all
  const middle = share + Z * Z / (2 * all)
  const half = Z * Math.sqrt(share * (1 - share) / all + Z * Z / (4 * all * all))
  return { share, low: (middle - half) / (1 + Z * Z / all), high: (middle + half) / (1 + Z * Z / all) }
}

/** Of what a person would have found, how much the rule found. */
export const recallOf = (judged: Judged | null): Share | null => judged && (judged.recall ?? (judged.missed + judged.agreed > 0 ? intervalOf(judged.agreed, judged.agreed + judged.missed) : null))

/** "88–97" */
export const rangeText = ({ low, high }: Share) => `${Math.round(low * 100)}–${Math.round(high * 100)}`
