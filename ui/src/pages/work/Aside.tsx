import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { AsideJob } from '../../api/work'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine, FailedState } from '../../parts/PageState'
import { useAside, useAsideActs } from './workQueries'

/** What was tried too often: why, what to do, and trying again or giving it up. */
export function Aside({ count }: { count: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const aside = useAside(count)
  const { retry, all, giveUp } = useAsideActs()
  const [leaving, setLeaving] = useState<AsideJob | null>(null)
  const items = aside.data?.pages.flatMap((page) => page.items) ?? []
  const isBusy = retry.isPending || all.isPending || giveUp.isPending
  const failed = retry.error ?? all.error ?? giveUp.error
  return (
    <section className="work-part" aria-labelledby="work-aside" data-testid="aside">
      <header>
        <h2 id="work-aside">{t('work.aside_title', { count, number: format.count(count) })}</h2>
        <button type="button" className="button" disabled={isBusy} onClick={() => all.mutate()} data-testid="retry-all">{all.isPending ? t('app.wait') : t('work.retry_all')}</button>
      </header>
      {failed && <ErrorLine error={failed} />}
      {aside.error && !aside.data && <FailedState error={aside.error} onRetry={() => void aside.refetch()} />}
      {items.length > 0 && (
        <ul className="paper aside-list">
          {items.map((job) => (
            <li key={job.job} data-testid="aside-job" data-job={job.job}>
              <div>
                <p className="what">
                  <AsideName job={job} />
                  <span className="quiet"> {t(`work.kind.${job.kind}`)} · {t('work.attempts', { count: job.attempts })} · {format.dayTime(job.made_ms)}</span>
                </p>
                <p>{job.reason}</p>
                {job.remedy && <p className="quiet">{job.remedy}</p>}
                <p className="faint where">
                  {[job.file, job.place].filter(Boolean).join(' · ')}
                  {job.import !== null && <> {job.file && '· '}<Link className="link" to={`/import/${job.import}`}>{t('work.import_number', { number: job.import })}</Link></>}
                </p>
              </div>
              <div className="acts">
                <button type="button" className="button" disabled={isBusy} onClick={() => retry.mutate(job.job)} data-testid="retry">{t('work.retry')}</button>
                <button type="button" className="quiet-button" disabled={isBusy} onClick={() => setLeaving(job)} data-testid="give-up">{t('work.give_up')}</button>
              </div>
            </li>
          ))}
          {aside.hasNextPage && (
            <li className="rest"><button type="button" className="link" disabled={aside.isFetchingNextPage} onClick={() => void aside.fetchNextPage()}>{aside.isFetchingNextPage ? t('app.loading') : t('import.more')}</button></li>
          )}
        </ul>
      )}
      {leaving && (
        <ConfirmDialog
          title={t('work.give_up_title', { name: leaving.external_id ?? t('work.job', { number: leaving.job }) })} yes={t('work.give_up')} no={t('work.keep')} isBusy={giveUp.isPending}
          onNo={() => setLeaving(null)} onYes={() => giveUp.mutate(leaving.job, { onSettled: () => setLeaving(null) })}
        >
          <p>{t(leaving.kind === 'read' ? 'work.give_up_read' : 'work.give_up_rules')}</p>
        </ConfirmDialog>
      )}
    </section>
  )
}

function AsideName({ job }: { job: AsideJob }) {
  const { t } = useTranslation()
  const name = job.external_id ?? t('work.job', { number: job.job })
  return job.id ? <Link className="link" to={`/conversations/${encodeURIComponent(job.id)}`}>{name}</Link> : <b>{name}</b>
}
