import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ListItem } from '../../api/types'

export interface Chosen {
  ids: ReadonlySet<string>
  /** All that the filter keeps, also what is not read yet. */
  isAll: boolean
  has: (id: string) => boolean
  toggle: (id: string, isRange: boolean) => void
  shown: (isChosen: boolean) => void
  all: () => void
  clear: () => void
}

/** Which conversations something is to be done with. Another filter chooses anew. */
export function useChosen(items: ListItem[], filter: string): Chosen {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [isAll, setAll] = useState(false)
  const anchor = useRef<string | null>(null)
  const latest = useRef(items)
  latest.current = items
  const clear = useCallback(() => {
    setIds((before) => (before.size === 0 ? before : new Set()))
    setAll(false)
  }, [])
  useEffect(clear, [filter, clear])

  const toggle = useCallback((id: string, isRange: boolean) => {
    // Taken now: what is set below is worked out later.
    const start = anchor.current
    anchor.current = id
    setAll(false)
    setIds((before) => {
      const next = new Set(before)
      const from = isRange ? latest.current.findIndex((item) => item.id === start) : -1
      const to = latest.current.findIndex((item) => item.id === id)
      const isOn = !before.has(id)
      const span = from < 0 ? [id] : latest.current.slice(Math.min(from, to), Math.max(from, to) + 1).map((item) => item.id)
      for (const one of span) {
        if (isOn) next.add(one)
        else next.delete(one)
      }
      return next
    })
  }, [])
  const shown = useCallback((isOn: boolean) => {
    setAll(false)
    setIds(isOn ? new Set(latest.current.map((item) => item.id)) : new Set())
  }, [])
  const all = useCallback(() => {
    setIds(new Set(latest.current.map((item) => item.id)))
    setAll(true)
  }, [])
  return useMemo(() => ({ ids, isAll, has: (id: string) => isAll || ids.has(id), toggle, shown, all, clear }), [ids, isAll, toggle, shown, all, clear])
}
