import { get, send } from './client'
import type { Channel, Scores, Title, Verdict } from './types'

// What people say about what the machine said (docs/review.md).

export type Answer = 'agree' | 'wrong' | 'missed'
export type Stratum = 'found' | 'passed' | 'undecided' | 'not_applicable'
export interface Person { number: number; name: string }

/** The reasons of each answer, as the server knows them; the first is key 1. */
export const REASONS: Record<Answer, readonly string[]> = {
  agree: [],
  wrong: ['other_meaning', 'quoted', 'excused', 'done_elsewhere', 'misheard', 'wrong_person', 'not_applicable', 'other'],
  missed: ['other_words', 'outside', 'not_triggered', 'misheard', 'wrong_person', 'other'],
}

export interface Judgement {
  number: number
  rule: string
  title: Title
  /** Null: the whole conversation. */
  turn: number | null
  answer: Answer
  reason: string | null
  note: string | null
  /** What the machine said there and then; null: it was not known. */
  verdict: Verdict | null
  drawn: boolean
  has_rule: boolean
  /** The rule is written differently since. */
  has_changed: boolean
  by: Person
  judged_ms: number
  /** False: replaced, or taken back. */
  stands: boolean
  supersedes: number | null
  withdrawn_ms: number | null
  withdrawn_by: string | null
}

export interface Comment {
  number: number
  turn: number
  /** Code points of the turn, `to` exclusive; null: all of it. */
  from: number | null
  to: number | null
  body: string
  by: Person
  made_ms: number
  changed_ms: number | null
  changes: number
}

export interface Said { judgements: Judgement[]; comments: Comment[] }

export interface Interval { share: number; low: number; high: number }
export type Populations = Record<Stratum, number>
export interface Drawn { rule: string | null; seed: number; take: number; populations: Populations }

export interface Word {
  rule: string
  turn: number | null
  answer: Answer
  reason?: string | null
  note?: string | null
  /** The number of what stood there when it was said. */
  replaces?: number
  drawn?: Drawn
}

export interface ReviewItem {
  conversation: string
  rule: string
  title: Title
  stratum: Stratum
  verdict: Verdict
  turn: number | null
  judgement: Pick<Judgement, 'number' | 'answer' | 'reason' | 'note' | 'by' | 'judged_ms'> & { turn: number } | null
}

export interface Outcome {
  judged: number; agreed: number; wrong: number; missed: number; passed: number
  precision: Interval | null; recall: Interval | null
}

export interface Review extends Drawn { items: ReviewItem[]; outcome: Outcome }

export interface RelatedItem {
  id: string; title: string; channel: Channel; started_ms: number | null; duration_ms: number | null; agent: string | null
  scores: Scores; high_risk: boolean
}

const of = (id: string, what: string) => `conversations/${encodeURIComponent(id)}/${what}`

export const fetchSaid = (id: string, signal: AbortSignal) => get<Said>(of(id, 'judgements'), undefined, signal)
export const putWord = (id: string, word: Word) => send<Said>('PUT', of(id, 'judgements'), word)
export const withdrawWord = (id: string, number: number) => send<Said>('DELETE', `${of(id, 'judgements')}?number=${number}`)
export const addComment = (id: string, comment: { turn: number; from?: number; to?: number; body: string }) => send<Said>('POST', of(id, 'comments'), comment)
export const changeComment = (id: string, comment: { number: number; changes: number; body: string }) => send<Said>('PUT', of(id, 'comments'), comment)
export const removeComment = (id: string, number: number) => send<Said>('DELETE', `${of(id, 'comments')}?number=${number}`)
export const fetchRelated = (id: string, signal: AbortSignal) => get<{ items: RelatedItem[] }>(of(id, 'related'), undefined, signal)
export const fetchReview = (rule: string, seed: number, take: number, signal: AbortSignal) =>
  get<Review>('review', new URLSearchParams({ ...(rule ? { rule } : {}), seed: String(seed), take: String(take) }), signal)

/** What was opened, sent together: a person who steps through a list makes one request of it. */
const waiting = new Set<string>()
let timer = 0
const GATHERED_MS = 1_500

function sendSeen() {
  window.clearTimeout(timer)
  timer = 0
  if (waiting.size === 0) return
  const conversations = [...waiting]
  waiting.clear()
  // It may be the last thing the page does. Not seen is no harm: it is seen next time.
  void fetch('/api/v1/seen', {
    method: 'PUT', keepalive: true, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ conversations }),
  }).catch(() => {})
}

export function markSeen(id: string) {
  waiting.add(id)
  if (!timer) timer = window.setTimeout(sendSeen, GATHERED_MS)
}
window.addEventListener('pagehide', sendSeen)
