import type { Recording, RecordingSide, Role } from '../api/types'

/** A side as it is drawn: which channel, whose colour, above the line, below it, or mirrored on both. */
export interface Lane {
  index: number
  side: RecordingSide
  tone: 'agent' | 'customer' | 'other'
  place: 'up' | 'down' | 'both'
}

function toneOf(role: Role): Lane['tone'] {
  if (role === 'agent' || role === 'bot') return 'agent'
  return role === 'customer' ? 'customer' : 'other'
}

/** The agent above, the customer below; one wave where there is but one signal. */
export function lanesOf(recording: Recording): Lane[] {
  const [first, second] = recording.sides
  if (!first) return []
  if (!second || recording.relation === 'one' || recording.relation === 'same') {
    return [{ index: 0, side: first, tone: 'other', place: 'both' }]
  }
  const isTurned = toneOf(first.role) === 'customer' || toneOf(second.role) === 'agent'
  const [up, down] = isTurned ? [1, 0] : [0, 1]
  const lane = (index: number, place: Lane['place']): Lane => {
    const side = recording.sides[index]!
    return { index, side, tone: toneOf(side.role), place }
  }
  return [lane(up, 'up'), lane(down, 'down')]
}
