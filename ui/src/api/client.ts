import { noticeFailure } from './connection'
import { waitForSignIn } from './session'
import type { Conversation, Facets, ListPage, Neighbours, Status, Summary, Waveform } from './types'

/** What the server said when it could not answer, or `unreachable` when it said nothing. */
export class ApiError extends Error {
  constructor(
    readonly status: number, readonly code: string, message: string, readonly remedy: string | null,
    readonly place: string | null = null,
    /** All that came with the error: at a conflict, what stands there now. */
    readonly body: unknown = null,
  ) {
    super(message)
  }
}

async function ask<T>(address: string, options: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(address, options)
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    noticeFailure(0)
    throw new ApiError(0, 'unreachable', String(cause), null)
  }
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok && (body !== null || answer.status === 204)) return body as T
  if (answer.status === 401) { // the session ended: when somebody is signed in again, the same is asked once more
    await waitForSignIn(options.signal)
    return ask(address, options)
  }
  // What is asked to be done may be refused with 503 because too much waits: that is an answer.
  if (!options.method || options.method === 'GET') noticeFailure(answer.status)
  throw errorOf(answer, body)
}

export function get<T>(path: string, parameters?: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const query = parameters?.toString()
  return ask(`/api/v1/${path}${query ? `?${query}` : ''}`, { signal, headers: { accept: 'application/json' } })
}

/** Asks the server to do something; its answer is read like any other. */
export function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  return ask(`/api/v1/${path}`, { method, signal, headers, body: body === undefined ? undefined : JSON.stringify(body) })
}

export function errorOf(answer: { status: number; statusText: string }, body: unknown): ApiError {
  const error = (body as { error?: { code?: string; message?: string; remedy?: string; place?: string } } | null)?.error
  return new ApiError(answer.status, error?.code ?? 'unexpected', error?.message ?? answer.statusText, error?.remedy ?? null, error?.place ?? null, body)
}

/** Rows that one answer may hold. */
export const MOST_ROWS = 200

export const fetchConversations = (filter: URLSearchParams, after: string | null, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  if (after) parameters.set('after', after)
  // Who goes on reading gets more at once.
  if (after && !parameters.has('limit')) parameters.set('limit', String(MOST_ROWS))
  return get<ListPage>('conversations', parameters, signal)
}
export const fetchConversation = (id: string, signal: AbortSignal) =>
  get<Conversation>(`conversations/${encodeURIComponent(id)}`, undefined, signal)
export const fetchNeighbours = (id: string, filter: URLSearchParams, signal: AbortSignal) =>
  get<Neighbours>(`conversations/${encodeURIComponent(id)}/neighbours`, filter, signal)
export const fetchSummary = (filter: URLSearchParams, signal: AbortSignal) => get<Summary>('summary', filter, signal)
export const fetchFacets = (signal: AbortSignal) => get<Facets>('facets', undefined, signal)
export const fetchStatus = (signal: AbortSignal) => get<Status>('status', undefined, signal)

export type Side = 'both' | '1' | '2'
/** What an audio element plays: a WAV file that can be sought in. */
export const audioAddress = (id: string, side: Side) => `/api/v1/conversations/${encodeURIComponent(id)}/audio?side=${side}`
export const fetchWaveform = (id: string, fromMs: number, toMs: number, points: number, signal: AbortSignal) =>
  get<Waveform>(
    `conversations/${encodeURIComponent(id)}/waveform`,
    new URLSearchParams({ from_ms: String(fromMs), to_ms: String(toMs), points: String(points) }), signal,
  )

const LONGEST_WAIT_MS = 5_000

/** An audio element says that it failed, not why. The server says why, in the same words as everywhere; null: it would give it. */
export async function askWhyAudioFailed(id: string, side: Side): Promise<ApiError | null> {
  const stop = new AbortController()
  const timer = window.setTimeout(() => stop.abort(), LONGEST_WAIT_MS)
  try {
    const answer = await fetch(audioAddress(id, side), { signal: stop.signal, headers: { range: 'bytes=0-63' } })
    if (answer.ok) return null
    return errorOf(answer, await answer.json().catch(() => null))
  } catch (cause) {
    return new ApiError(0, 'unreachable', String(cause), null)
  } finally {
    window.clearTimeout(timer)
    stop.abort()
  }
}
