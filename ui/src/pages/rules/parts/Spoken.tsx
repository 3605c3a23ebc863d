import { Fragment } from 'react'

interface Mark { from: number; to: number; kind: string }

/** A turn with its evidence marked; offsets count code points, what overlaps is cut where the next one begins. */
export function Spoken({ text, marks }: { text: string; marks: Mark[] }) {
  const letters = [...text]
  const sorted = marks.filter((mark) => mark.to > mark.from).sort((a, b) => a.from - b.from || b.to - a.to)
  const parts: { text: string; kind: string | null }[] = []
  let at = 0
  for (const mark of sorted) {
    if (mark.to <= at) continue
    const from = Math.max(mark.from, at)
    if (from > at) parts.push({ text: letters.slice(at, from).join(''), kind: null })
    parts.push({ text: letters.slice(from, mark.to).join(''), kind: mark.kind })
    at = mark.to
  }
  if (at < letters.length) parts.push({ text: letters.slice(at).join(''), kind: null })
  return <span className="spoken">{parts.map((part, index) => (part.kind ? <mark key={index} className={`is-${part.kind}`}>{part.text}</mark> : <Fragment key={index}>{part.text}</Fragment>))}</span>
}
