import type { ParameterName } from '../../api/filter'
import type { Measure } from '../../api/figures'
import type { Verdict } from '../../api/types'
import { badOf, GOOD_OF } from './figureFilter'

export type Count = 'met' | 'missed' | 'undecided'
export type Drills = Record<Count, Partial<Record<ParameterName, string>> | null>

export function drillsOfRule(rule: string, verdict: Verdict): Drills {
  const bad = badOf(verdict)
  return { met: { rule, verdict: GOOD_OF[bad] ?? 'met' }, missed: { rule, verdict: bad }, undecided: { rule, verdict: 'undecided' } }
}

/** Where the numbers of a measure lead; null where no list shows them. */
export function drillsOf({ drill }: Measure): Drills | null {
  if (drill?.high_risk) return { met: null, missed: { high_risk: '1', sort: '-risk' }, undecided: null }
  return drill?.rule && drill.verdict ? drillsOfRule(drill.rule, drill.verdict) : null
}
