import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  ApiError, fetchConversation, fetchConversations, fetchFacets, fetchNeighbours, fetchStatus, fetchSummary,
} from './client'
import { readFilter } from './filter'

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

export function useConversation(id: string) {
  return useQuery({ queryKey: ['conversation', id], queryFn: ({ signal }) => fetchConversation(id, signal) })
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
