import { useCallback } from 'react'
import { useQueryClient, type InfiniteData } from '@tanstack/react-query'
import type { ListPage } from '../../api/types'

/** What is opened is no longer new, also in the lists that stand in memory. */
export function useMarkOpened() {
  const queries = useQueryClient()
  return useCallback((id: string) => {
    const now = Date.now()
    queries.setQueriesData<InfiniteData<ListPage>>({ queryKey: ['conversations'] }, (data) => {
      if (!data?.pages.some((page) => page.items.some((item) => item.id === id && item.seen_ms === null))) return data
      return { ...data, pages: data.pages.map((page) => (page.items.some((item) => item.id === id) ? { ...page, items: page.items.map((item) => (item.id === id ? { ...item, seen_ms: now } : item)) } : page)) }
    })
  }, [queries])
}
