import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router-dom'
import { fetchAccounts, fetchAudit, type AuditEntry } from '../../api/account'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { ACTION_NOUNS, actionWords, detailWords } from './auditWords'
import './access.css'

/** Who did what when: nothing of it can be changed. */
export function AuditPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  usePageTitle(t('access.audit'))
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: ({ signal }) => fetchAccounts(signal) })
  const trail = useInfiniteQuery({
    queryKey: ['audit', search.toString()],
    queryFn: ({ pageParam, signal }) => fetchAudit(search, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  })
  const entries = trail.data?.pages.flatMap((page) => page.entries) ?? []
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(search)
    if (value) next.set(name, value)
    else next.delete(name)
    setSearch(next, { replace: true })
  }
  return (
    <>
      <PlainBar where={<strong>{t('access.audit')}</strong>} />
      <main id="main" className="access-page">
        <header className="headline"><h1>{t('access.audit')}</h1><p className="causes">{t('access.audit_says')}</p></header>
        <div className="access-filter">
          <label>{t('access.what')} <select value={search.get('action') ?? ''} onChange={(event) => choose('action', event.target.value)} data-testid="audit-action">
            <option value="">{t('access.everything')}</option>
            {ACTION_NOUNS.map((noun) => <option key={noun} value={`${noun}.`}>{t(`access.noun.${noun}`)}</option>)}
          </select></label>
          <label>{t('access.who')} <select value={search.get('account') ?? ''} onChange={(event) => choose('account', event.target.value)} data-testid="audit-account">
            <option value="">{t('access.everybody')}</option>
            <option value="0">{t('access.this_machine')}</option>
            {accounts.data?.accounts.map(({ number, name }) => <option key={number} value={number}>{name}</option>)}
          </select></label>
        </div>
        {trail.error && !trail.data && <FailedState error={trail.error} onRetry={() => void trail.refetch()} />}
        {trail.isPending && !trail.error && <div className="paper ghosts" aria-busy="true">{[70, 52, 64].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
        {trail.data && entries.length === 0 && <PageState title={t('access.audit_none')} remedy={t('access.audit_none_remedy')} />}
        {entries.length > 0 && <ol className="paper access-trail">{entries.map((entry) => <TrailRow key={entry.number} entry={entry} />)}</ol>}
        {trail.hasNextPage && <button type="button" className="button" disabled={trail.isFetchingNextPage} onClick={() => void trail.fetchNextPage()} data-testid="more">{trail.isFetchingNextPage ? t('app.wait') : t('access.older')}</button>}
      </main>
    </>
  )
}

function TrailRow({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const format = useFormat()
  const who = entry.account === 0 ? t('access.this_machine') : entry.account < 0 ? t('access.unknown') : entry.name
  return (
    <li data-testid="audit-entry">
      <time dateTime={new Date(entry.at_ms).toISOString()} className="quiet">{format.dayTime(entry.at_ms)}</time>
      <span><b>{who}</b></span>
      <span>{actionWords(entry.action, t)}{entry.subject && entry.subject !== entry.name && <> <b>{entry.subject}</b></>}</span>
      <span className="quiet">{detailWords(entry.action, entry.detail, t)}</span>
    </li>
  )
}
