// The filter is the address: the same names as the list's parameters in docs/api.md, nothing else.

export const FILTER_NAMES = [
  'from', 'to', 'channel', 'agent', 'team', 'queue', 'score', 'min', 'max', 'rule', 'verdict', 'high_risk', 'seen', 'q',
] as const
export type FilterName = (typeof FILTER_NAMES)[number]
export type ParameterName = FilterName | 'sort'

export const DEFAULT_SORT = '-started'

/** Only what the API knows, in one order, so that equal filters make equal addresses and cache keys. */
export function readFilter(search: URLSearchParams, withSort = true): URLSearchParams {
  const filter = new URLSearchParams()
  for (const name of FILTER_NAMES) {
    const value = search.get(name)
    if (value) filter.set(name, value)
  }
  const sort = search.get('sort')
  if (withSort && sort && sort !== DEFAULT_SORT) filter.set('sort', sort)
  return filter
}

/** A copy with some parameters set, or removed where the value is null. */
export function withParameters(
  filter: URLSearchParams, changes: Partial<Record<ParameterName, string | null>>,
): URLSearchParams {
  const next = new URLSearchParams(filter)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  return readFilter(next)
}

export function isFiltered(filter: URLSearchParams): boolean {
  return FILTER_NAMES.some((name) => filter.has(name))
}

export function listAddress(filter: URLSearchParams): string {
  const query = filter.toString()
  return query ? `/conversations?${query}` : '/conversations'
}

/** With a turn it opens there. */
export function conversationAddress(id: string, filter: URLSearchParams, turn?: number): string {
  const query = filter.toString()
  return `/conversations/${encodeURIComponent(id)}${query ? `?${query}` : ''}${turn ? `#turn-${turn}` : ''}`
}
