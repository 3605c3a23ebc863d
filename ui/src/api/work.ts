import { get, send } from './client'
import type { Page } from './imports'

// The queue of work as docs/api.md gives it.

export interface WorkImport { import: number; name: string | null; waiting: number; running: number; aside: number; done: number }
export interface Worker { name: string; started_ms: number; seen_ms: number; is_alive: boolean; running: number; done: number }

export interface Work {
  waiting: number
  urgent: number
  running: number
  aside: number
  oldest_ms: number | null
  rate_per_minute: number
  failed_last_hour: number
  unrecognised: number
  imports: WorkImport[]
  workers: Worker[]
}

/** What was tried too often, and is tried no more until somebody says so. */
export interface AsideJob {
  job: number
  kind: 'read' | 'joined' | 'rules' | 'speech'
  import: number | null
  external_id: string | null
  id: string | null
  file: string | null
  place: string | null
  attempts: number
  reason: string
  remedy: string | null
  made_ms: number
}

export interface AsidePage extends Page<AsideJob> { total: number }

export const fetchWork = (signal: AbortSignal) => get<Work>('work', undefined, signal)
export const fetchAside = (after: string | null, signal: AbortSignal) =>
  get<AsidePage>('work/aside', new URLSearchParams({ limit: '50', ...(after ? { after } : {}) }), signal)
export const retryJob = (job: number) => send<unknown>('POST', `work/aside/${job}/retry`)
export const retryAll = () => send<unknown>('POST', 'work/aside/retry')
export const giveUpJob = (job: number) => send<unknown>('DELETE', `work/aside/${job}`)
