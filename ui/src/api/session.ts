// Whether the session still stands. A request that meets its end waits here until somebody signed in again, then it is sent once more:
// nothing that was typed or asked for is lost.
import { useSyncExternalStore } from 'react'

let hasEnded = false
const listeners = new Set<() => void>()
const waiting = new Set<() => void>()

function say(next: boolean) {
  if (next === hasEnded) return
  hasEnded = next
  listeners.forEach((listener) => listener())
}

export const noticeSessionEnded = () => say(true)

export function noticeSignedIn() {
  say(false)
  const resumed = [...waiting]
  waiting.clear()
  resumed.forEach((resume) => resume())
}

export function waitForSignIn(signal?: AbortSignal | null): Promise<void> {
  say(true)
  return new Promise((resolve, reject) => {
    waiting.add(resolve)
    signal?.addEventListener('abort', () => {
      waiting.delete(resolve)
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'))
    }, { once: true })
  })
}

export function useSessionEnded(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => hasEnded,
  )
}
