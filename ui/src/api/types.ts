// The shapes of docs/api.md. Times are epoch or media milliseconds; offsets in text count code points.

export type Channel = 'call' | 'chat' | 'email' | 'ticket' | 'survey' | 'video' | 'unknown'
export type Role = 'agent' | 'customer' | 'bot' | 'system' | 'undecided'
export type ScoreName = 'compliance' | 'experience' | 'risk'
export type RuleKind = 'expect' | 'never' | 'flag'
export type Verdict =
  | 'hit' | 'missed' | 'undecided' | 'noted' | 'met' | 'clean' | 'not_noted' | 'not_applicable'
export type Scores = Record<ScoreName, number | null>

export const SCORE_NAMES: readonly ScoreName[] = ['compliance', 'experience', 'risk']

export interface Title { zh: string; en: string }

export interface ListItem {
  id: string
  external_id: string
  title: string
  channel: Channel
  started_ms: number | null
  duration_ms: number | null
  turns: number
  agent: string | null
  team: string | null
  queue: string | null
  customer: string | null
  scores: Scores
  decided_share: number | null
  high_risk: boolean
  has_recording: boolean
  /** When the reader opened it last. */
  seen_ms: number | null
  /** Findings that somebody has judged. */
  judged: number
  counts: { hit: number; missed: number; undecided: number; noted: number; met: number }
  worst: { rule: string; title: Title; verdict: Verdict }[]
  /** With `q`: where it was said, cut around what was found; the text is as it was said. */
  matches?: Match[]
}

export interface Match { turn: number; role: Role; parts: { text: string; is_match: boolean }[] }

export interface ListPage {
  total: number
  /** False where counting stopped: there are at least so many. */
  total_is_exact?: boolean
  /** With `q`: how many conversations the index does not hold yet. */
  search?: { is_complete: boolean; waiting: number }
  next: string | null
  items: ListItem[]
}

export interface Participant { id: string; role: Role; name: string | null; team: string | null }

export interface Turn {
  index: number
  participant: number
  role: Role
  start_ms: number | null
  end_ms: number | null
  text: string
  confidence: number | null
  /** Of a recognised turn: offset and length in code points, start and end in ms, confidence. */
  words?: [number, number, number | null, number | null, number | null][]
  /** How it sounded and what was heard beside words; from and to in code points, absent: all of it. */
  annotations?: TurnSign[]
  /** Heard, but not written down: the text is empty. */
  is_wordless?: boolean
}

export interface TurnSign {
  kind: 'emotion' | 'event'
  label: string
  confidence?: number
  from?: number
  to?: number
}

/** Who wrote the words of a timeline down. unsure: how many of its words are below the limit. */
export interface TranscriptOrigin {
  model: string
  version: string | null
  sha256: string | null
  rate_hz: number
  recognised_ms: number | null
  timeline_version: number
  turns: number
  words: number
  unsure: number
  confidence: number | null
}

/** moved: what people had decided about the version before, and where that stands now. */
export interface Transcript extends TranscriptOrigin { limit: number; moved: { placed: number; nearest: number }; earlier: TranscriptOrigin[] }

export interface TimelineEvent {
  kind: string
  at_ms: number | null
  after_turn: number | null
  participant: number | null
}

export type EvidenceKind = 'trigger' | 'match' | 'near_miss' | 'window' | 'step' | 'waiver' | 'excuse'

export interface Evidence {
  kind: EvidenceKind
  turn?: number | null
  from?: number | null
  to?: number | null
  at_ms?: number | null
  matched?: string | null
  how?: string | null
  /** What was measured, where it is not the words: "> 4.0 s", "248 a minute", the name of an event, what the book says. */
  measured?: string | null
  interpolated?: boolean
  to_turn?: number | null
  from_ms?: number | null
  to_ms?: number | null
  turns_searched?: number | null
  closed_by?: 'turns' | 'time' | 'end' | 'until' | null
  why?: string | null
  by?: string | null
  step?: string | null
  name?: string | null
}

export interface Finding {
  number: number | null
  ordinal: number
  verdict: Verdict
  reason: string | null
  participant: number | null
  at: { turn: number | null; at_ms: number | null } | null
  evidence: Evidence[]
}

export interface RuleResult {
  rule: string
  title: Title
  kind: RuleKind
  verdict: Verdict
  /** Why, where no finding says it: `not_triggered`, `channel`, `condition`. */
  reason?: string | null
  effects: { score: ScoreName; points: number }[]
  text: string | null
  findings: Finding[]
}

export interface Term { rule: string; points: number; count: number; finding: number | null; fatal?: boolean }
export interface Sum { start: number; total: number | null; decided_share: number | null; terms: Term[] }

export type ChannelRelation = 'one' | 'two' | 'same' | 'first_only' | 'second_only' | 'silent'
export type SoundKind = 'music' | 'tone' | 'announcement' | 'echo'

/** One channel of a recording. Levels in dBFS. */
export interface RecordingSide {
  /** From 1: what `side=` of the audio takes. Its place in `sides` is its place in the waveform's `channels`. */
  channel: number
  participant: number | null
  role: Role
  /** What can be said against the line, not against the person. */
  line: 'good' | 'noisy' | 'clipped' | 'faint'
  noise_db: number
  speech_db: number | null
  clipped_percent: number | null
  voiced_ms: number
  echo_percent: number
  echo_lag_ms: number | null
  echo_loss_db: number | null
}

export interface Recording {
  duration_ms: number
  rate_hz: number
  channels: number
  relation: ChannelRelation
  /** How alike the two channels are, 0 to 1. */
  likeness: number | null
  sides: RecordingSide[]
  decided_by: 'metadata' | 'name' | 'times' | 'words' | null
  confidence: number | null
  notes: string[]
  sounds: { kind: SoundKind; channel: number; from_ms: number; to_ms: number }[]
}

export interface Voice { participant: number | null; from_ms: number; to_ms: number; level_db: number; pitch_hz: number }

/** Levels of equal stretches from `from_ms` to `to_ms`: 255 is 0 dBFS, 0 is -96 dBFS or less. */
export interface Waveform { from_ms: number; to_ms: number; points: number; channels: number[][] }

export interface Conversation {
  id: string
  external_id: string
  title: string
  /** covered: how many texts of it hold something that is covered. */
  masking?: { is_revealed: boolean; covered: number }
  channel: Channel
  language: string | null
  queue: string | null
  customer: string | null
  started_ms: number | null
  duration_ms: number | null
  is_timed: boolean
  source: string | null
  agent: string | null
  team: string | null
  scores: Scores
  decided_share: number | null
  high_risk: boolean
  tags: string[]
  participants: Participant[]
  turns: Turn[]
  events: TimelineEvent[]
  recording: Recording | null
  /** Null: the words were given. */
  transcript?: Transcript | null
  /** When a voice is heard, in the order of time; empty without a recording. */
  voices: Voice[]
  fields: { name: string; value: string | number | boolean | null }[]
  inspection: { ruleset: string; engine: string; timeline_version: number; inspected_ms: number }
  rules: RuleResult[]
  arithmetic: Record<ScoreName, Sum>
}

export interface Neighbours {
  previous: string | null
  next: string | null
  position: number | null
  total: number
  total_is_exact?: boolean
}

export interface RuleSummary {
  rule: string
  title: Title
  kind: RuleKind
  pack: string | null
  met: number
  missed: number
  undecided: number
  not_applicable: number
}

export interface Summary {
  conversations: number
  scored: number
  scores: Record<ScoreName, { mean: number | null; count: number }>
  high_risk: number
  rules: RuleSummary[]
  worst: ListItem[]
}

export interface Facets {
  channels: Channel[]
  agents: string[]
  teams: string[]
  queues: string[]
  from_ms: number | null
  to_ms: number | null
  rules: { rule: string; title: Title; kind: RuleKind; pack: string | null }[]
}

export interface Status { version: string; conversations: number; ruleset: string; stale: number }
