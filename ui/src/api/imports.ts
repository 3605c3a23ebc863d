import { get, send } from './client'

// Imports and mappings as docs/api.md gives them.

export type ImportState = 'open' | 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone'
export type ImportHow = 'command' | 'upload' | 'api' | 'watch'
export type MappingKind = 'conversations' | 'calls' | 'tickets' | 'roster' | 'satisfaction' | 'customers'

export const MAPPING_KINDS: readonly MappingKind[] = ['conversations', 'calls', 'tickets', 'roster', 'satisfaction', 'customers']

export interface ImportCounts {
  files: number
  expected: number
  read: number
  inspected: number
  unchanged: number
  duplicates: number
  refused: number
  reinspected?: number
  joined?: number
  recordings: number
  recordings_failed: number
  /** Recordings whose words were recognised; heard without, since no model was here or chosen; how long their voices are. */
  recognised?: number
  unrecognised?: number
  speech_ms?: number
  records?: { read: number; new: number; changed: number; unchanged: number; refused: number; retired?: number }
  joins?: { matched: number; doubtful: number; unmatched: number }
  undo?: { removed: number; restored: number; records: number; kept: number }
}

export interface ImportFile { path: string; bytes: number }

export interface Import {
  number: number
  how: ImportHow
  name: string | null
  mapping: string | null
  state: ImportState
  created_ms: number
  started_ms: number | null
  ended_ms: number | null
  trouble: { message: string; place?: string | null; remedy: string | null } | null
  progress: { bytes: number; bytes_done: number } | null
  counts: ImportCounts | null
  files?: ImportFile[]
  can_undo: boolean
  refusals: number
  /** The first and the last beginning of its conversations. */
  from_ms?: number | null
  to_ms?: number | null
}

export interface Refusal { file: string; conversation: string | null; place: string | null; reason: string; remedy: string | null }
export interface Problem { reason: string; place: string | null; remedy: string | null }
export interface Page<T> { items: T[]; next: string | null }

/** A column by its name in the header, or by its number from 1. */
export type ColumnName = string | number

export interface Mapping {
  format?: string
  kind?: MappingKind
  header?: boolean
  columns?: { fields?: Record<string, ColumnName> } & Record<string, unknown>
  speakers?: Record<string, string>
  other_speakers?: string
  time_format?: string | string[]
  zone?: string
  channel?: string
  [key: string]: unknown
}

export interface PreviewColumn { number: number; name: string | null; samples: string[]; use: string | null; sure: number | null }
export interface PreviewRow { line: number; cells: Record<string, unknown>; problem: Problem | null }
export interface PreviewConversation {
  id: string
  started: string | null
  channel: string | null
  customer: string | null
  agent: string | null
  turns: { role: string; text: string; at: string | number | null }[]
  turn_count: number
}

export interface Preview {
  file: string
  format: string
  needs_mapping: boolean
  encoding: string | null
  saved: string | null
  mapping: Mapping | null
  columns: PreviewColumn[] | null
  rows: PreviewRow[] | null
  conversations: PreviewConversation[] | null
  problem: Problem | null
}

export interface SavedMapping { name: string; kind: MappingKind; format: string; saved_ms: number }

const of = (number: number) => `imports/${number}`

export const fetchImports = (after: string | null, signal: AbortSignal) =>
  get<Page<Import>>('imports', new URLSearchParams({ limit: '20', ...(after ? { after } : {}) }), signal)
export const fetchImport = (number: number, signal: AbortSignal) => get<Import>(of(number), undefined, signal)
export const createImport = (name: string | null) => send<Import>('POST', 'imports', name ? { name } : {})
export const removeFile = (number: number, path: string) =>
  send<unknown>('DELETE', `${of(number)}/files/${encodeURIComponent(path)}`)
export const startImport = (number: number, mappings: Record<string, Mapping>) =>
  send<Import>('POST', `${of(number)}/start`, Object.keys(mappings).length > 0 ? { mappings } : {})
export const cancelImport = (number: number) => send<Import>('POST', `${of(number)}/cancel`)
export const undoImport = (number: number) => send<Import>('POST', `${of(number)}/undo`)
export const fetchPreview = (number: number, file: string, mapping: Mapping | null, signal?: AbortSignal) =>
  send<Preview>('POST', `${of(number)}/preview`, mapping ? { file, mapping } : { file }, signal)
export const fetchRefusals = (number: number, after: string | null, limit: number, signal?: AbortSignal) =>
  get<Page<Refusal>>(`${of(number)}/refusals`, new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}) }), signal)
export const fileAddress = (number: number, path: string) => `/api/v1/${of(number)}/files/${encodeURIComponent(path)}`

export const fetchMappings = (signal: AbortSignal) => get<{ items: SavedMapping[] }>('mappings', undefined, signal)
export const fetchMapping = (name: string) => get<Mapping>(`mappings/${encodeURIComponent(name)}`)
export const saveMapping = (name: string, mapping: Mapping) => send<unknown>('PUT', `mappings/${encodeURIComponent(name)}`, mapping)

/** Nothing more happens to it by itself. */
export const isAtRest = (state: ImportState) => !['waiting', 'running', 'undoing'].includes(state)
