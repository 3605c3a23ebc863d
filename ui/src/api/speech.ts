// Which model recognises what comes in, how much each has recognised, what became of one recording, and recognising again, as
// docs/api.md gives it; for managers, but for the recording.
import { queryOptions } from '@tanstack/react-query'
import { get, send } from './client'
import type { Page } from './imports'

/** An empty queue or language is any; model: a name, 'off', or '': as if nothing had been chosen. */
export interface SpeechChoice { queue: string; language: string; model: string; is_here?: boolean }
export interface Recognised { model: string; recordings: number; lost: number; voice_ms: number; spent_ms: number; failures: number }

export interface AgainFilter {
  queue?: string
  /** Only what this model wrote down. */
  by?: string
  /** That recognises them; absent: the one that is chosen for each. */
  model?: string
  from_ms?: number
  to_ms?: number
  before_ms?: number
  wordless_only?: boolean
}

/** Recordings that somebody wants recognised again, and how far that is. */
export interface AgainRun {
  number: number
  filter: AgainFilter
  state: 'running' | 'stopped' | 'done'
  /** Whether all that fit are found. */
  is_listed: boolean
  found: number
  waiting: number
  running: number
  done: number
  changed: number
  failed: number
  passed: number
  speed: number | null
  left_ms: number | null
  made_ms: number
  made_by: string
  ended_ms: number | null
  ended_by: string | null
}

export interface SpeechState {
  best: string | null
  /** --speech of this server: what was chosen does not count for its workers. */
  server: string | null
  choices: SpeechChoice[]
  recognised: Recognised[]
  unrecognised: number
  failed: number
  again: AgainRun | null
}

export interface AgainCount { recordings: number; wordless: number; duration_ms: number; is_here?: boolean }

export interface FailedRecording { id: string; external_id: string; model: string; reason: string; remedy: string; tries: number; at_ms: number }

export type RecordingState = 'recognised' | 'given' | 'waiting' | 'running' | 'failed' | 'off' | 'none' | 'unknown'

export interface RecordingSpeech {
  state: RecordingState
  model: string | null
  at_ms: number | null
  tries: number
  /** Of managers alone. */
  reason: string | null
  remedy: string | null
  chosen: { model: string | null; is_off: boolean; is_of_server: boolean; is_here: boolean }
}

const LOOK_AGAIN_MS = 10_000
const WATCH_MS = 2_000

export const speechQuery = queryOptions({
  queryKey: ['speech'],
  queryFn: ({ signal }) => get<SpeechState>('speech', undefined, signal),
  staleTime: LOOK_AGAIN_MS,
})
/** As it runs, more often. */
export const watched = (state: SpeechState | undefined) => (state?.again?.state === 'running' ? WATCH_MS : LOOK_AGAIN_MS)

/** It may be in somebody's hands at this moment. */
const isUnderWay = (state: RecordingState | undefined) => state === 'waiting' || state === 'running'
export const recordingSpeechQuery = (id: string) => queryOptions({
  queryKey: ['recording-speech', id],
  queryFn: ({ signal }) => get<RecordingSpeech>(`conversations/${encodeURIComponent(id)}/speech`, undefined, signal),
  staleTime: WATCH_MS,
  refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? WATCH_MS : false),
})

export const countAgain = (filter: AgainFilter, signal: AbortSignal) => send<AgainCount>('POST', 'speech/again/count', filter, signal)
export const beginAgain = (filter: AgainFilter) => send<{ again: AgainRun }>('POST', 'speech/again', filter)
export const stopAgain = (number: number) => send<{ again: AgainRun }>('DELETE', `speech/again/${number}`)
export const fetchFailed = (after: string | null, signal: AbortSignal) =>
  get<Page<FailedRecording>>('speech/failed', new URLSearchParams({ limit: '20', ...(after ? { after } : {}) }), signal)

/** "zh-CN" is "zh". */
export const primaryLanguage = (language: string | null) => language?.split(/[-_]/)[0] ?? ''

/** Which words say why there are none, and which say what to do. */
export type WordlessReason = 'waiting' | 'running' | 'failed' | 'server_off' | 'off' | 'none' | 'missing' | 'earlier'

export function wordlessReason({ state, chosen }: RecordingSpeech): WordlessReason {
  if (state === 'waiting' || state === 'running' || state === 'failed') return state
  if (chosen.is_off) return chosen.is_of_server ? 'server_off' : 'off'
  if (!chosen.model) return 'none'
  return chosen.is_here ? 'earlier' : 'missing'
}
