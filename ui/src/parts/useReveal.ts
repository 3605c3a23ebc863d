import { createContext, useEffect, useState } from 'react'

/** Asked once for each conversation or person; kept in memory alone, and gone with the page. */
const reasons = new Map<string, string>()

export interface Reveal<T = unknown> {
  /** With numbers as they are; null: covered. */
  shown: T | null
  isAsking: boolean
  isBusy: boolean
  error: unknown
  /** Asks for the reason, or shows at once where it was given before. */
  ask: () => void
  close: () => void
  show: (reason: string) => void
  cover: () => void
}

/** Of what the page is about; null where nothing can be shown. */
export const RevealContext = createContext<Reveal | null>(null)

/** What is shown as it is belongs to this one page: it is never cached, and is covered again when one leaves. */
export function useReveal<T>(key: string, fetch: (reason: string) => Promise<T>): Reveal<T> {
  const [state, setState] = useState<{ key: string; shown: T | null; isAsking: boolean; isBusy: boolean; error: unknown }>({
    key, shown: null, isAsking: false, isBusy: false, error: null,
  })
  const covered = { key, shown: null, isAsking: false, isBusy: false, error: null }
  const now = state.key === key ? state : covered
  useEffect(() => () => setState((last) => ({ ...last, shown: null, isAsking: false })), [key])
  // A page that the browser keeps for going back is covered, too.
  useEffect(() => {
    const hide = () => setState((last) => ({ ...last, shown: null, isAsking: false }))
    window.addEventListener('pagehide', hide)
    return () => window.removeEventListener('pagehide', hide)
  }, [])
  const show = (reason: string) => {
    setState({ ...now, isBusy: true, error: null })
    fetch(reason).then(
      (shown) => {
        reasons.set(key, reason)
        setState((last) => (last.key === key ? { ...covered, shown } : last))
      },
      (error: unknown) => setState((last) => (last.key === key ? { ...covered, isAsking: true, error } : last)),
    )
  }
  const ask = () => {
    const given = reasons.get(key)
    if (given) show(given)
    else setState({ ...covered, isAsking: true })
  }
  return { ...now, ask, show, close: () => setState(covered), cover: () => setState(covered) }
}
