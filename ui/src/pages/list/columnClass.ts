import { SCORE_NAMES, type ScoreName } from '../../api/types'
import type { ColumnName } from './columns'

const COUNTS: readonly ColumnName[] = ['hit', 'missed', 'undecided', 'met']

/** What a cell of the column is dressed by. */
export function columnClass(name: ColumnName): string {
  if (SCORE_NAMES.includes(name as ScoreName)) return `c-score c-${name}`
  return COUNTS.includes(name) ? `c-count c-${name}` : `c-${name}`
}
