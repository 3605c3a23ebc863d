import type { TFunction } from 'i18next'
import type { Order, OrderEffect, OrderPerson, WholeOrder } from '../../api/orders'
import type { Conversation, Finding, Turn } from '../../api/types'
import type { Format } from '../../i18n/format'
import { makeMoment } from '../conversation/moment'
import type { Speech } from '../conversation/sentences'

export function personName(person: OrderPerson, t: TFunction): string {
  return person.name || (person.account === null ? t('orders.this_machine') : `${person.account}`)
}

export function assigneeName(order: Pick<Order, 'assignee'>, t: TFunction): string {
  return order.assignee.name || t('orders.nobody')
}

/** "Compliance −15", "Risk +30". */
export function effectText(effect: OrderEffect, t: TFunction, format: Format): string {
  const score = t(`score.${effect.score}`)
  return effect.fatal ? t('finding.fatal', { score }) : t('finding.points', { score, points: format.signed(effect.points) })
}

/** What the sentences of a conversation's page need, from the few turns that an order holds. */
export function speechOf(order: WholeOrder, t: TFunction): Speech {
  const turns: Turn[] = []
  const none = { participant: 0, start_ms: null, end_ms: null, text: '', confidence: null }
  for (let index = 1; index <= order.turn_count; index++) turns.push({ ...none, index, role: 'undecided' })
  for (const turn of order.turns) turns[turn.index - 1] = { ...none, ...turn }
  const { id, external_id, title, channel, started_ms } = order.conversation
  const nothing = { start: 0, total: null, decided_share: null, terms: [] }
  const conversation: Conversation = {
    id, external_id, title, channel, started_ms, language: null, queue: null, customer: null, duration_ms: null, is_timed: order.is_timed, source: null,
    agent: order.agent, team: order.team, scores: { compliance: null, experience: null, risk: null }, decided_share: null, high_risk: order.high_risk,
    tags: [], participants: [], turns, events: [], recording: null, voices: [], fields: [],
    inspection: { ruleset: '', engine: '', timeline_version: 0, inspected_ms: 0 }, rules: [],
    arithmetic: { compliance: nothing, experience: nothing, risk: nothing },
  }
  return { t, conversation, moment: makeMoment(conversation, t) }
}

export function findingOf(order: WholeOrder): Finding {
  return {
    number: null, ordinal: 1, verdict: order.verdict, reason: order.reason, participant: null,
    at: { turn: order.turn, at_ms: order.at_ms }, evidence: order.evidence,
  }
}

/** When it can be heard, in the recording. */
export function momentOf(order: WholeOrder): number | null {
  const startOf = (turn: number | null | undefined) => order.turns.find((one) => one.index === turn)?.start_ms ?? null
  const shown = order.evidence.find((one) => one.kind !== 'window' && (one.at_ms ?? startOf(one.turn)) !== null)
  return order.at_ms ?? startOf(order.turn) ?? shown?.at_ms ?? startOf(shown?.turn) ?? null
}
