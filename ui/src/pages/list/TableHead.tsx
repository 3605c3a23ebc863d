import { useTranslation } from 'react-i18next'
import { DEFAULT_SORT } from '../../api/filter'
import { SCORE_NAMES } from '../../api/types'
import type { ChangeFilter } from './ListPage'

/** The order a first click gives: the newest, the worst. */
const FIRST: Record<string, string> = { started: '-started', compliance: 'compliance', experience: 'experience', risk: '-risk' }

export function TableHead({ filter, change }: { filter: URLSearchParams; change: ChangeFilter }) {
  const { t } = useTranslation()
  const sort = filter.get('sort') ?? DEFAULT_SORT

  const sortable = (column: string, label: string, className: string) => {
    const isSorted = sort.replace('-', '') === column
    const isDown = sort.startsWith('-')
    const next = isSorted ? (isDown ? column : `-${column}`) : FIRST[column]!
    return (
      <th scope="col" role="columnheader" key={column} className={className} aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : 'none'}>
        <button
          type="button" className={isSorted ? 'sort on' : 'sort'} title={t('list.sort_by', { column: label })} data-testid={`sort-${column}`}
          onClick={() => change({ sort: next === DEFAULT_SORT ? null : next })}
        >
          {label}<span aria-hidden="true">{isSorted ? (isDown ? '↓' : '↑') : ''}</span>
        </button>
      </th>
    )
  }
  const plain = (label: string, className: string) => <th scope="col" role="columnheader" className={className}>{label}</th>
  return (
    <thead role="rowgroup">
      <tr role="row">
        {plain(t('list.column_title'), 'c-title')}
        {plain(t('list.column_agent'), 'c-agent')}
        {plain(t('list.column_channel'), 'c-channel')}
        {sortable('started', t('list.column_started'), 'c-started')}
        {plain(t('list.column_duration'), 'c-duration number')}
        {SCORE_NAMES.map((name) => sortable(name, t(`score.${name}`), 'c-score number'))}
        {plain(t('list.column_worst'), 'c-worst')}
        {plain(t('verdict.hit'), 'c-count number')}
        {plain(t('verdict.missed'), 'c-count number')}
        {plain(t('verdict.undecided'), 'c-count c-undecided number')}
        {plain(t('verdict.met'), 'c-count c-met number')}
      </tr>
    </thead>
  )
}
