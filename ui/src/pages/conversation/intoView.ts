/** Further away than so many screens a smooth way is long, and ends elsewhere: lines never seen have only a guessed height. */
const FAR_SCREENS = 2
/** A jump brings in lines whose height was guessed; each correction may bring in some more. */
const MOST_CORRECTIONS = 4

function isSeen(element: HTMLElement, frame: HTMLElement | null): boolean {
  const box = frame?.getBoundingClientRect()
  const at = element.getBoundingClientRect()
  const middle = (at.top + at.bottom) / 2
  return middle >= Math.max(box?.top ?? 0, 0) && middle <= Math.min(box?.bottom ?? window.innerHeight, window.innerHeight)
}

/** Brings a line into the middle: smoothly when it is near, at once when it is far, and again after the lines around it have been laid out. */
export function bringIntoView(element: HTMLElement, frame: HTMLElement | null, mayGlide = true) {
  const at = element.getBoundingClientRect()
  const isNear = Math.abs(at.top - window.innerHeight / 2) < FAR_SCREENS * window.innerHeight
  if (mayGlide && isNear && !window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
    element.scrollIntoView({ block: 'center', behavior: 'smooth' })
    return
  }
  const jump = (left: number) => {
    if (!element.isConnected) return
    element.scrollIntoView({ block: 'center', behavior: 'auto' })
    if (left > 0) requestAnimationFrame(() => requestAnimationFrame(() => !isSeen(element, frame) && jump(left - 1)))
  }
  jump(MOST_CORRECTIONS)
}
