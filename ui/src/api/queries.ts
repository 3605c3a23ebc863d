import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import {
  ApiError, fetchConversation, fetchConversations, fetchFacets, fetchNeighbours, fetchStatus, fetchSummary,
  fetchWaveform,
} from './client'
import { readFilter } from './filter'
import type { Conversation } from './types'

export function shouldRetry(failures: number, error: Error): boolean {
  const isAnswer = error instanceof ApiError && error.status >= 400 && error.status < 500
  return !isAnswer && failures < 1
}

/** Fewer rows than a screen holds: the next page is read at once. */
const FEW_ROWS = 20
/** A list of more pages is not read again by itself. */
const FEW_PAGES = 3
/** Come back to within that time, a list stands where it was. */
const KEPT_MS = 30 * 60_000
/** So many pages are read by themselves; then somebody must want more. */
const MOST_BY_ITSELF = 30

/** One answer looks at a bounded number of rows, so that a page may be short, or empty, with more to come. */
export function useConversations(filter: URLSearchParams) {
  const list = useInfiniteQuery({
    queryKey: ['conversations', filter.toString()],
    queryFn: ({ pageParam, signal }) => fetchConversations(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    // Of a long list all pages would be read again, one after another; and compared, one row after another.
    refetchOnMount: ({ state }) => (state.data?.pages.length ?? 0) <= FEW_PAGES,
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= FEW_PAGES,
    structuralSharing: false,
    gcTime: KEPT_MS,
  })
  const { data, hasNextPage, isFetching, isPlaceholderData, error, fetchNextPage } = list
  const pages = data?.pages ?? []
  const isShort = pages.length > 0 && (pages[pages.length - 1]!.items.length === 0 || pages.reduce((sum, page) => sum + page.items.length, 0) < FEW_ROWS)
  const goesOn = isShort && hasNextPage && !isFetching && !isPlaceholderData && !error && pages.length < MOST_BY_ITSELF
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, pages.length, fetchNextPage])
  return list
}

export function useSummary(filter: URLSearchParams) {
  const unsorted = readFilter(filter, false)
  return useQuery({
    queryKey: ['summary', unsorted.toString()],
    queryFn: ({ signal }) => fetchSummary(unsorted, signal),
    placeholderData: keepPreviousData,
  })
}

const conversationQuery = (id: string) => ({
  queryKey: ['conversation', id], queryFn: ({ signal }: { signal: AbortSignal }) => fetchConversation(id, signal),
})

export function useConversation(id: string) {
  return useQuery(conversationQuery(id))
}

/** Reads a conversation ahead of its turn and hands it over; silent when it cannot be read. */
export function useReadAhead(id: string | null, onRead: (conversation: Conversation) => void) {
  const queries = useQueryClient()
  const latest = useRef(onRead)
  latest.current = onRead
  useEffect(() => {
    let isWanted = true
    if (id) queries.fetchQuery(conversationQuery(id)).then((read) => isWanted && latest.current(read), () => {})
    return () => {
      isWanted = false
    }
  }, [id, queries])
}

/** The last answer of the same recording stays until a finer one comes. */
export function useWaveform(id: string, fromMs: number, toMs: number, points: number) {
  return useQuery({
    queryKey: ['waveform', id, fromMs, toMs, points],
    queryFn: ({ signal }) => fetchWaveform(id, fromMs, toMs, points, signal),
    enabled: points > 0 && toMs > fromMs,
    staleTime: Infinity,
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
  })
}

export function useNeighbours(id: string, filter: URLSearchParams) {
  return useQuery({
    queryKey: ['neighbours', id, filter.toString()],
    queryFn: ({ signal }) => fetchNeighbours(id, filter, signal),
    placeholderData: keepPreviousData,
  })
}

export function useFacets() {
  return useQuery({ queryKey: ['facets'], queryFn: ({ signal }) => fetchFacets(signal), staleTime: 5 * 60_000 })
}

export function useStatus(isWanted = true) {
  return useQuery({ queryKey: ['status'], queryFn: ({ signal }) => fetchStatus(signal), enabled: isWanted })
}
