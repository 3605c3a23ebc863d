import type { Conversation, Role, TimelineEvent, Turn } from '../../api/types'
import type { Found } from './found'
import { isSpoken } from './moment'

/** One line of the dialogue: what was said, what was not, and what happened between. */
export type Row =
  | { kind: 'turn'; key: string; turn: Turn }
  | { kind: 'pause'; key: string; ms: number; owedBy: Role | null; isSilence: boolean }
  | { kind: 'event'; key: string; event: TimelineEvent }
  | { kind: 'gap'; key: string; found: Found }

export const SILENCE_MS = 3_000
/** Between written messages a pause is normal; only a long one says something. */
const INTERVAL_MS = 120_000

export interface Silence { from_ms: number; to_ms: number; before: number }

export function silencesOf(conversation: Conversation): Silence[] {
  if (!conversation.is_timed || !isSpoken(conversation)) return []
  const silences: Silence[] = []
  let heard: number | null = null
  for (const turn of conversation.turns) {
    if (turn.start_ms !== null && heard !== null && turn.start_ms - heard > SILENCE_MS) {
      silences.push({ from_ms: heard, to_ms: turn.start_ms, before: turn.index })
    }
    if (turn.end_ms !== null) heard = Math.max(heard ?? 0, turn.end_ms)
  }
  return silences
}

function pausesOf(conversation: Conversation): Map<number, Row> {
  const pauses = new Map<number, Row>()
  const owedBy = (next: number): Role | null => {
    const before = conversation.turns[next - 2]?.role
    const after = conversation.turns[next - 1]?.role
    const isAnswer = (before === 'customer' && after === 'agent') || (before === 'agent' && after === 'customer')
    return isAnswer ? after : null
  }
  for (const silence of silencesOf(conversation)) {
    pauses.set(silence.before, {
      kind: 'pause', key: `pause-${silence.before}`, ms: silence.to_ms - silence.from_ms, owedBy: owedBy(silence.before), isSilence: true,
    })
  }
  if (conversation.is_timed && !isSpoken(conversation)) {
    conversation.turns.forEach((turn, index) => {
      const before = conversation.turns[index - 1]
      const sent = before?.end_ms ?? before?.start_ms ?? null
      if (sent === null || turn.start_ms === null || turn.start_ms - sent < INTERVAL_MS) return
      pauses.set(turn.index, {
        kind: 'pause', key: `pause-${turn.index}`, ms: turn.start_ms - sent, owedBy: owedBy(turn.index), isSilence: false,
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
