import { useCallback, useEffect, useState } from 'react'

export type Copied = 'yes' | 'no' | null
const SHOWN_MS = 2_000

/** Whether copying has just worked; forgets by itself. */
export function useCopied() {
  const [copied, setCopied] = useState<Copied>(null)
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(null), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [copied])
  return { copied, tell: useCallback((next: Copied) => setCopied(next), []) }
}
