// What each operator is filled in with, in the order in which it is read: the members of docs/operators.md.

export type Slot =
  | 'phrases' | 'excuses' | 'quorum' | 'count' | 'characters' | 'number' | 'percent' | 'duration' | 'compare' | 'role' | 'name' | 'pairs' | 'value' | 'flag' | 'condition'
export interface Member { key: string; slot: Slot; isNeeded?: boolean }

const need = (key: string, slot: Slot): Member => ({ key, slot, isNeeded: true })
const may = (key: string, slot: Slot): Member => ({ key, slot })

const SPOKEN = [need('phrases', 'phrases'), may('quorum', 'quorum'), may('near', 'characters'), may('unless_in', 'excuses')]
const OWN = [need('compare', 'compare'), need('number', 'number'), may('average', 'flag'), may('over_own_start', 'flag')]

interface Shape { members: Member[]; role: 'needed' | 'maybe' | 'none' }
const said = (...members: Member[]): Shape => ({ members, role: 'needed' })
const plain = (...members: Member[]): Shape => ({ members, role: 'none' })

export const SHAPES: Record<string, Shape> = {
  says: said(...SPOKEN), asserts: said(...SPOKEN), sounds: said(...SPOKEN),
  plain: said(need('pairs', 'pairs')),
  similar: said(need('phrases', 'phrases'), may('likeness', 'percent')),
  fact: said(need('phrases', 'phrases'), may('differs', 'flag'), may('agrees', 'flag')),
  entity: said(need('name', 'name'), may('compare', 'compare'), may('value', 'value')),
  intent: said(need('name', 'name')), topic: said(need('name', 'name')),
  emotion: said(need('name', 'name'), may('improving', 'flag'), may('worsening', 'flag')),
  answers: said(may('article', 'name')), model: said(need('phrases', 'phrases')),
  repeats: said(need('count', 'count'), may('in_a_row', 'flag'), may('likeness', 'percent'), may('of_at_least', 'characters'), may('unless_in', 'excuses'), may('unless', 'condition')),
  asks: said(need('phrases', 'phrases'), may('given', 'excuses'), may('or_field', 'name')),
  silence: plain(need('compare', 'compare'), need('duration', 'duration'), may('owed_by', 'role'), may('not_on_hold', 'flag'), may('excused_by', 'excuses')),
  response: said(need('compare', 'compare'), need('duration', 'duration'), may('for_first_reply', 'flag')),
  overlap: { role: 'maybe', members: [need('compare', 'compare'), need('duration', 'duration')] },
  interrupts: said(may('compare', 'compare'), may('duration', 'duration'), may('of_at_least', 'characters')),
  pace: said(...OWN), loudness: said(...OWN), pitch: said(...OWN),
  hold: plain(may('by', 'role'), may('compare', 'compare'), may('duration', 'duration')),
  transfer: plain(may('by', 'role')),
  'hang-up': plain(may('by', 'role'), may('compare', 'compare'), may('duration', 'duration')),
  event: plain(need('name', 'name'), may('by', 'role')),
  duration: plain(need('compare', 'compare'), need('duration', 'duration')),
  turns: { role: 'maybe', members: [need('compare', 'compare'), need('count', 'count')] },
  talk: said(need('compare', 'compare'), need('percent', 'percent')),
  field: plain(need('name', 'name'), need('compare', 'compare'), need('value', 'value')),
}

/** What a slot holds when it is first put in. */
export const FIRST: Record<Slot, unknown> = {
  phrases: ['…'], excuses: ['…'], quorum: 'all', count: 3, characters: 12, number: 220, percent: '60%', duration: '10s', compare: '>', role: 'agent', name: 'name', pairs: 'terms',
  value: '1', flag: true, condition: { operator: 'says', role: 'customer', phrases: ['…'] },
}

/** Another operator keeps what it has in common with the one before. */
export function withOperator(condition: Record<string, unknown>, operator: string): Record<string, unknown> {
  const shape = SHAPES[operator]!
  const next: Record<string, unknown> = { ...(condition.brackets ? { brackets: true } : {}), operator }
  if (shape.role === 'needed') next.role = condition.role ?? 'agent'
  if (shape.role === 'maybe' && condition.role) next.role = condition.role
  for (const member of shape.members) {
    if (condition[member.key] !== undefined) next[member.key] = condition[member.key]
    else if (member.isNeeded) next[member.key] = FIRST[member.slot]
  }
  if (operator === 'fact' && !next.agrees) next.differs = true
  return next
}
