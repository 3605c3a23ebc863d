import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { get, send } from './client'
import { FILTER_NAMES, readFilter } from './filter'

// Saved filters as docs/api.md gives them.

export interface SavedFilter {
  number: number
  name: string
  filter: Record<string, string>
  /** So many days that end today; 0: the filter's own. */
  days: number
  is_shared: boolean
  is_own: boolean
  may_change: boolean
  owner: string
  changes: number
  changed_ms: number
  changed_by: string
}
export interface FilterDraft { name: string; filter: Record<string, string>; days: number; is_shared: boolean }

const KEY = ['filters']

export function useSavedFilters() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<{ filters: SavedFilter[] }>('filters', undefined, signal), staleTime: 60_000 })
}

/** Makes one, or changes the one of which `from` was read. */
export function useKeepFilter() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ draft, from }: { draft: FilterDraft; from: Pick<SavedFilter, 'number' | 'changes'> | null }) => (from
      ? send<SavedFilter>('PUT', `filters/${from.number}`, { ...draft, changes: from.changes })
      : send<SavedFilter>('POST', 'filters', draft)),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

export function useForgetFilter() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ number, changes }: Pick<SavedFilter, 'number' | 'changes'>) => send<unknown>('DELETE', `filters/${number}?changes=${changes}`),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

const DAY_MS = 86_400_000

/** The address that a saved filter stands for today. */
export function savedAddress({ filter, days }: Pick<SavedFilter, 'filter' | 'days'>, now = Date.now()): URLSearchParams {
  const address = new URLSearchParams(filter)
  if (days > 0) {
    const today = new Date(now)
    today.setHours(0, 0, 0, 0)
    const first = new Date(today)
    first.setDate(first.getDate() - days + 1)
    address.set('from', String(first.getTime()))
  }
  return readFilter(address)
}

/** How many days a filter's time reaches back, where it ends today or later; 0: it does not. */
export function daysOf(filter: URLSearchParams, now = Date.now()): number {
  const from = Number(filter.get('from'))
  const to = filter.has('to') ? Number(filter.get('to')) : null
  const today = new Date(now).setHours(0, 0, 0, 0)
  if (!filter.has('from') || from > today || (to !== null && to <= today)) return 0
  return Math.min(Math.round((today - from) / DAY_MS) + 1, 366)
}

/** What is kept of an address. */
export function filterOf(address: URLSearchParams, days: number): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of [...FILTER_NAMES, 'sort']) {
    const value = address.get(name)
    if (value && !(days > 0 && (name === 'from' || name === 'to'))) kept[name] = value
  }
  return kept
}
