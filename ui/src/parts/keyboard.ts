import { useEffect, useRef } from 'react'

export type Bindings = Record<string, (() => void) | undefined>

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** Space presses the focused button, except one that is chosen already: there it plays and pauses. */
function ownsSpace(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && !!target.closest('button:not([data-plays]), summary, input')
}

/** Single keys for a page. They rest while somebody types, while a dialog is open, and with Ctrl, Alt or Meta. */
export function useKeyboard(bindings: Bindings) {
  const current = useRef(bindings)
  current.current = bindings
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
      if (document.querySelector('dialog[open]')) return
      // Enter on a focused link or button belongs to that link or button.
      if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a, button, summary')) return
      if (event.key === ' ' && (event.repeat || ownsSpace(event.target))) return
      const action = (event.shiftKey ? current.current[`Shift+${event.key}`] : undefined) ?? current.current[event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
