import type { Facets, RuleKind, Verdict } from '../../api/types'

const BAD: Record<RuleKind, Verdict> = { expect: 'missed', never: 'hit', flag: 'noted' }

/** What the rule of the filter came to in each conversation of its list; null where the filter names none. */
export function verdictOf(filter: URLSearchParams, facets: Facets | undefined): Verdict | null {
  const name = filter.get('rule')
  if (!name) return null
  const verdict = filter.get('verdict') as Verdict | null
  const rule = facets?.rules.find((one) => one.rule === name)
  return verdict ?? (rule?.kind ? BAD[rule.kind] : null)
}
