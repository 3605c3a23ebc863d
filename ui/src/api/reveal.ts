// Numbers and names as they are: asked by POST with a reason, which is kept; the answer is never in an address or a cache.
import { send } from './client'
import type { Person } from './people'
import type { Conversation } from './types'

export const MOST_REASON = 200

export const revealConversation = (id: string, reason: string) =>
  send<Conversation>('POST', `conversations/${encodeURIComponent(id)}/reveal`, { reason })
export const revealPerson = (number: number, reason: string) => send<Person>('POST', `people/${number}/reveal`, { reason })
