import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Mapping, PreviewColumn, PreviewRow, Problem } from '../../api/imports'
import { FIELD, isTimeUse, kindOf, ROLES, takenFor, ownUse, usesOf } from './mapping'
import { placeWords } from './outcome'
import { namedUse } from './namedUse'

/** "2026-02-14T10:32:00+08:00" as people write it; the zone is shown where it was chosen. */
export function timeText(value: unknown): string {
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(:\d\d)?)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/, '$1 $2')
}

/** Place, reason and remedy of something that can't be read. */
export function ProblemLine({ problem }: { problem: Problem }) {
  const { t } = useTranslation()
  return (
    <p className="problem" role="note">
      {problem.place && <span className="quiet">{placeWords(problem.place, t)} </span>}<b>{problem.reason}</b>{problem.remedy && <span> {problem.remedy}</span>}
    </p>
  )
}

/** The first rows as they will be read; what can't be read says so at its row. */
export function RowsPreview({ rows, mapping, columns }: { rows: PreviewRow[]; mapping: Mapping; columns: PreviewColumn[] }) {
  const { t } = useTranslation()
  const cells = rows.map((row) => Object.fromEntries(Object.entries(row.cells).map(([use, value]) => [ownUse(mapping, use), value])))
  const taken = new Set([...columns.map((column) => takenFor(mapping, column)), ...cells.flatMap((row) => Object.keys(row))].filter((use) => use !== null))
  const known = usesOf(kindOf(mapping))
  const uses = [...known.filter((use) => taken.has(use)), ...[...taken].filter((use) => !known.includes(use))]
  if (rows.length === 0 || uses.length === 0) return <p className="quiet none">{t(rows.length === 0 ? 'import.rows_none' : 'import.rows_unused')}</p>

  const heading = (use: string) => (use.startsWith(FIELD) ? use.slice(FIELD.length) : namedUse(use, t))
  const words = (use: string, value: unknown) => {
    if (value === null || value === undefined || value === '') return ''
    if (isTimeUse(use)) return timeText(value)
    const text = String(value)
    if ((use === 'speaker' || use === 'hang_up') && (ROLES as readonly string[]).includes(text)) return t(`role.${text}`)
    if (use === 'direction' && (text === 'in' || text === 'out')) return t(`import.direction.${text}`)
    return text
  }
  return (
    // It scrolls sideways: it must take the focus to be scrolled by keys.
    <div className="rows-scroll" tabIndex={0} role="region" aria-label={t('import.reading')}>
      <table className="read-rows" data-testid="read-rows">
        <thead><tr><th scope="col" className="number">{t('import.line')}</th>{uses.map((use) => <th key={use} scope="col">{heading(use)}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, index) => (
            <Fragment key={row.line}>
              <tr className={row.problem ? 'bad' : ''}>
                <th scope="row" className="number">{row.line}</th>
                {uses.map((use) => {
                  const text = words(use, cells[index]![use])
                  return <td key={use} title={text.length > 24 ? text : undefined}>{text}</td>
                })}
              </tr>
              {row.problem && <tr className="why"><td /><td colSpan={uses.length}><ProblemLine problem={row.problem} /></td></tr>}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}
