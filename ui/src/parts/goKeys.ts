import { useEffect, useRef } from 'react'
import { isTyping } from './keyboard'

const LONGEST_PAUSE_MS = 1_500

/** `g` and a letter go to a place. The letter is taken before the page sees it, which may have a meaning of its own for it. */
export function useGoKeys(go: (letter: string) => boolean) {
  const current = useRef(go)
  current.current = go
  useEffect(() => {
    let since = -Infinity
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
      if (document.querySelector('dialog[open]')) return
      const isSecond = event.timeStamp - since < LONGEST_PAUSE_MS
      since = -Infinity
      if (isSecond && current.current(event.key)) {
        event.preventDefault()
        event.stopImmediatePropagation()
      } else if (event.key === 'g') since = event.timeStamp
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
}
