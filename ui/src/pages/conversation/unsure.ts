import type { Turn } from '../../api/types'

/** Words below it are as likely wrong as right; rules decide nothing by them (rules/occurrence.h). */
export const CONFIDENCE_LIMIT = 0.5

/** A word of which the recogniser is not sure. `from` and `to` count code points, `to` exclusive. */
export interface Unsure { from: number; to: number; confidence: number }

const NONE: Unsure[] = []

export function unsureOf(turn: Turn): Unsure[] {
  const unsure = (turn.words ?? []).flatMap(([offset, length, , , confidence]) => (
    confidence !== null && confidence < CONFIDENCE_LIMIT ? [{ from: offset, to: offset + length, confidence }] : []
  ))
  return unsure.length > 0 ? unsure : NONE
}

export interface Piece { text: string; confidence: number | null }

/** A stretch of a turn's text that begins at `start`, cut where words are unsure. */
export function piecesOf(text: string, start: number, unsure: Unsure[]): Piece[] {
  const points = Array.from(text)
  const pieces: Piece[] = []
  let at = 0
  for (const { from, to, confidence } of unsure) {
    const begin = Math.max(from - start, at)
    const end = Math.min(to - start, points.length)
    if (end <= begin) continue
    if (begin > at) pieces.push({ text: points.slice(at, begin).join(''), confidence: null })
    pieces.push({ text: points.slice(begin, end).join(''), confidence })
    at = end
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(''), confidence: null })
  return pieces
}
