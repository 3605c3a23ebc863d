import { errorOf } from '../../api/client'

// An export is made on the server, conversation by conversation, and then sent: both is watched, and can be stopped.

export const EXPORT_FORMATS = ['xlsx', 'csv', 'json', 'jsonl', 'vcon'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportWish {
  format: ExportFormat
  language: string
  filter: URLSearchParams
  ids: readonly string[] | null
  /** Why numbers and names are wanted as they are; null: they are covered. Of all that the filter keeps only. */
  reason: string | null
}

const LOOK_MS = 700
const MOST_TICKET = 2 ** 32

function makeTicket(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => (part + MOST_TICKET).toString(16).slice(1)).join('')
}

export function exportAddress({ format, language, filter }: Pick<ExportWish, 'format' | 'language' | 'filter'>, ticket?: string): string {
  const parameters = new URLSearchParams(filter)
  parameters.delete('sort')
  parameters.set('format', format)
  parameters.set('lang', language)
  if (ticket) parameters.set('ticket', ticket)
  return `/api/v1/export?${parameters}`
}

async function ask(wish: ExportWish, ticket: string, signal: AbortSignal): Promise<Response> {
  const post = (address: string, body: unknown) => fetch(address, { method: 'POST', signal, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (wish.ids) return post(`/api/v1/export/chosen?${new URLSearchParams({ format: wish.format, lang: wish.language, ticket })}`, { conversations: wish.ids })
  if (wish.reason !== null) return post(exportAddress(wish, ticket), { reason: wish.reason })
  return fetch(exportAddress(wish, ticket), { signal })
}

function save(file: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Until the file is saved. `onDone` hears how many conversations are in it so far. Stopping it stops the server, too. */
export async function runExport(wish: ExportWish, onDone: (done: number) => void, signal: AbortSignal): Promise<void> {
  const ticket = makeTicket()
  const address = `/api/v1/export/progress?ticket=${ticket}`
  const look = window.setInterval(() => {
    fetch(address, { signal }).then((answer) => answer.json()).then((told: { done: number }) => onDone(told.done)).catch(() => {})
  }, LOOK_MS)
  const stop = () => void fetch(address, { method: 'DELETE', keepalive: true }).catch(() => {})
  signal.addEventListener('abort', stop)
  try {
    const answer = await ask(wish, ticket, signal)
    if (!answer.ok) throw errorOf(answer, await answer.json().catch(() => null))
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? `callscope.${wish.format}`
    save(await answer.blob(), name)
  } finally {
    window.clearInterval(look)
    signal.removeEventListener('abort', stop)
  }
}
