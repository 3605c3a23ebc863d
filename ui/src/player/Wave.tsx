import { useMemo } from 'react'
import type { Recording, Waveform } from '../api/types'
import type { Lane } from './sides'
import type { Span } from './spans'

/** Three pixels a bar: two drawn, one left free. */
export const BAR_PIXELS = 3
const LEVELS = 255
const RANGE_DB = 96
/** The height is linear in decibels, from a little above the line's own noise up to here. */
const TOP_DB = -6
const QUIETEST_DB = -72
const NOISIEST_DB = -42

function barsOf(levels: number[], lane: Lane, data: Waveform, view: Span, width: number, height: number): string {
  const floor = Math.min(Math.max(lane.side.noise_db, QUIETEST_DB), NOISIEST_DB)
  const middle = height / 2
  const reach = middle - 1
  const step = (data.to_ms - data.from_ms) / levels.length
  let path = ''
  levels.forEach((level, index) => {
    const x = ((data.from_ms + (index + 0.5) * step - view.from_ms) / (view.to_ms - view.from_ms)) * width
    if (x < 0 || x > width) return
    const decibels = (level / LEVELS) * RANGE_DB - RANGE_DB
    const bar = Math.max(1, Math.round(reach * Math.min((decibels - floor) / (TOP_DB - floor), 1)))
    const from = lane.place === 'down' ? middle + 1 : lane.place === 'up' ? middle - 1 : middle + bar
    const to = lane.place === 'down' ? middle + 1 + bar : middle - (lane.place === 'up' ? 1 : 0) - bar
    path += `M${x.toFixed(1)} ${from}V${to}`
  })
  return path
}

/** The levels of each side as bars, drawn twice: pale, and over it in full as far as it has been played. */
export function Wave({ recording, lanes, data, view, width, height }: {
  recording: Recording; lanes: Lane[]; data: Waveform; view: Span; width: number; height: number
}) {
  const { from_ms, to_ms } = view
  const bars = useMemo(
    () => lanes.map((lane) => ({ tone: lane.tone, path: barsOf(data.channels[lane.index] ?? [], lane, data, { from_ms, to_ms }, width, height) })),
    [lanes, data, from_ms, to_ms, width, height],
  )
  const wave = (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true" data-relation={recording.relation}>
      {bars.map(({ tone, path }, index) => <path key={index} className={tone} d={path} />)}
    </svg>
  )
  return (
    <>
      <div className="wave">{wave}</div>
      <div className="wave played">{wave}</div>
    </>
  )
}
