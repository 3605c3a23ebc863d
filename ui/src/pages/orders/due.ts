import type { TFunction } from 'i18next'
import type { Order } from '../../api/orders'
import type { Format } from '../../i18n/format'

const DAY_MS = 24 * 3600 * 1000

/** Midnight of the day, on the reader's clock. */
export function dayOf(ms: number): number {
  const day = new Date(ms)
  day.setHours(0, 0, 0, 0)
  return day.getTime()
}

/** The end of a day that a date field names. */
export function endOfDay(text: string): number | undefined {
  const [year, month, day] = text.split('-').map(Number)
  if (!year || !month || !day) return undefined
  return new Date(year, month - 1, day, 23, 59, 59, 999).getTime()
}

/** As a date field wants it: 2026-02-14. */
export function fieldDay(ms: number): string {
  const day = new Date(ms)
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
}

/** "3 days overdue", "due today", "due tomorrow", "by 02-14"; only of those that are to be answered. */
export function dueText(order: Pick<Order, 'due_ms' | 'state' | 'is_overdue'>, t: TFunction, format: Format, now = Date.now()): string {
  if (order.state !== 'open') return format.day(order.due_ms)
  const days = Math.round((dayOf(order.due_ms) - dayOf(now)) / DAY_MS)
  if (order.is_overdue) return days < 0 ? t('orders.overdue_days', { count: -days }) : t('orders.overdue_today')
  if (days <= 0) return t('orders.due_today')
  if (days === 1) return t('orders.due_tomorrow')
  return format.day(order.due_ms)
}
