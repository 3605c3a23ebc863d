import type { Conversation, Facets, ListPage, Neighbours, Status, Summary } from './types'

/** What the server said when it could not answer, or `unreachable` when it said nothing. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly remedy: string | null) {
    super(message)
  }
}

async function get<T>(path: string, parameters?: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const query = parameters?.toString()
  let answer: Response
  try {
    answer = await fetch(`/api/v1/${path}${query ? `?${query}` : ''}`, { signal, headers: { accept: 'application/json' } })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError(0, 'unreachable', String(cause), null)
  }
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok && body !== null) return body as T
  const error = (body as { error?: { code?: string; message?: string; remedy?: string } } | null)?.error
  throw new ApiError(answer.status, error?.code ?? 'unexpected', error?.message ?? answer.statusText, error?.remedy ?? null)
}

export const fetchConversations = (filter: URLSearchParams, after: string | null, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  if (after) parameters.set('after', after)
  return get<ListPage>('conversations', parameters, signal)
}
export const fetchConversation = (id: string, signal: AbortSignal) =>
  get<Conversation>(`conversations/${encodeURIComponent(id)}`, undefined, signal)
export const fetchNeighbours = (id: string, filter: URLSearchParams, signal: AbortSignal) =>
  get<Neighbours>(`conversations/${encodeURIComponent(id)}/neighbours`, filter, signal)
export const fetchSummary = (filter: URLSearchParams, signal: AbortSignal) => get<Summary>('summary', filter, signal)
export const fetchFacets = (signal: AbortSignal) => get<Facets>('facets', undefined, signal)
export const fetchStatus = (signal: AbortSignal) => get<Status>('status', undefined, signal)
