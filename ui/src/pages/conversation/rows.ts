import type { Conversation, Role, TimelineEvent, Turn } from '../../api/types'
import type { Found } from './found'
import { isSpoken } from './moment'
import { owedBy, silencesOf } from './silences'

/** One line of the dialogue: what was said, what was not, and what happened between. */
export type Row =
  | { kind: 'turn'; key: string; turn: Turn }
  | { kind: 'pause'; key: string; ms: number; owedBy: Role | null; isSilence: boolean }
  | { kind: 'event'; key: string; event: TimelineEvent }
  | { kind: 'gap'; key: string; found: Found }

/** Between written messages a pause is normal; only a long one says something. */
const INTERVAL_MS = 120_000

function pausesOf(conversation: Conversation): Map<number, Row> {
  const pauses = new Map<number, Row>()
  for (const { before, from_ms, to_ms, owed_by } of silencesOf(conversation)) {
    pauses.set(before, { kind: 'pause', key: `pause-${before}`, ms: to_ms - from_ms, owedBy: owed_by, isSilence: true })
  }
  if (conversation.is_timed && !isSpoken(conversation)) {
    conversation.turns.forEach((turn, index) => {
      const before = conversation.turns[index - 1]
      const sent = before?.end_ms ?? before?.start_ms ?? null
      if (sent === null || turn.start_ms === null || turn.start_ms - sent < INTERVAL_MS) return
      pauses.set(turn.index, {
        kind: 'pause', key: `pause-${turn.index}`, ms: turn.start_ms - sent, owedBy: owedBy(before?.role, turn.role), isSilence: false,
      })
    })
  }
  return pauses
}

function placeOf(event: TimelineEvent, conversation: Conversation): number {
  if (event.after_turn !== null) return event.after_turn
  if (event.at_ms === null || !conversation.is_timed) return conversation.turns.length
  return conversation.turns.filter((turn) => (turn.start_ms ?? 0) <= event.at_ms!).length
}

/** The turn after which the missing words should have stood at the latest. */
function gapPlace(found: Found, turns: number): number | null {
  const { verdict, evidence, at } = found.finding
  if (verdict !== 'missed') return null
  const window = evidence.find((one) => one.kind === 'window')
  if (window) return window.to_turn ?? turns
  return at?.turn ?? turns
}

export function rowsOf(conversation: Conversation, findings: Found[]): Row[] {
  const after = new Map<number, Row[]>()
  const put = (turn: number, row: Row) => {
    const place = Math.min(Math.max(turn, 0), conversation.turns.length)
    after.set(place, [...(after.get(place) ?? []), row])
  }
  for (const found of findings) {
    const place = gapPlace(found, conversation.turns.length)
    if (place !== null) put(place, { kind: 'gap', key: `gap-${found.key}`, found })
  }
  conversation.events.forEach((event, index) => put(placeOf(event, conversation), { kind: 'event', key: `event-${index}`, event }))

  const pauses = pausesOf(conversation)
  const rows: Row[] = [...(after.get(0) ?? [])]
  conversation.turns.forEach((turn, index) => {
    const pause = pauses.get(turn.index)
    if (pause) rows.push(pause)
    rows.push({ kind: 'turn', key: `turn-${turn.index}`, turn }, ...(after.get(index + 1) ?? []))
  })
  return rows
}

/** The lines from one turn to another with what stands between them. */
export function cutRows(rows: Row[], from: number, to: number): Row[] {
  const first = rows.findIndex((row) => row.kind === 'turn' && row.turn.index >= from)
  const after = rows.findIndex((row) => row.kind === 'turn' && row.turn.index > to)
  return rows.slice(Math.max(first, 0), after < 0 ? undefined : after)
}
