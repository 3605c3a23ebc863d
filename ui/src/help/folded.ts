// Which pages' lines of help were folded away: kept in the browser.
import { useSyncExternalStore } from 'react'

const STORED = 'callscope.help'
const listeners = new Set<() => void>()
let folded = read()

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

function keep(next: readonly string[]) {
  folded = next
  try {
    localStorage.setItem(STORED, JSON.stringify(next))
  } catch {
    // Not remembered; still folded.
  }
  listeners.forEach((listener) => listener())
}

/** Folded for every page, one may say, too. */
export const EVERY_PAGE = '*'
export const foldHelp = (page: string) => keep([...folded, page])
export const unfoldHelp = () => keep([])

export function useIsFolded(page: string | null): boolean {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => folded,
  )
  return page === null || all.includes(page) || all.includes(EVERY_PAGE)
}
