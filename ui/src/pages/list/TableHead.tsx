import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { DEFAULT_SORT } from '../../api/filter'
import { useColumnLabel } from './columnLabel'
import { NUMERIC, SORTED, useColumns, type ColumnName } from './columns'
import { columnClass } from './columnClass'
import type { ChangeFilter } from './ListPage'

/** The order a first click gives: the newest, the worst. */
const FIRST: Record<string, string> = { started: '-started', compliance: 'compliance', experience: 'experience', risk: '-risk' }
const STEP_PX = 16

export function TableHead({ filter, change, drawn, isAllChosen, chooseAll }: {
  filter: URLSearchParams; drawn: readonly ColumnName[]; change: ChangeFilter; isAllChosen: boolean; chooseAll: (isChosen: boolean) => void
}) {
  const { t } = useTranslation()
  const label = useColumnLabel()
  const { columns } = useColumns()
  const sort = filter.get('sort') ?? DEFAULT_SORT

  const sortButton = (column: ColumnName) => {
    const isSorted = sort.replace('-', '') === column
    const isDown = sort.startsWith('-')
    const next = isSorted ? (isDown ? column : `-${column}`) : FIRST[column]!
    return (
      <button
        type="button" className={isSorted ? 'sort on' : 'sort'} title={t('list.sort_by', { column: label(column) })} data-testid={`sort-${column}`}
        onClick={() => change({ sort: next === DEFAULT_SORT ? null : next })}
      >
        {label(column)}<span aria-hidden="true">{isSorted ? (isDown ? '↓' : '↑') : ''}</span>
      </button>
    )
  }
  const order = (column: ColumnName) => (sort.replace('-', '') === column ? (sort.startsWith('-') ? 'descending' : 'ascending') : 'none')
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        <th scope="col" role="columnheader" className="c-choose"><label><input type="checkbox" checked={isAllChosen} onChange={(event) => chooseAll(event.target.checked)} data-testid="choose-shown" /><span className="unseen">{t('bulk.choose_shown')}</span></label></th>
        {drawn.map((column) => (
          <th
            key={column} scope="col" role="columnheader" className={`${columnClass(column)}${NUMERIC.includes(column) ? ' number' : ''}`} style={{ width: columns.widths[column] }}
            aria-sort={SORTED.includes(column) ? order(column) : undefined}
          >
            {SORTED.includes(column) ? sortButton(column) : label(column)}
            <Widener column={column} label={label(column)} />
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** The edge of a column: pulled by the pointer, or by the arrow keys. */
function Widener({ column, label }: { column: ColumnName; label: string }) {
  const { t } = useTranslation()
  const { columns, widen } = useColumns()
  const edge = useRef<HTMLSpanElement>(null)
  const widthNow = () => edge.current?.parentElement?.getBoundingClientRect().width ?? 0
  return (
    <span
      ref={edge} className="widener" role="separator" aria-orientation="vertical" tabIndex={0} aria-label={t('columns.width_of', { column: label })} aria-valuenow={columns.widths[column] ?? 0}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
        event.preventDefault()
        widen(column, widthNow() + (event.key === 'ArrowRight' ? STEP_PX : -STEP_PX))
      }}
      onPointerDown={(event) => {
        event.preventDefault()
        const from = event.clientX
        const width = widthNow()
        const target = event.currentTarget
        target.setPointerCapture(event.pointerId)
        target.onpointermove = (moved) => widen(column, width + moved.clientX - from)
        target.onpointerup = () => {
          target.onpointermove = null
          target.onpointerup = null
        }
      }}
    />
  )
}
