import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

const UNMEASURED = 800

/** How wide an element is, while it changes. */
export function useWidth<T extends Element>(): [RefObject<T>, number] {
  const element = useRef<T>(null)
  const [width, setWidth] = useState(UNMEASURED)
  useLayoutEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
