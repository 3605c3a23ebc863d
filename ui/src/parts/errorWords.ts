import type { TFunction } from 'i18next'
import { ApiError } from '../api/client'

/** The server's codes that have words of their own, in `error.code`: the reasons themselves come in English. */
const KNOWN = [
  'out_of_memory', 'io', 'malformed', 'encoding', 'too_large', 'usage', 'not_found', 'conflict', 'store', 'stopped', 'sign_in', 'forbidden', 'too_often',
  'method_not_allowed', 'disk_full', 'busy', 'unreachable', 'store_away',
] as const
type Known = typeof KNOWN[number]

export interface ErrorWords {
  known: Known | null
  /** In the reader's language; null where only the server's words say it. */
  title: string | null
  remedy: string | null
  /** What the server said, in English: its reason and its remedy. */
  said: string | null
  saidRemedy: string | null
}

export function errorWords(error: Error, t: TFunction): ErrorWords {
  if (!(error instanceof ApiError)) return { known: null, title: null, remedy: null, said: error.message, saidRemedy: null }
  const isAway = error.status === 503 && error.code === 'store'
  const known = KNOWN.find((one) => one === (isAway ? 'store_away' : error.code)) ?? null
  return {
    known,
    title: known && t(`error.code.${known}.title`), remedy: known && t(`error.code.${known}.remedy`),
    said: error.status === 0 ? null : error.message, saidRemedy: error.remedy,
  }
}
