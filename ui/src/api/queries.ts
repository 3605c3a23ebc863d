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

export function useConversations(filter: URLSearchParams) {
  return useInfiniteQuery({
    queryKey: ['conversations', filter.toString()],
    queryFn: ({ pageParam, signal }) => fetchConversations(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
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

export function useStatus() {
  return useQuery({ queryKey: ['status'], queryFn: ({ signal }) => fetchStatus(signal) })
}
