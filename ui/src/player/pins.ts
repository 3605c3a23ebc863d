import type { Found } from '../pages/conversation/found'
import type { Span } from './spans'

/** Findings that stand at one place: one of them as its number, several as how many they are. */
export interface Mark { at: number; found: Found[] }

/** Two pins nearer than this are pushed apart, so that each can be read and clicked; on a phone they are dots. */
const PIN_PIXELS = 17
const DOT_PIXELS = 9
const DOTS = '(max-width: 720px)'
/** One that would be pushed further than so many pins from its second joins the one before it. */
const MOST_PUSHED = 2
/** More than these are not pushed about: what is near joins, with room for the count. */
const MOST_PINS = 60
const COUNT_PIXELS = 28

/** Where the numbered findings stand inside a stretch drawn so wide, as shares of it, in the order of time. */
export function placePins(findings: Found[], view: Span, totalMs: number, width: number): Mark[] {
  const pins = findings
    .filter((one) => one.finding.number !== null && typeof one.finding.at?.at_ms === 'number')
    .map((found) => ({ found, at: (Math.min(found.finding.at!.at_ms!, totalMs) - view.from_ms) / (view.to_ms - view.from_ms || 1) }))
    .filter(({ at }) => at >= 0 && at <= 1)
    .sort((a, b) => a.at - b.at)
  const isCrowded = pins.length > MOST_PINS
  const apart = (isCrowded ? COUNT_PIXELS : window.matchMedia(DOTS).matches ? DOT_PIXELS : PIN_PIXELS) / Math.max(width, 1)
  const marks: Mark[] = []
  for (const { found, at } of pins) {
    const last = marks[marks.length - 1]
    const free = last ? Math.max(at, last.at + apart) : at
    const isTooFar = isCrowded ? free > at : free - at > MOST_PUSHED * apart || free > 1
    if (last && isTooFar) last.found.push(found)
    else marks.push({ at: free, found: [found] })
  }
  return marks
}
