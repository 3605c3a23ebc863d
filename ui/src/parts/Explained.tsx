import { useCallback, useEffect, useId, useRef, useState, type ReactNode } from 'react'

/**
 * Words or a figure that explain themselves: on hover, on focus, by a tap; Escape closes. What it says stands in the page, so that
 * a screen reader reads it with the button.
 * <Explained says={t('overview.formula')}>91.2</Explained>
 */
export function Explained({ children, says, className }: { children: ReactNode; says: ReactNode; className?: string }) {
  const id = useId()
  const frame = useRef<HTMLSpanElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [place, setPlace] = useState<{ left: number; top: number }>()
  const open = useCallback(() => {
    const box = frame.current?.getBoundingClientRect()
    if (!box) return
    const width = Math.min(320, window.innerWidth - 24)
    setPlace({ left: Math.max(12, Math.min(box.left, window.innerWidth - width - 12)), top: box.bottom + 6 })
    setOpen(true)
  }, [])
  const close = useCallback(() => setOpen(false), [])
  useEffect(() => {
    if (!isOpen) return
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close()
    // Scrolled away, it would stand beside what it explains.
    const opened = frame.current?.getBoundingClientRect().top ?? 0
    const onScroll = () => Math.abs((frame.current?.getBoundingClientRect().top ?? 0) - opened) > 2 && close()
    window.addEventListener('scroll', onScroll, true)
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('scroll', onScroll, true)
      window.removeEventListener('keydown', onKey)
    }
  }, [isOpen, close])
  return (
    <span ref={frame} className={className ? `explained ${className}` : 'explained'} onMouseEnter={open} onMouseLeave={close}>
      <button type="button" aria-describedby={id} onFocus={open} onBlur={close} onClick={open} data-testid="explained">{children}</button>
      <span id={id} role="tooltip" className={isOpen ? 'explanation open' : 'explanation'} style={place}>{says}</span>
    </span>
  )
}
