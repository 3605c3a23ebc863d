import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { TFunction } from 'i18next'
import type { Title } from '../api/types'
import type { Language } from './language'

/** Numbers, times and rule titles in the reader's language. */
export interface Format {
  language: Language
  count(value: number): string
  mean(value: number): string
  percent(share: number): string
  signed(points: number): string
  /** A share to a tenth of a per cent, for figures that are compared with a target. */
  share(share: number): string
  /** As people say a target: 90%, 92.5%. */
  target(share: number): string
  /** How much more or less, to a tenth, with its sign; zero has none. */
  change(by: number): string
  day(epoch: number): string
  dayTime(epoch: number): string
  duration(ms: number): string
  /** How long a conversation is: whole seconds, cut as the clock beside it cuts them. */
  length(ms: number): string
  clock(ms: number): string
  title(title: Title | null | undefined, fallback: string): string
}

/** 4:08, 1:02:03: media time, the same in every language. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

function makeFormatters(language: Language) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const smallShare = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const fineShare = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const date = new Intl.DateTimeFormat(locale, { year: 'numeric', month: '2-digit', day: '2-digit' })
  const shortTime = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const shortDate = new Intl.DateTimeFormat(locale, { month: '2-digit', day: '2-digit' })
  return { whole, tenth, share, smallShare, fineShare, date, shortTime, shortDate }
}

/** Made once: making them takes longer than all that a page formats with them. */
const formatters = new Map<Language, ReturnType<typeof makeFormatters>>()

function formattersOf(language: Language) {
  const known = formatters.get(language)
  if (known) return known
  const made = makeFormatters(language)
  formatters.set(language, made)
  return made
}

function makeFormat(language: Language, t: TFunction): Format {
  const { whole, tenth, share, smallShare, fineShare, date, shortTime, shortDate } = formattersOf(language)
  const thisYear = new Date().getFullYear()

  const day = (epoch: number) =>
    (new Date(epoch).getFullYear() === thisYear ? shortDate : date).format(epoch).replace(/\//g, language === 'zh' ? '-' : '/')
  const duration = (ms: number) => {
    if (ms < 60_000) {
      const value = ms < 10_000 && ms % 1000 >= 50 ? tenth.format(ms / 1000) : whole.format(ms / 1000)
      return t('time.seconds', { seconds: value })
    }
    const seconds = Math.round(ms / 1000)
    if (seconds >= 3600) {
      return t('time.hours_minutes', { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) })
    }
    if (seconds % 60 === 0) return t('time.minutes', { minutes: seconds / 60 })
    return t('time.minutes_seconds', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
  }
  return {
    language,
    day,
    count: (value) => whole.format(value),
    mean: (value) => tenth.format(value),
    // 99.6 % must not read as all of it.
    percent: (value) => (value < 0.1 ? smallShare : share).format(value < 1 ? Math.min(value, 0.99) : 1),
    signed: (points) => `${points < 0 ? '−' : '+'}${whole.format(Math.abs(points))}`,
    share: (value) => fineShare.format(value < 1 && value > 0 ? Math.min(Math.max(value, 0.001), 0.999) : value),
    target: (value) => smallShare.format(value),
    change: (by) => {
      const told = tenth.format(Math.abs(by))
      return Number(Math.abs(by).toFixed(1)) === 0 ? told : `${by < 0 ? '−' : '+'}${told}`
    },
    dayTime: (epoch) => `${day(epoch)} ${shortTime.format(epoch)}`,
    duration,
    length: (ms) => duration(Math.floor(ms / 1000) * 1000),
    clock: clockText,
    title: (title, fallback) => title?.[language] || title?.zh || title?.en || fallback,
  }
}

export function useFormat(): Format {
  const { t, i18n } = useTranslation()
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en'
  return useMemo(() => makeFormat(language, t), [language, t])
}
