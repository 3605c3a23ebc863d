import type { Measure } from '../../api/figures'

/** A measure of the catalogue; every rule is one by itself too. */
export const isCatalogued = (measure: Measure) => !measure.is_rule

const decided = (measure: Measure) => measure.met + measure.missed

/** Worst first: the share of those that were decided in which it went wrong; what was never decided comes last. */
export function worstFirst(measures: Measure[]): Measure[] {
  const fault = (measure: Measure) => (decided(measure) > 0 ? measure.missed / decided(measure) : -1)
  return [...measures].sort((a, b) => fault(b) - fault(a) || b.missed - a.missed)
}

export function isJudged(measure: Measure): boolean {
  return measure.value !== null || measure.undecided > 0
}
