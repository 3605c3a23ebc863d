import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchChanges, fetchFigures, fetchHeat, fetchRanking, fetchTrend, putTarget, type HeatGroup, type TrendStep } from '../../api/figures'
import { fetchConversations } from '../../api/client'

/** While days wait to be counted anew, the page looks again by itself. */
const UNSETTLED_MS = 4_000

export function useFigures(asked: URLSearchParams | null) {
  return useQuery({
    queryKey: ['figures', asked?.toString()],
    queryFn: ({ signal }) => fetchFigures(asked!, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.is_settled === false ? UNSETTLED_MS : false),
  })
}

export function useTrend(asked: URLSearchParams | null, measure: string, by: TrendStep) {
  return useQuery({
    queryKey: ['trend', measure, by, asked?.toString()],
    queryFn: ({ signal }) => fetchTrend(asked!, measure, by, signal),
    enabled: asked !== null,
    placeholderData: (before, query) => (query?.queryKey[1] === measure ? before : undefined),
  })
}

export function useHeat(asked: URLSearchParams | null, by: HeatGroup) {
  return useQuery({
    queryKey: ['heat', by, asked?.toString()],
    queryFn: ({ signal }) => fetchHeat(asked!, by, signal),
    enabled: asked !== null,
    placeholderData: (before, query) => (query?.queryKey[1] === by ? before : undefined),
    refetchInterval: (query) => (query.state.data?.is_settled === false ? UNSETTLED_MS : false),
  })
}

/** Days are the server's to choose: the last full one. */
export function useChanges(asked: URLSearchParams | null) {
  const whose = new URLSearchParams(asked ?? undefined)
  whose.delete('from')
  whose.delete('to')
  return useQuery({
    queryKey: ['changes', whose.toString()],
    queryFn: ({ signal }) => fetchChanges(whose, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.is_settled === false ? UNSETTLED_MS : false),
  })
}

export function useRanking(asked: URLSearchParams | null, by: HeatGroup) {
  return useQuery({
    queryKey: ['ranking', by, asked?.toString()],
    queryFn: ({ signal }) => fetchRanking(asked!, by, signal),
    enabled: asked !== null,
    placeholderData: (before, query) => (query?.queryKey[1] === by ? before : undefined),
  })
}

/** The first few of a list. */
export function useFirst(filter: URLSearchParams | null, count: number) {
  const first = new URLSearchParams(filter ?? undefined)
  first.set('limit', String(count))
  return useQuery({
    queryKey: ['first', first.toString()],
    queryFn: ({ signal }) => fetchConversations(first, null, signal),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
  })
}

/** was: the target that one saw; another one stands there meanwhile: nothing is overwritten. */
export function useTarget(id: string, was: number | null) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (target: number | null) => putTarget(id, target, was),
    onSettled: () => queries.invalidateQueries({ queryKey: ['figures'] }),
  })
}
