// The rule book: docs/api.md, "Rules".
import { get, send } from './client'
import type { Channel, Finding, Role, RuleKind, ScoreName, Title, Verdict } from './types'

export interface Who { by: string; at_ms: number }
export type RuleState = 'published' | 'retired' | 'draft'
export type DraftState = 'draft' | 'tested'
export interface Counts {
  met: number; missed: number; undecided: number; not_applicable: number; hit: number; clean: number; noted: number; not_noted?: number
}
export interface Share { share: number; low: number; high: number }
export interface Judged { agreed: number; wrong: number; missed: number; precision: Share | null; recall?: Share | null }

export interface RuleItem {
  rule: string
  title: Title
  pack: string | null
  kind: RuleKind
  /** null: it was never published. */
  version: number | null
  state: RuleState
  is_edited: boolean
  draft: (Who & { state: DraftState; changes: number }) | null
  effects: { score: ScoreName; points: number }[]
  counts: Counts
  judged: Judged | null
}

export interface Problem { line: number; column: number; reason: string; hint: string | null }
export interface SharedPart { kind: 'list' | 'let' | 'pairs' | 'calendar'; name: string; text: string; used_by: string[] }
export interface TestFailure { test: string; line: number; rule: string; expected: string; actual: string; reason: string | null }
export interface TestRun { tests: number; failed: number; failures: TestFailure[] }

export interface BacktestSample {
  change: 'new' | 'gone'
  conversation: string
  external_id: string
  started_ms: number | null
  agent: string | null
  sentence: string
  verdict_before: Verdict
  verdict_after: Verdict
}
export interface Backtest {
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'
  done: number
  all: number
  limit: number
  started_ms: number | null
  took_ms: number | null
  is_current: boolean
  conversations: number
  newly_found: number
  no_longer_found: number
  newly_undecided: number
  agents: number
  scores: Partial<Record<ScoreName, { mean_change: number | null }>>
  samples: BacktestSample[]
  reason?: string | null
}

export interface Draft extends Who {
  text: string
  changes: number
  /** The published one that it was begun on; 0: none stood. */
  version: number
  state: DraftState
  problems: Problem[]
  reason: string | null
  tests: TestRun | null
  backtest: Backtest | null
}

export interface RuleDetail extends Omit<RuleItem, 'draft'> {
  file: string | null
  line: number | null
  text: string
  shared: SharedPart[]
  form: Form | null
  tests: { name: string; line: number; is_passed: boolean }[]
  draft: Draft | null
  over_time: { day_ms: number; found: number; conversations: number }[]
}

export interface RuleVersion extends Who { version: number; state: 'published' | 'replaced' | 'retired'; text: string; reason: string | null; is_of_files: boolean }
/** What publishing, retiring and rolling back answer where another version stands by now. */
export interface Published { published: RuleVersion | null }
export type Judgement = 'agree' | 'wrong' | 'missed'
export interface Sample {
  conversation: string
  external_id: string
  title: string
  channel: Channel
  started_ms: number | null
  agent: string | null
  verdict: Verdict
  turns: { turn: number; role: Role; text: string; marks: { from: number; to: number; kind: string }[] }[]
  judgement: Judgement | null
}
export interface Samples { found: Sample[]; passed: Sample[] }

export interface VocabularyWord {
  word: string
  zh: string
  kind: string
  usage: Title | null
  help: Title | null
}
export interface Vocabulary { words: VocabularyWord[]; names: { name: string; kind: string }[] }

export interface TryResult { verdict: Verdict; reason: string | null; findings: Finding[] }
export interface Trial {
  turns: { turn: number; role: Role; text: string }[]
  draft: TryResult
  published: TryResult | null
}

// ---- the form: what `callscope rules schema` describes ----

export type Phrase = string | { list: string } | { expression: string }
/** Members of an operator are named by its usage; see `operators.ts`. */
export type Condition = { [member: string]: unknown; brackets?: boolean }
export interface Step { name: string; what: Condition; if?: Condition }
export interface Clause { condition: Condition; once?: true | 'per demand'; strict?: true }
export interface Effect { effect: string; points?: number; fatal?: true; each?: true; max?: number; words?: string }
export interface RuleStatement {
  kind: 'rule' | 'flag'
  name: string
  title?: Partial<Title>
  for?: { channels?: Channel[]; where?: Condition }
  when?: Clause
  expect?: Clause
  never?: Clause
  waived_by?: Clause
  prompt?: { at?: string; text: string }
  else?: Effect[]
  then?: Effect[]
  [member: string]: unknown
}
export type Statement =
  | RuleStatement
  | { kind: 'words'; name: string; lines: string[][]; [member: string]: unknown }
  | { kind: 'let'; name: string; condition: Condition; [member: string]: unknown }
  | { kind: 'pairs' | 'test' | 'calendar' | 'comment'; name?: string; [member: string]: unknown }
export interface Form { language?: 'zh' | 'en'; statements: Statement[] }

const at = (rule: string, rest = '') => `rules/${encodeURIComponent(rule)}${rest}`

const NOTHING: Counts = { met: 0, missed: 0, undecided: 0, not_applicable: 0, hit: 0, clean: 0, noted: 0 }
/** One that was never published was never counted. */
const counted = <T extends { counts: Counts | null }>(item: T): T & { counts: Counts } => ({ ...item, counts: item.counts ?? NOTHING })

export const fetchRules = async (signal: AbortSignal): Promise<{ items: RuleItem[] }> => {
  const { items } = await get<{ items: RuleItem[] }>('rules', undefined, signal)
  return { items: items.map(counted) }
}
export const fetchRule = async (rule: string, signal: AbortSignal): Promise<RuleDetail> => counted(await get<RuleDetail>(at(rule), undefined, signal))
export const fetchVersions = (rule: string, signal: AbortSignal) => get<{ items: RuleVersion[] }>(at(rule, '/versions'), undefined, signal)
export const fetchSamples = (rule: string, seed: number, signal: AbortSignal) =>
  get<Samples>(at(rule, '/samples'), new URLSearchParams({ take: '20', seed: String(seed) }), signal)
export const fetchVocabulary = (signal: AbortSignal) => get<Vocabulary>('rules/vocabulary', undefined, signal)

export const checkText = (rule: string | null, text: string, signal?: AbortSignal) =>
  send<{ problems: Problem[]; form: Form | null }>('POST', 'rules/check', { rule, text }, signal)
export const writeForm = (form: Form, language: 'as_written' | 'en' | 'zh', signal?: AbortSignal) =>
  send<{ text: string }>('POST', 'rules/text', { form, language }, signal)
export const saveDraft = (rule: string, text: string, changes: number | null, version: number | null) => send<Draft>('PUT', at(rule, '/draft'), { text, changes, version })
export const dropDraft = (rule: string, changes: number) => send<unknown>('DELETE', at(rule, `/draft?changes=${changes}`))
export const testDraft = (rule: string) => send<Draft>('POST', at(rule, '/draft/test'), {})
export const tryText = (rule: string, text: string, on: { conversation: string } | { dialogue: string }, signal?: AbortSignal) =>
  send<Trial>('POST', at(rule, '/try'), { text, ...on }, signal)
export const startBacktest = (rule: string, limit: number) => send<Backtest>('POST', at(rule, '/draft/backtest'), { limit })
export const fetchBacktest = (rule: string, signal: AbortSignal) => get<Backtest>(at(rule, '/draft/backtest'), undefined, signal)
export const stopBacktest = (rule: string) => send<Backtest>('DELETE', at(rule, '/draft/backtest'))
export const publishDraft = (rule: string, body: { changes: number; version?: number; reason: string; without_backtest?: true }) =>
  send<RuleItem>('POST', at(rule, '/publish'), body)
/** version: the one that is seen to stand. */
export const retireRule = (rule: string, version: number, reason: string) => send<RuleItem>('POST', at(rule, '/retire'), { version, reason })
export const rollBack = (rule: string, to: number, version: number, reason: string) => send<RuleItem>('POST', at(rule, '/rollback'), { to, version, reason })
