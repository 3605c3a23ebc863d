import { get, send } from './client'
import type { Channel, Evidence, Role, ScoreName, Title, Verdict } from './types'

// Work orders as docs/orders.md gives them.

export const ORDER_STATES = ['open', 'answered', 'appealed', 'closed'] as const
export type OrderState = (typeof ORDER_STATES)[number]
export type OrderAct = 'answer' | 'recheck' | 'close' | 'reopen' | 'appeal' | 'uphold' | 'grant' | 'assign' | 'comment'
export type StepKind = 'opened' | 'answered' | 'rechecked' | 'closed' | 'reopened' | 'appealed' | 'upheld' | 'granted' | 'assigned' | 'commented'

/** `account` null: a name alone; with an empty name whoever is at this machine. */
export interface OrderPerson { account: number | null; name: string }
export interface OrderConversation { id: string; external_id: string; title: string; channel: Channel; started_ms: number | null }
export interface OrderEffect { score: ScoreName; points: number; fatal?: boolean; each?: boolean }

export interface Order {
  number: number
  state: OrderState
  outcome: 'done' | 'granted' | null
  is_overdue: boolean
  waits_for_me: boolean
  due_ms: number
  conversation: OrderConversation
  agent: string | null
  team: string | null
  rule: string
  title: Title
  turn: number | null
  at_ms: number | null
  verdict: Verdict
  quote: string | null
  effects: OrderEffect[]
  high_risk: boolean
  assignee: OrderPerson
  note: string
  opened_by: OrderPerson
  opened_ms: number
  answered_ms: number | null
  closed_ms: number | null
  changes: number
}

export interface OrderTurn { index: number; role: Role; speaker: string | null; start_ms: number | null; end_ms: number | null; text: string }
export interface RecheckCount { met: number; missed: number; undecided: number }
export interface RecheckItem { id: string; external_id: string; title: string; started_ms: number; verdict: Verdict; is_since_answer: boolean }
export interface Recheck { items: RecheckItem[]; since_found: RecheckCount; since_answer: RecheckCount; stale: number; is_complete: boolean }

export interface OrderStep {
  number: number
  kind: StepKind
  at_ms: number
  by: OrderPerson
  text: string
  detail: {
    assignee?: OrderPerson; before?: OrderPerson; due_ms?: number; is_judged?: boolean
    since_found?: RecheckCount; since_answer?: RecheckCount
  }
}

export interface WholeOrder extends Order {
  reason: string
  evidence: Evidence[]
  /** False: the conversation is no longer in the store. */
  is_there: boolean
  is_timed: boolean
  recording_ms: number | null
  turn_count: number
  turns: OrderTurn[]
  may: OrderAct[]
  may_not_decide: 'opener' | 'appellant' | null
  is_rechecked: boolean
  is_assignee_gone: boolean
  sees_conversation: boolean
  recheck: Recheck
  steps: OrderStep[]
}

export interface OrderCounts { open: number; answered: number; appealed: number; closed: number; overdue: number; waiting: number }
export interface OrderPage { items: Order[]; next: string | null; counts: OrderCounts }

export interface Unanswered {
  conversation: OrderConversation
  agent: string | null
  team: string | null
  rule: string
  title: Title
  verdict: Verdict
  turn: number | null
  at_ms: number | null
}
export interface UnansweredPage {
  from_ms: number; to_ms: number; total: number; is_complete: boolean
  rules: { rule: string; title: Title; count: number }[]
  items: Unanswered[]
}

export interface OrderFinding { conversation: string; rule: string; turn: number | null }
export interface OrderPlan { assignee?: number; assignee_name?: string; due_ms?: number; note?: string }
/** Which findings: one by one, all of some conversations, or a rule's in a filter of the list. */
export type OrderChoice = { findings: OrderFinding[] } | { conversations: string[]; rule?: string } | { filter: Record<string, string> }
export interface OpenedOrders { opened: Order[]; existing: Order[]; is_cut: boolean }
export interface Assignee { account: number; name: string; role: 'agent' | 'reviewer' | 'manager'; agent: string | null }

/** What a step says; `outcome` of an appeal. */
export interface OrderWords { text: string; due_ms?: number; assignee?: number; assignee_name?: string }

export const fetchOrders = (filter: URLSearchParams, after: string | null, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  if (after) parameters.set('after', after)
  return get<OrderPage>('orders', parameters, signal)
}
export const fetchOrder = (number: number, signal: AbortSignal) => get<WholeOrder>(`orders/${number}`, undefined, signal)
export const fetchUnanswered = (parameters: URLSearchParams, signal: AbortSignal) => get<UnansweredPage>('orders/unanswered', parameters, signal)
export const fetchAssignees = (signal: AbortSignal) => get<{ people: Assignee[] }>('orders/people', undefined, signal)
export const openOrders = (choice: OrderChoice, plan: OrderPlan) => send<OpenedOrders>('POST', 'orders', { ...choice, ...plan })

/** Says which state of the order was seen: where it moved on meanwhile, the answer is 409 with the order as it is. */
export function takeStep(number: number, act: OrderAct, changes: number, words: OrderWords): Promise<WholeOrder> {
  const isDecision = act === 'uphold' || act === 'grant'
  const body = { changes, ...words, ...(isDecision ? { outcome: act === 'grant' ? 'granted' : 'upheld' } : {}) }
  return send<WholeOrder>('POST', `orders/${number}/${isDecision ? 'decide' : act}`, body)
}
