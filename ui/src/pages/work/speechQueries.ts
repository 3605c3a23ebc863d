import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { beginAgain, countAgain, fetchFailed, speechQuery, stopAgain, watched, type AgainFilter } from '../../api/speech'

export const useSpeech = () => useQuery({ ...speechQuery, refetchInterval: ({ state }) => watched(state.data) })

/** How many those are, as they are chosen. */
export const useAgainCount = (filter: AgainFilter) =>
  useQuery({ queryKey: ['speech-again-count', filter], queryFn: ({ signal }) => countAgain(filter, signal), staleTime: 0, placeholderData: keepPreviousData })

export function useAgainActs() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['speech'] })
  const begin = useMutation({ mutationFn: beginAgain, onSettled })
  const stop = useMutation({ mutationFn: stopAgain, onSettled })
  return { begin, stop }
}

export function useFailed(count: number) {
  return useInfiniteQuery({
    queryKey: ['speech-failed', count],
    queryFn: ({ pageParam, signal }) => fetchFailed(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: count > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}
