import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useFailed } from './speechQueries'

/** Recordings that no recogniser could write down: why, and how often it was tried. */
export function FailedRecordings({ count }: { count: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const failed = useFailed(count)
  const items = failed.data?.pages.flatMap((page) => page.items) ?? []
  if (count === 0) return null
  return (
    <details className="paper failed-recordings" data-testid="speech-failed">
      <summary>{t('speech.failed_title', { count, number: format.count(count) })}</summary>
      {failed.error && <ErrorLine error={failed.error} />}
      <ul className="aside-list">
        {items.map((one) => (
          <li key={one.id} data-testid="failed-recording">
            <div>
              <p className="what"><Link className="link" to={`/conversations/${encodeURIComponent(one.id)}`}>{one.external_id}</Link><span className="quiet"> {one.model} · {t('work.attempts', { count: one.tries })} · {format.dayTime(one.at_ms)}</span></p>
              <p>{one.reason}</p>
              {one.remedy && <p className="quiet">{one.remedy}</p>}
            </div>
          </li>
        ))}
        {failed.hasNextPage && <li className="rest"><button type="button" className="link" disabled={failed.isFetchingNextPage} onClick={() => void failed.fetchNextPage()}>{failed.isFetchingNextPage ? t('app.loading') : t('import.more')}</button></li>}
      </ul>
    </details>
  )
}
