import { get } from './client'
import type { Page } from './imports'

export type JoinState = 'matched' | 'doubtful' | 'unmatched'
export type JoinKind = 'calls' | 'tickets' | 'satisfaction' | 'roster'

export const JOIN_STATES: readonly JoinState[] = ['matched', 'doubtful', 'unmatched']
export const JOIN_KINDS: readonly JoinKind[] = ['calls', 'tickets', 'satisfaction', 'roster']

export interface Join {
  record: number
  kind: JoinKind
  state: JoinState
  reason: string | null
  words: { zh: string; en: string } | null
  source: string | null
  line: number | null
  from_ms: number | null
  number: string | null
  agent: string | null
  agent_id?: string | null
  extension?: string | null
  team?: string | null
  customer?: string | null
  recording?: string | null
  score?: string | null
  ticket: string | null
  /** The record's own id of the conversation. */
  conversation_id: string | null
  conversation: { id: string; external_id: string; title: string | null; started_ms: number | null } | null
  candidates: { id: string; external_id: string; started_ms: number | null; seconds_apart: number | null }[]
}

export interface JoinPage extends Page<Join> {
  counts: Partial<Record<JoinKind, Partial<Record<JoinState, number>>>>
  conversations_without?: Partial<Record<JoinKind, number>>
}

export const fetchJoins = (filter: URLSearchParams, after: string | null, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  parameters.set('limit', '50')
  if (after) parameters.set('after', after)
  return get<JoinPage>('joins', parameters, signal)
}
