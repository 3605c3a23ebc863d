import { Fragment } from 'react'
import type { OrderTurn, WholeOrder } from '../../api/orders'
import { verdictTone } from '../../parts/VerdictChip'

interface Stretch { from: number; to: number }

/** Where the evidence stands in a turn, in code points, without overlaps. */
function stretchesOf(turn: OrderTurn, order: WholeOrder): Stretch[] {
  const found = order.evidence
    .filter((one) => one.kind !== 'window' && one.turn === turn.index && typeof one.from === 'number' && typeof one.to === 'number' && one.to > one.from)
    .map((one): Stretch => ({ from: one.from!, to: one.to! })).sort((a, b) => a.from - b.from || b.to - a.to)
  return found.reduce<Stretch[]>((kept, one) => {
    const last = kept[kept.length - 1]
    if (last && one.from < last.to) last.to = Math.max(last.to, one.to)
    else kept.push({ ...one })
    return kept
  }, [])
}

/** A turn's words with what was found underlined. */
export function OrderWordsOf({ turn, order }: { turn: OrderTurn; order: WholeOrder }) {
  const points = [...turn.text]
  const parts: { text: string; isMarked: boolean }[] = []
  let at = 0
  for (const { from, to } of stretchesOf(turn, order)) {
    if (from > at) parts.push({ text: points.slice(at, from).join(''), isMarked: false })
    parts.push({ text: points.slice(from, to).join(''), isMarked: true })
    at = to
  }
  parts.push({ text: points.slice(at).join(''), isMarked: false })
  return <>{parts.map((part, index) => (part.isMarked ? <mark key={index} className={verdictTone(order.verdict)}>{part.text}</mark> : <Fragment key={index}>{part.text}</Fragment>))}</>
}
