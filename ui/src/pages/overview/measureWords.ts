import type { Measure } from '../../api/figures'
import type { Format } from '../../i18n/format'

/** What a measure comes to: 91.2%, or 78.5 points of a score. */
export function measured(measure: Pick<Measure, 'unit'>, value: number, format: Format): string {
  return measure.unit === 'points' ? format.mean(value) : format.share(value)
}

export function aimed(measure: Pick<Measure, 'unit'>, target: number, format: Format): string {
  return measure.unit === 'points' ? format.mean(target).replace(/[.,]0$/, '') : format.target(target)
}

/** By how many points, of a hundred, it has changed. */
export function changeOf(measure: Measure): number | null {
  const before = measure.before?.value ?? null
  if (measure.value === null || before === null) return null
  return (measure.value - before) * (measure.unit === 'points' ? 1 : 100)
}
