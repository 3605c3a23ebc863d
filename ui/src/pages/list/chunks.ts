import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'

/** Fewer rows than this all stand in the page: finding in the page and reading aloud go through all of them. */
const FEW = 200
/** Rows that come and go together. */
const CHUNK = 10
/** So much above and below the screen stands ready. */
const READY_PX = 700
const ROW_PX = 34

/** How high a chunk was when it was last in the page; kept so that coming back finds the same place. */
let rowHeight = ROW_PX

export interface Chunks {
  /** From and to, exclusive, of the rows that stand in the page. */
  first: number
  last: number
  /** Pixels in place of the rows before and behind. */
  above: number
  below: number
  frame: RefObject<HTMLTableElement>
  /** Scrolls so that this row is seen. */
  bring: (index: number) => void
}

/** Of a long list only the rows around the screen stand in the page. Heights are measured, for rows on a phone differ. */
export function useChunks(count: number): Chunks {
  const frame = useRef<HTMLTableElement>(null)
  const heights = useRef(new Map<number, number>())
  const isLong = count > FEW
  const chunks = Math.ceil(count / CHUNK)
  const [range, setRange] = useState({ first: 0, last: 6 })

  const heightOf = useCallback((chunk: number) => heights.current.get(chunk) ?? rowHeight * Math.min(CHUNK, count - chunk * CHUNK), [count])
  const look = useCallback(() => {
    const table = frame.current
    if (!table || !isLong) return
    const head = table.tHead?.offsetHeight ?? 0
    const top = -(table.getBoundingClientRect().top + head)
    let at = 0
    let first = -1
    let last = chunks
    for (let chunk = 0; chunk < chunks; chunk++) {
      const height = heightOf(chunk)
      if (first < 0 && at + height > top - READY_PX) first = chunk
      at += height
      if (at > top + window.innerHeight + READY_PX) {
        last = chunk + 1
        break
      }
    }
    if (first < 0) first = Math.max(chunks - 1, 0)
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }))
  }, [isLong, chunks, heightOf])

  useEffect(() => {
    if (!isLong) return
    // In the next frame, when they have been laid out anyhow: asking at once would lay them out twice.
    const next = requestAnimationFrame(() => {
      let measured = 0
      let rows = 0
      for (const body of frame.current?.querySelectorAll<HTMLTableSectionElement>('tbody[data-chunk]') ?? []) {
        const chunk = Number(body.dataset.chunk)
        if (heights.current.has(chunk) && heights.current.get(chunk) === body.offsetHeight) continue
        heights.current.set(chunk, body.offsetHeight)
        measured += body.offsetHeight
        rows += body.rows.length
      }
      if (heights.current.size <= range.last - range.first && rows > 0) rowHeight = measured / rows
    })
    return () => cancelAnimationFrame(next)
  }, [isLong, range])

  useEffect(() => {
    let frameNumber = 0
    const onScroll = () => {
      if (frameNumber) return
      frameNumber = requestAnimationFrame(() => {
        frameNumber = 0
        look()
      })
    }
    const onResize = () => {
      heights.current.clear()
      onScroll()
    }
    look()
    window.addEventListener('scroll', onScroll, { passive: true })
    window.addEventListener('resize', onResize)
    return () => {
      cancelAnimationFrame(frameNumber)
      window.removeEventListener('scroll', onScroll)
      window.removeEventListener('resize', onResize)
    }
  }, [look])

  const bring = useCallback((index: number) => {
    const table = frame.current
    if (!table || !isLong) return
    const chunk = Math.floor(index / CHUNK)
    let at = table.getBoundingClientRect().top + window.scrollY + (table.tHead?.offsetHeight ?? 0)
    for (let before = 0; before < chunk; before++) at += heightOf(before)
    at += (index - chunk * CHUNK) * rowHeight
    if (at < window.scrollY || at + rowHeight > window.scrollY + window.innerHeight) window.scrollTo({ top: Math.max(at - window.innerHeight / 2, 0) })
  }, [isLong, heightOf])

  if (!isLong) return { first: 0, last: count, above: 0, below: 0, frame, bring }
  const first = Math.min(range.first, chunks - 1)
  const last = Math.min(Math.max(range.last, first + 1), chunks)
  let above = 0
  let below = 0
  for (let chunk = 0; chunk < first; chunk++) above += heightOf(chunk)
  for (let chunk = last; chunk < chunks; chunk++) below += heightOf(chunk)
  return { first: first * CHUNK, last: Math.min(last * CHUNK, count), above, below, frame, bring }
}

/** The pieces of CHUNK rows between two places. */
export function piecesOf(first: number, last: number): { chunk: number; from: number; to: number }[] {
  const pieces = []
  for (let from = first; from < last; from += CHUNK) pieces.push({ chunk: from / CHUNK, from, to: Math.min(from + CHUNK, last) })
  return pieces
}
