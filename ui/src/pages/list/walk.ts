import { useCallback, useMemo, useRef, useState } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ListItem, ListPage } from '../../api/types'
import { lastOpened } from './lastOpened'

/** Going through the list: what it holds, where one is, and where a step leads. */
export interface Walk {
  items: ListItem[]
  selected: string | null
  select: (id: string) => void
  /** Selects the next, or the next that can be heard; null where the list ends. */
  move: (step: number, mustSound: boolean) => string | null
  /** What `move` would select from a place. */
  after: (id: string, step: number) => string | null
  /** True once after a move: the new place is to be brought into view. */
  isMoved: () => boolean
}

export function useWalk({ data, hasNextPage, isFetchingNextPage, fetchNextPage }: UseInfiniteQueryResult<InfiniteData<ListPage>>): Walk {
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const [selected, setSelected] = useState<string | null>(lastOpened)
  const moved = useRef(false)

  const soundAfter = useCallback((index: number, step: number): ListItem | undefined => {
    for (let at = index + step; at >= 0 && at < items.length; at += step) if (items[at]!.has_recording) return items[at]
    return undefined
  }, [items])

  const move = useCallback((step: number, mustSound: boolean) => {
    const index = items.findIndex((item) => item.id === selected)
    const next = mustSound
      ? soundAfter(index, index < 0 ? 1 : step)
      : items[index < 0 ? 0 : Math.min(Math.max(index + step, 0), items.length - 1)]
    const isAtEnd = index >= items.length - 1 || (mustSound && !next)
    if (step > 0 && isAtEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage()
    if (!next) return null
    moved.current = true
    setSelected(next.id)
    return next.id
  }, [items, selected, soundAfter, hasNextPage, isFetchingNextPage, fetchNextPage])

  return useMemo(() => ({
    items, selected, select: setSelected, move,
    after: (id, step) => {
      const index = items.findIndex((item) => item.id === id)
      return soundAfter(index, index < 0 ? 1 : step)?.id ?? null
    },
    isMoved: () => {
      const was = moved.current
      moved.current = false
      return was
    },
  }), [items, selected, move, soundAfter])
}
