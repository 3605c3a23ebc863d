import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { isAtRest, type Import } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { FailedState } from '../../parts/PageState'
import { useImports } from './importQueries'
import { broughtWords, canUndo } from './outcome'
import { StateChip } from './StateChip'
import { UndoButton } from './UndoButton'

/** All imports, the newest first; what is going on moves by itself. */
export function History() {
  const { t } = useTranslation()
  const imports = useImports()
  const items = imports.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="history" aria-labelledby="history-title">
      <h2 id="history-title">{t('import.history')}</h2>
      {imports.error && !imports.data && <FailedState error={imports.error} onRetry={() => void imports.refetch()} />}
      {imports.isPending && <div className="paper ghosts" aria-busy="true">{[72, 58, 66].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
      {imports.data && items.length === 0 && <p className="quiet none">{t('import.history_none')}</p>}
      {items.length > 0 && (
        <div className="paper frame">
          <table className="rows" role="table">
            <thead role="rowgroup">
              <tr role="row">
                <th scope="col" role="columnheader">{t('import.column_name')}</th>
                <th scope="col" role="columnheader">{t('import.column_state')}</th>
                <th scope="col" role="columnheader">{t('import.column_when')}</th>
                <th scope="col" role="columnheader">{t('import.column_how')}</th>
                <th scope="col" role="columnheader">{t('import.column_brought')}</th>
                <th scope="col" role="columnheader" className="number">{t('import.column_refused')}</th>
                <th scope="col" role="columnheader"><span className="unseen">{t('import.undo')}</span></th>
              </tr>
            </thead>
            <tbody role="rowgroup">{items.map((one) => <HistoryRow key={one.number} one={one} />)}</tbody>
          </table>
          {imports.hasNextPage && (
            <footer>
              <button type="button" className="link" disabled={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
                {imports.isFetchingNextPage ? t('app.loading') : t('import.more')}
              </button>
            </footer>
          )}
        </div>
      )}
    </section>
  )
}

function HistoryRow({ one }: { one: Import }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { progress } = one
  const share = progress && progress.bytes > 0 ? progress.bytes_done / progress.bytes : null
  return (
    <tr role="row" data-testid="history-row" data-number={one.number}>
      <td role="cell" className="c-name"><Link to={`/import/${one.number}`}>{one.name || t('import.unnamed', { number: one.number })}</Link></td>
      <td role="cell">
        <StateChip state={one.state} />
        {share !== null && <span className="quiet"> {format.percent(share)}</span>}
      </td>
      <td role="cell" className="quiet"><time dateTime={new Date(one.created_ms).toISOString()}>{format.dayTime(one.created_ms)}</time></td>
      <td role="cell" className="quiet">{t(`import.how.${one.how}`)}</td>
      <td role="cell" className={one.state === 'undone' ? 'quiet' : ''}>{one.state === 'open' ? t('import.not_started') : isAtRest(one.state) || one.counts ? broughtWords(one, t, format) : ''}</td>
      <td role="cell" className={one.refusals > 0 ? 'number c-refused' : 'number'} data-label={t('import.column_refused')}>{one.refusals > 0 ? <Link className="link" to={`/import/${one.number}#refused`}>{format.count(one.refusals)}</Link> : <span className="faint">{t('app.dash')}</span>}</td>
      <td role="cell" className="c-act">{canUndo(one) && <UndoButton one={one} className="quiet-button" />}</td>
    </tr>
  )
}
