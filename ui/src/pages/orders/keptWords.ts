import { useState } from 'react'
import { useAccount } from '../../api/account'

/** What somebody began to write, until it is sent or the page is left for good: Esc closes a dialog, it does not throw away. */
const kept = new Map<string, string>()

/** The words, how they change, and how they are forgotten once they were sent. */
export function useKeptWords(subject: string) {
  const key = `${useAccount().account?.number ?? 0} ${subject}`
  const [words, setWords] = useState(kept.get(key) ?? '')
  const change = (next: string) => {
    kept.set(key, next)
    setWords(next)
  }
  return [words, change, () => kept.delete(key)] as const
}
