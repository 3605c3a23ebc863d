// Whether the server, and the database behind it, can be reached: noticed by every request, looked at again until it is so.
import { useSyncExternalStore } from 'react'

/** `server`: nothing answers. `store`: the server answers, and cannot reach what it keeps. */
export type Away = 'server' | 'store' | null

const FIRST_LOOK_MS = 1_000
const LONGEST_PAUSE_MS = 5_000
const LOOK_TIMEOUT_MS = 4_000

let away: Away = null
let timer: number | undefined
let pause = FIRST_LOOK_MS
const listeners = new Set<() => void>()
const onReturn = new Set<() => void>()

function say(next: Away) {
  if (next === away) return
  away = next
  listeners.forEach((listener) => listener())
}

async function look() {
  const stop = new AbortController()
  const late = window.setTimeout(() => stop.abort(), LOOK_TIMEOUT_MS)
  let next: Away
  try {
    const answer = await fetch('/api/v1/status', { signal: stop.signal, headers: { accept: 'application/json' } })
    next = isAwayStatus(answer.status) ? 'store' : null
  } catch {
    next = 'server'
  } finally {
    window.clearTimeout(late)
  }
  timer = undefined
  say(next)
  if (next === null) {
    pause = FIRST_LOOK_MS
    onReturn.forEach((listener) => listener())
  } else {
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)
    lookAgain()
  }
}

function lookAgain() {
  timer ??= window.setTimeout(() => void look(), pause)
}

/** What a proxy answers for a server that is away, and a server for a database that is. */
function isAwayStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

/** A reading request went wrong: 0 where nothing answered. */
export function noticeFailure(status: number) {
  if (status !== 0 && !isAwayStatus(status)) return
  say(status === 503 ? 'store' : 'server')
  lookAgain()
}

/** Called each time when it is back, so that what failed is read again. */
export function listenForReturn(listener: () => void): () => void {
  onReturn.add(listener)
  return () => onReturn.delete(listener)
}

export function useAway(): Away {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => away,
  )
}
