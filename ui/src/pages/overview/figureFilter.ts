import { listAddress, withParameters, type ParameterName } from '../../api/filter'
import { FIGURE_FILTERS } from '../../api/figures'
import type { Verdict } from '../../api/types'
import type { Span } from './span'

/** What the API of figures is asked with. */
export function askedWith(search: URLSearchParams, span: Span): URLSearchParams {
  const asked = new URLSearchParams()
  if (span.from !== null) asked.set('from', String(span.from))
  if (span.to !== null) asked.set('to', String(span.to))
  for (const name of FIGURE_FILTERS) {
    const value = search.get(name)
    if (value) asked.set(name, value)
  }
  return asked
}

/** The filter with the days that were counted: the centre's own, wherever the reader is. */
export function countedWith(asked: URLSearchParams, counted: { from_ms: number | null; to_ms: number | null }): URLSearchParams {
  const days = new URLSearchParams(asked)
  for (const [name, ms] of [['from', counted.from_ms], ['to', counted.to_ms]] as const) {
    if (ms === null) days.delete(name)
    else days.set(name, String(ms))
  }
  return days
}

/** The list of the conversations behind a figure. */
export function listOf(asked: URLSearchParams, more: Partial<Record<ParameterName, string | null>>): string {
  return listAddress(withParameters(asked, more))
}

/** The verdict that counts as kept, beside the one that counts as not kept. */
export const GOOD_OF: Partial<Record<Verdict, Verdict>> = { missed: 'met', hit: 'clean', noted: 'not_noted' }

/** The verdict that counts as not kept, whichever of the two is given. */
export function badOf(verdict: Verdict): Verdict {
  const found = Object.entries(GOOD_OF).find(([, good]) => good === verdict)
  return (found?.[0] as Verdict | undefined) ?? verdict
}

/** The same overview with something else in its address. */
export function overviewAddress(page: '' | 'heat' | 'trend', search: URLSearchParams, changes: Record<string, string | null> = {}): string {
  const next = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  const query = next.toString()
  return `/overview${page && `/${page}`}${query ? `?${query}` : ''}`
}
