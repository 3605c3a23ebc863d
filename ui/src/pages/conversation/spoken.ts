import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { Conversation, Turn } from '../../api/types'
import { player } from '../../player/player'
import { useMove } from '../../player/usePlayer'
import { bringIntoView } from './intoView'

/** Two people may speak at once, seldom more. */
const MOST_AT_ONCE = 4
const SCROLL_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End'])
/** The line is kept between these shares of what is visible. */
const TOP_SHARE = 0.08
const BOTTOM_SHARE = 0.8

interface TimedTurn { index: number; from: number; to: number }

function timed(turns: Turn[]): TimedTurn[] {
  return turns.filter((turn) => turn.start_ms !== null)
    .map((turn, place, all) => ({ index: turn.index, from: turn.start_ms!, to: turn.end_ms ?? all[place + 1]?.start_ms ?? Infinity }))
    .sort((a, b) => a.from - b.from)
}

/** How many have begun by then. */
function countBegun(turns: TimedTurn[], ms: number): number {
  let low = 0
  let high = turns.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (turns[middle]!.from <= ms) low = middle + 1
    else high = middle
  }
  return low
}

function begunBefore(turns: TimedTurn[], ms: number): TimedTurn | undefined {
  return turns[countBegun(turns, ms) - 1]
}

/** The turns in which the moment lies, the last begun first. */
function spokenAt(turns: TimedTurn[], ms: number): TimedTurn[] {
  const begun = countBegun(turns, ms)
  return turns.slice(Math.max(0, begun - MOST_AT_ONCE), begun).reverse().filter((turn) => ms < turn.to)
}

/**
 * Marks the lines that are being spoken and keeps the latest in view, until the reader scrolls elsewhere. The marks are set
 * on the lines directly: thousands of them are not drawn again several times a second.
 */
export function useSpokenLines(conversation: Conversation, frame: RefObject<HTMLElement>, isDrawn: boolean) {
  const turns = useMemo(() => (conversation.recording ? timed(conversation.turns) : []), [conversation])
  const [isFollowing, setFollowing] = useState(true)
  const following = useRef(true)
  following.current = isFollowing
  const marked = useRef<number[]>([])
  /** It was to be brought into view before the lines were there. */
  const isOwed = useRef(false)

  const keepInView = useCallback((index: number) => {
    const line = document.getElementById(`turn-${index}`)
    if (!line || !frame.current) return
    const box = frame.current.getBoundingClientRect()
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, window.innerHeight)]
    const at = line.getBoundingClientRect()
    if (at.top >= top + TOP_SHARE * (bottom - top) && at.bottom <= top + BOTTOM_SHARE * (bottom - top)) return
    bringIntoView(line, frame.current)
  }, [frame])

  const mark = (ms: number) => {
    if (turns.length === 0) return
    const now = spokenAt(turns, ms).map((turn) => turn.index)
    if (now.length === marked.current.length && now.every((index, place) => index === marked.current[place])) return
    for (const index of marked.current) if (!now.includes(index)) document.getElementById(`turn-${index}`)?.removeAttribute('data-spoken')
    for (const index of now) document.getElementById(`turn-${index}`)?.setAttribute('data-spoken', '')
    const isNew = now[0] !== undefined && now[0] !== marked.current[0]
    marked.current = now
    if (isNew && following.current && player.isPlaying) keepInView(now[0]!)
  }
  useMove(mark)

  useEffect(() => {
    const talk = frame.current
    if (!talk || turns.length === 0) return
    const leave = () => {
      if (player.isPlaying) setFollowing(false)
    }
    const onKey = (event: KeyboardEvent) => SCROLL_KEYS.has(event.key) && leave()
    // The bar of scrolling is no element of its own: a press beside the content is a press on it.
    const onPress = (event: PointerEvent) => event.target === talk && event.offsetX > talk.clientWidth && leave()
    talk.addEventListener('wheel', leave, { passive: true })
    talk.addEventListener('touchmove', leave, { passive: true })
    talk.addEventListener('pointerdown', onPress)
    window.addEventListener('keydown', onKey)
    return () => {
      talk.removeEventListener('wheel', leave)
      talk.removeEventListener('touchmove', leave)
      talk.removeEventListener('pointerdown', onPress)
      window.removeEventListener('keydown', onKey)
    }
  }, [frame, turns])

  const resume = useCallback(() => setFollowing(true), [])
  /** Follows again, at once. */
  const follow = useCallback(() => {
    setFollowing(true)
    // In a silence it is the line before it.
    const at = marked.current[0] ?? begunBefore(turns, player.positionMs)?.index
    isOwed.current = !isDrawn
    if (at !== undefined) keepInView(at)
  }, [keepInView, turns, isDrawn])
  useEffect(() => {
    // What was to be marked before the lines were there.
    marked.current = []
    if (isDrawn) mark(player.positionMs)
    if (isDrawn && isOwed.current) follow()
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isDrawn])
  return { isFollowing, follow, resume }
}
