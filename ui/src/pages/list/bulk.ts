import { fetchConversations, MOST_ROWS, send } from '../../api/client'

/** No more at once: marks and links go one request after another. */
export const MOST_AT_ONCE = 2000
const MARKED_AT_ONCE = 200

/** The first conversations that a filter keeps, in its order. */
export async function idsOf(filter: URLSearchParams, onDone: (done: number) => void, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = []
  const asked = new URLSearchParams(filter)
  asked.set('limit', String(MOST_ROWS))
  for (let after: string | null = null; ids.length < MOST_AT_ONCE;) {
    const page = await fetchConversations(asked, after, signal)
    ids.push(...page.items.map((item) => item.id))
    onDone(Math.min(ids.length, MOST_AT_ONCE))
    if (!page.next) break
    after = page.next
  }
  return ids.slice(0, MOST_AT_ONCE)
}

export async function markAllSeen(ids: readonly string[], onDone: (done: number) => void, signal: AbortSignal): Promise<void> {
  for (let at = 0; at < ids.length; at += MARKED_AT_ONCE) {
    await send('PUT', 'seen', { conversations: ids.slice(at, at + MARKED_AT_ONCE) }, signal)
    onDone(Math.min(at + MARKED_AT_ONCE, ids.length))
  }
}
