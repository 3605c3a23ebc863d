import type { TFunction } from 'i18next'
import type { ParameterName } from '../../api/filter'
import { CHANGE_PARTS, type ChangePart, type ChangePartKind, type MovedMeasure } from '../../api/figures'
import type { Format } from '../../i18n/format'
import { badOf, GOOD_OF } from './figureFilter'

export interface Cause { kind: ChangePartKind; part: ChangePart }

/** What has less to do with it than this is no cause. */
const LEAST = 0.2
const EACH = 2

const weightOf = (part: ChangePart, measure: MovedMeasure) =>
  Math.max(part.among / Math.max(measure.among, 1), part.among_before / Math.max(measure.among_before, 1))

/** Who or what the change comes from: those that carry more of it than their weight, of the kind that tells most. */
export function causesOf(measure: MovedMeasure): Cause[] {
  const found = CHANGE_PARTS.flatMap((kind) => {
    const parts = measure.parts[kind]
    if (!parts || parts.list.length + parts.others < 2) return []
    const named = parts.list.filter((part) => (part.name || part.rule) && (part.part ?? 0) >= LEAST)
    const first = named[0]
    return first ? [{ kind, named, lead: first.part! - weightOf(first, measure) }] : []
  })
  const people = found.filter((one) => one.kind !== 'rule').sort((a, b) => b.lead - a.lead)[0]
  const rule = found.find((one) => one.kind === 'rule')
  const told = [...(people && people.lead > 0 ? people.named.slice(0, EACH).map((part) => ({ kind: people.kind, part })) : [])]
  return rule ? [{ kind: rule.kind, part: rule.named[0]! }, ...told] : told
}

/** A rule by itself is told by how often it was met. */
export function movedTitle(measure: MovedMeasure, t: TFunction, format: Format): string {
  const title = format.title(measure.title, measure.id)
  return measure.is_rule ? t(measure.counts === 'met' ? 'changes.met_rate' : 'changes.missed_rate', { title }) : title
}

export function causeName({ kind, part }: Cause, t: TFunction, format: Format): string {
  if (kind === 'rule') return format.title(part.title, part.rule!)
  return kind === 'channel' ? t(`channel.${part.name}`, { defaultValue: part.name! }) : part.name!
}

/** Whether it went the wrong way. */
export const isWorse = (measure: MovedMeasure) => (measure.change ?? 0) > 0 !== (measure.direction === 'up')

/** The list that shows what went wrong in it, or right where it got better; of a measure of several rules by its weightiest. */
export function changeList(measure: MovedMeasure, cause?: Cause): Partial<Record<ParameterName, string>> {
  const whose: Partial<Record<ParameterName, string>> = cause && cause.kind !== 'rule' && cause.part.name ? { [cause.kind]: cause.part.name } : {}
  if (measure.drill?.high_risk) return { ...whose, high_risk: '1', sort: '-risk' }
  if (measure.unit === 'points') return { ...whose, sort: measure.id === 'risk' ? '-risk' : measure.id }
  const rule = measure.drill?.rule ?? cause?.part.rule ?? measure.parts.rule?.list[0]?.rule
  if (!rule) return whose
  const bad = measure.drill?.verdict && badOf(measure.drill.verdict)
  if (!bad) return { ...whose, rule }
  return { ...whose, rule, verdict: isWorse(measure) ? bad : GOOD_OF[bad] ?? bad }
}
