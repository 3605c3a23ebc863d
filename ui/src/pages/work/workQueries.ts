import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchAside, fetchWork, giveUpJob, retryAll, retryJob } from '../../api/work'

/** Often enough to watch, seldom enough to be no load; nothing is asked while the page is out of sight. */
const LOOK_AGAIN_MS = 3_000

export function useWork() {
  return useQuery({ queryKey: ['work'], queryFn: ({ signal }) => fetchWork(signal), staleTime: 0, refetchInterval: LOOK_AGAIN_MS })
}

export function useAside(count: number | undefined) {
  return useInfiniteQuery({
    queryKey: ['aside', count],
    queryFn: ({ pageParam, signal }) => fetchAside(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: count !== undefined && count > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

/** What is done with jobs that were set aside. */
export function useAsideActs() {
  const queries = useQueryClient()
  const onSettled = () => Promise.all([queries.invalidateQueries({ queryKey: ['work'] }), queries.invalidateQueries({ queryKey: ['aside'] })])
  const retry = useMutation({ mutationFn: retryJob, onSettled })
  const all = useMutation({ mutationFn: () => retryAll(), onSettled })
  const giveUp = useMutation({ mutationFn: giveUpJob, onSettled })
  return { retry, all, giveUp }
}
