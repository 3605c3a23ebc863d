import dayjs from 'dayjs'

// Which days the figures are of. The address holds `span` (7, 30, 90, all) or `from` and `to`; without either it is 30 days.

export const SPANS = ['7', '30', '90', 'all'] as const
export type SpanName = (typeof SPANS)[number]
export const DEFAULT_SPAN: SpanName = '30'

export interface Span {
  /** `own` where the address names its days. */
  name: SpanName | 'own'
  from: number | null
  /** Exclusive: the midnight after the last day. */
  to: number | null
  /** Nothing is as new as the days that were asked for: these are the last ones that hold something. */
  isMoved: boolean
}

/** Whole days in the reader's zone; `newest` is when the newest conversation began. */
export function spanOf(search: URLSearchParams, newest: number | null, now = Date.now()): Span {
  const from = Number(search.get('from')) || null
  const to = Number(search.get('to')) || null
  if (from !== null || to !== null) return { name: 'own', from, to, isMoved: false }
  const name = SPANS.find((one) => one === search.get('span')) ?? DEFAULT_SPAN
  if (name === 'all') return { name, from: null, to: null, isMoved: false }
  const days = Number(name)
  const today = dayjs(now).startOf('day')
  const isMoved = newest !== null && newest < today.subtract(days - 1, 'day').valueOf()
  const last = isMoved ? dayjs(newest).startOf('day') : today
  return { name, from: last.subtract(days - 1, 'day').valueOf(), to: last.add(1, 'day').valueOf(), isMoved }
}

const MOST_DAYS = 45
const MOST_WEEKS = 40
const DAY_MS = 86_400_000

/** How finely a line shows a span, so that it has neither three points nor three hundred. */
export function stepOf(from: number | null, to: number | null): 'day' | 'week' | 'month' {
  if (from === null || to === null) return 'month'
  const days = (to - from) / DAY_MS
  return days <= MOST_DAYS ? 'day' : days <= MOST_WEEKS * 7 ? 'week' : 'month'
}
