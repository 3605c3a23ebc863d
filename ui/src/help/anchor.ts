import { useEffect, useState, type RefObject } from 'react'

interface Box { left: number; top: number; width: number; height: number }

const GAP = 10
const EDGE = 12
/** Where a bar at the top and a player at the bottom may lie. */
const HIDDEN_TOP = 64

/** So long only the first of the anchors is waited for; then any of them will do. */
const PATIENCE_MS = 1_500

/** Follows what a card points at: waits until it is there, brings it into view, and says where the ring and the card stand. */
export function useAnchor(anchors: readonly string[], card: RefObject<HTMLElement>) {
  const [found, setFound] = useState<{ ring: Box; place?: { left: number; top: number } }>()
  useEffect(() => {
    let frame = 0
    let target: Element | null = null
    const since = performance.now()
    const follow = () => {
      frame = requestAnimationFrame(follow)
      if (!target?.isConnected) {
        const tried = performance.now() - since < PATIENCE_MS ? anchors.slice(0, 1) : anchors
        target = tried.map((one) => document.querySelector(one)).find((one) => one !== null) ?? null
        if (!target) return
        const box = target.getBoundingClientRect()
        if (box.top < HIDDEN_TOP || box.bottom > window.innerHeight) target.scrollIntoView({ block: 'center', behavior: 'instant' })
      }
      const box = target.getBoundingClientRect()
      const ring = { left: box.left - 4, top: box.top - 4, width: box.width + 8, height: box.height + 8 }
      setFound((now) => (now && same(now.ring, ring) ? now : { ring, place: placeOf(box, card.current) }))
    }
    follow()
    return () => cancelAnimationFrame(frame)
  }, [anchors, card])
  return { ring: found?.ring, place: found?.place }
}

const same = (a: Box, b: Box) => a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height

/** Below it, else above, else beside; on a phone the card stands at the foot, where the style sheet puts it. */
function placeOf(box: DOMRect, card: HTMLElement | null) {
  if (!card || window.innerWidth <= 720) return undefined
  const { offsetWidth: width, offsetHeight: height } = card
  const left = Math.max(EDGE, Math.min(box.left, window.innerWidth - width - EDGE))
  if (box.bottom + GAP + height < window.innerHeight - EDGE) return { left, top: box.bottom + GAP }
  if (box.top - GAP - height > EDGE) return { left, top: box.top - GAP - height }
  const beside = box.right + GAP + width < window.innerWidth - EDGE ? box.right + GAP : Math.max(EDGE, box.left - GAP - width)
  return { left: beside, top: Math.max(EDGE, window.innerHeight - height - EDGE) }
}
