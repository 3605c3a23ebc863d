import { useCallback, useRef, useState } from 'react'
import { player } from './player'
import type { Span } from './spans'
import { useMove } from './usePlayer'

/** The stretch of the recording that the strip shows. */
export interface View extends Span {
  isWhole: boolean
  canZoomIn: boolean
  zoom: (factor: number, aroundMs?: number) => void
  pan: (ms: number) => void
}

const NARROWEST_MS = 10_000
/** Where the playhead stands after the view has gone on to it. */
const AHEAD_SHARE = 0.1

function fitted(from: number, length: number, total: number): Span {
  const start = Math.min(Math.max(from, 0), total - length)
  return { from_ms: Math.round(start), to_ms: Math.round(start + length) }
}

export function useView(durationMs: number): View {
  const [span, setSpan] = useState<Span | null>(null)
  const shown = span ?? { from_ms: 0, to_ms: durationMs }
  const latest = useRef(shown)
  latest.current = shown
  /** The reader has moved the view by hand: it stays until the playhead is sought again or comes by. */
  const isLoose = useRef(false)
  const last = useRef(0)

  const zoom = useCallback((factor: number, aroundMs?: number) => {
    const centreMs = aroundMs ?? player.positionMs
    const { from_ms, to_ms } = latest.current
    const length = Math.max((to_ms - from_ms) / factor, Math.min(NARROWEST_MS, durationMs))
    isLoose.current = false
    if (length >= durationMs) return setSpan(null)
    // Around the pointer it stays under the pointer; around the playhead there is to be something to see on both sides.
    const share = (centreMs - from_ms) / (to_ms - from_ms)
    const kept = aroundMs === undefined ? Math.min(Math.max(share, AHEAD_SHARE), 1 - 2 * AHEAD_SHARE) : share
    setSpan(fitted(centreMs - kept * length, length, durationMs))
  }, [durationMs])

  const pan = useCallback((ms: number) => {
    const { from_ms, to_ms } = latest.current
    isLoose.current = true
    setSpan((before) => before && fitted(from_ms + ms, to_ms - from_ms, durationMs))
  }, [durationMs])

  useMove((ms) => {
    const { from_ms, to_ms } = latest.current
    const isInside = ms >= from_ms && ms <= to_ms
    if (isInside || Math.abs(ms - last.current) > 1_000) isLoose.current = false
    last.current = ms
    if (!isInside && !isLoose.current && span) {
      setSpan(fitted(ms - AHEAD_SHARE * (to_ms - from_ms), to_ms - from_ms, durationMs))
    }
  })
  return {
    ...shown, isWhole: span === null, canZoomIn: shown.to_ms - shown.from_ms > NARROWEST_MS, zoom, pan,
  }
}
