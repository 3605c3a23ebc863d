import { get, send } from './client'
import type { RuleKind, ScoreName, Title, Verdict } from './types'

// Figures and measures as docs/api.md gives them.

export const FIGURE_FILTERS = ['team', 'agent', 'queue', 'channel'] as const
export type FigureFilter = (typeof FIGURE_FILTERS)[number]

export const HEAT_GROUPS = ['agent', 'team', 'queue'] as const
export type HeatGroup = (typeof HEAT_GROUPS)[number]

export const TREND_STEPS = ['day', 'week', 'month'] as const
export type TrendStep = (typeof TREND_STEPS)[number]

export interface Tally { met: number; missed: number; undecided: number }

export interface Basics {
  conversations: number
  scored: number
  stale: number
  high_risk: number
  scores: Record<ScoreName, { mean: number | null; count: number }>
}

/** A rule of a measure, with its own numbers; `verdict` is that of the numerator. */
export interface MeasurePart extends Tally { rule: string; title: Title; verdict: Verdict }

export interface Measure extends Tally {
  id: string
  title: Title
  formula: Title
  numerator: Title
  denominator: Title
  /** `points`: the mean of a score, which has nothing met and nothing missed. */
  unit: 'share' | 'points'
  counts: 'met' | 'missed'
  /** Whether more or less of it is better. */
  direction: 'up' | 'down'
  target: number | null
  /** A rule by itself. */
  is_rule: boolean
  not_applicable: number
  value: number | null
  is_reached: boolean | null
  before: { value: number | null } | null
  rules: string[]
  parts: MeasurePart[]
  /** The filter of the list that shows the numerator; null where no single one does. */
  drill: { rule?: string; verdict?: Verdict; high_risk?: boolean } | null
}

export interface Figures extends Basics {
  from_ms: number | null
  to_ms: number | null
  zone_minutes: number
  /** False while something of the span waits to be counted anew. */
  is_settled: boolean
  counted_ms: number | null
  before: Basics | null
  measures: Measure[]
}

export interface TrendPoint extends Tally { from_ms: number; to_ms: number; conversations: number; value: number | null }
export interface Trend { from_ms: number | null; to_ms: number | null; is_settled: boolean; points: TrendPoint[] }

/** `name` is null for those of whom it is not known. */
export interface HeatRow { name: string | null; conversations: number; cells: (Tally | null)[] }
/** `verdict` is the one that counts as missed. */
export interface HeatRule { rule: string; title: Title; kind: RuleKind; verdict: Verdict; met: number; missed: number }
export interface Heat {
  from_ms: number | null
  to_ms: number | null
  is_settled: boolean
  rules: HeatRule[]
  rows: HeatRow[]
  /** Rows beyond the most that are told: those least missed. */
  left_out: number
}

export const fetchFigures = (filter: URLSearchParams, signal: AbortSignal) => get<Figures>('figures', filter, signal)

export const fetchTrend = (filter: URLSearchParams, measure: string, by: TrendStep, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  parameters.set('measure', measure)
  parameters.set('by', by)
  return get<Trend>('figures/trend', parameters, signal)
}

export const fetchHeat = (filter: URLSearchParams, by: HeatGroup, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  parameters.set('by', by)
  return get<Heat>('figures/heat', parameters, signal)
}

export const putTarget = (id: string, target: number | null, was: number | null) => send<unknown>('PUT', `measures/${encodeURIComponent(id)}`, { target, was })

export const CHANGE_PARTS = ['agent', 'team', 'queue', 'channel', 'rule'] as const
export type ChangePartKind = (typeof CHANGE_PARTS)[number]

/** What it has to do with the change: what it did by itself, and that there was more or less of it; together `contribution`. */
interface Contribution {
  contribution: number
  within: number
  mix: number
  /** Of the whole change; may be below 0 or above 1. */
  part: number | null
}
/** A share's numerator and denominator, or a score's sum and count, on the day and before it. */
export interface Ratios { of: number; among: number; of_before: number; among_before: number }
export interface ChangePart extends Contribution, Ratios {
  /** Null where it is not known who; a rule has `rule` and `title` instead. */
  name?: string | null
  /** Of nobody: follow-ups across contacts. */
  is_unassigned?: boolean
  rule?: string
  title?: Title
}
export interface ChangeParts { list: ChangePart[]; others: number; rest: Contribution }
/** The same weekdays before: their mean, and between what 99 of 100 further ones would lie. */
export interface Usual { days: number; mean: number; spread: number; low: number; high: number }

type Described = 'id' | 'title' | 'formula' | 'numerator' | 'denominator' | 'unit' | 'counts' | 'direction' | 'target' | 'is_rule' | 'drill'
export interface MovedMeasure extends Pick<Measure, Described>, Ratios {
  value: number | null
  before: number | null
  change: number | null
  interval: { low: number; high: number } | null
  is_beyond_chance: boolean
  usual: Usual | null
  is_unusual: boolean
  parts: Partial<Record<ChangePartKind, ChangeParts>>
}
export interface ChangeDay { from_ms: number; to_ms: number; conversations: number }
export interface Changes {
  day: ChangeDay | null
  before: ChangeDay | null
  is_settled: boolean
  usual_days: number
  conversations: { value: number; before: number | null; usual: Usual | null; is_unusual: boolean; parts: Partial<Record<ChangePartKind, ChangeParts>> }
  measures: MovedMeasure[]
  left_out: number
  calm: number
}

export interface Standing extends Tally {
  name: string
  conversations: number
  share: number
  low: number
  high: number
  rules: { rule: string; title: Title; verdict: Verdict; met: number; missed: number }[]
}
export interface Ranking {
  from_ms: number | null
  to_ms: number | null
  is_settled: boolean
  /** Fewer conversations than that say too little. */
  least: number
  share: number | null
  compared: number
  too_few: number
  worst: Standing[]
  best: Standing[]
}

export const fetchChanges = (filter: URLSearchParams, signal: AbortSignal) => get<Changes>('figures/changes', filter, signal)
export const fetchRanking = (filter: URLSearchParams, by: HeatGroup, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  parameters.set('by', by)
  return get<Ranking>('figures/ranking', parameters, signal)
}
