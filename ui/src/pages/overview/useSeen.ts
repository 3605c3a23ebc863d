import { useEffect, useRef, useState, type RefObject } from 'react'

/** True once the element has come near the screen: what it needs is read then and not before. */
export function useSeen<T extends Element>(): [RefObject<T>, boolean] {
  const element = useRef<T>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (!element.current || isSeen) return
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: '200px' })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [isSeen])
  return [element, isSeen]
}
