import { useSyncExternalStore } from 'react'
import { useStatus } from '../api/queries'

const STORED = 'callscope.tour'
const listeners = new Set<() => void>()
let isLeft = read()

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== null
  } catch {
    return true // what can't be remembered would be offered each time
  }
}

/** It was taken, or declined: it is not offered again. */
export function rememberTour() {
  isLeft = true
  try {
    localStorage.setItem(STORED, 'left')
  } catch {
    // Not offered again until the page is opened anew.
  }
  listeners.forEach((listener) => listener())
}

/** Once, as soon as there is something to show. */
export function useIsOffered(): boolean {
  const isOver = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => isLeft,
  )
  const status = useStatus(!isOver)
  return !isOver && (status.data?.conversations ?? 0) > 0
}
