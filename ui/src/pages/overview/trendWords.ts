import type { TFunction } from 'i18next'
import type { Measure, TrendPoint, TrendStep } from '../../api/figures'
import type { Format } from '../../i18n/format'
import { listOf } from './figureFilter'
import { drillsOf } from './drills'
import type { Scale } from './TrendPage'

export function valueWords(value: number | null, scale: Scale, t: TFunction, format: Format): string {
  if (value === null) return t('app.dash')
  return scale === 'share' ? format.share(value) : scale === 'score' ? format.mean(value) : format.count(value)
}

/** Days are the centre's, midnight to midnight on its clock: their noon is the same date on most other clocks. */
export const NOON_MS = 12 * 3_600_000

export const firstDay = (point: TrendPoint, format: Format): string => format.day(point.from_ms + NOON_MS)

/** 02-03, 02-03 – 02-09, 2026-02. */
export function whenWords(point: TrendPoint, by: TrendStep, format: Format): string {
  if (by === 'day') return firstDay(point, format)
  if (by === 'month') return new Intl.DateTimeFormat(format.language === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'short' }).format(point.from_ms + NOON_MS)
  return `${firstDay(point, format)} – ${format.day(point.to_ms - NOON_MS)}`
}

/** The list of one point: what went wrong in it, or all of it where that cannot be told. */
export function pointAddress(point: TrendPoint, measure: Measure | undefined, counted: URLSearchParams): string {
  const days = { from: String(point.from_ms), to: String(point.to_ms) }
  const drills = measure && drillsOf(measure)
  return listOf(counted, drills?.missed && point.missed > 0 ? { ...days, ...drills.missed } : days)
}
