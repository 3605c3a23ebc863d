import type { Found } from '../pages/conversation/found'
import type { Span } from './spans'

/** Two pins nearer than this are pushed apart, so that each can be read and clicked; on a phone they are dots. */
const PIN_PIXELS = 17
const DOT_PIXELS = 9
const DOTS = '(max-width: 720px)'

/** Where the numbered findings stand inside a stretch drawn so wide, as shares of it. */
export function placePins(findings: Found[], view: Span, totalMs: number, width: number): { found: Found; at: number }[] {
  const pins = findings
    .filter((one) => one.finding.number !== null && typeof one.finding.at?.at_ms === 'number')
    .map((found) => ({ found, at: (Math.min(found.finding.at!.at_ms!, totalMs) - view.from_ms) / (view.to_ms - view.from_ms || 1) }))
    .filter(({ at }) => at >= 0 && at <= 1)
    .sort((a, b) => a.at - b.at)
  const apart = Math.min((window.matchMedia(DOTS).matches ? DOT_PIXELS : PIN_PIXELS) / Math.max(width, 1), 1 / Math.max(pins.length, 1))
  let last = -1
  return pins.map(({ found, at }) => {
    last = Math.max(at, last + apart)
    return { found, at: Math.min(last, 1) }
  })
}
