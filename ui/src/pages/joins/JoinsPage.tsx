import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router-dom'
import { fetchJoins, JOIN_KINDS, JOIN_STATES, type JoinKind, type JoinPage, type JoinState } from '../../api/joins'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { JoinRow } from './JoinRow'
import './joins.css'

const stateOf = (text: string | null) => JOIN_STATES.find((state) => state === text) ?? null
const kindOf = (text: string | null) => JOIN_KINDS.find((kind) => kind === text) ?? null

function useJoins(state: JoinState | null, kind: JoinKind | null) {
  const filter = useMemo(() => new URLSearchParams({ ...(state ? { state } : {}), ...(kind ? { kind } : {}) }), [state, kind])
  return useInfiniteQuery({
    queryKey: ['joins', filter.toString()],
    queryFn: ({ pageParam, signal }) => fetchJoins(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
}

/** Which records found their conversation, which did not, and why. Without a choice: what is unmatched, then what is doubtful. */
export function JoinsPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const state = stateOf(search.get('state'))
  const kind = kindOf(search.get('kind'))
  usePageTitle(t('joins.page'))
  const joins = useJoins(state ?? 'unmatched', kind)
  const first = joins.data?.pages[0]
  const isEmptyStore = first && JOIN_KINDS.every((one) => JOIN_STATES.every((of) => !first.counts[one]?.[of]))
  return (
    <>
      <PlainBar where={<strong>{t('joins.page')}</strong>} />
      <main id="main" className="joins-page">
        {joins.error && !first && <FailedState error={joins.error} onRetry={() => void joins.refetch()} />}
        {joins.isPending && (
          <div aria-busy="true">
            <span className="unseen" role="status">{t('app.loading')}</span>
            <span className="ghost" style={{ width: 360, height: 26 }} /><span className="ghost" style={{ height: 120, marginTop: 20 }} />
          </div>
        )}
        {isEmptyStore && (
          <PageState title={t('joins.empty')} remedy={t('joins.empty_remedy')}><Link className="link" to="/import">{t('joins.to_import')}</Link></PageState>
        )}
        {first && !isEmptyStore && (
          <>
            <Counts page={first} state={state} kind={kind} />
            {state
              ? <JoinList state={state} kind={kind} isChosen />
              : <><JoinList state="unmatched" kind={kind} /><JoinList state="doubtful" kind={kind} /></>}
          </>
        )}
      </main>
    </>
  )
}

function JoinList({ state, kind, isChosen = false }: { state: JoinState; kind: JoinKind | null; isChosen?: boolean }) {
  const { t } = useTranslation()
  const joins = useJoins(state, kind)
  const items = joins.data?.pages.flatMap((page) => page.items) ?? []
  if (!isChosen && joins.data && items.length === 0) return null
  return (
    <section className={joins.isPlaceholderData ? 'join-list stale' : 'join-list'} aria-labelledby={`joins-${state}`} aria-busy={joins.isFetching}>
      <h2 id={`joins-${state}`}>
        {t(`joins.state.${state}`)}{kind && <> · {t(`joins.kind.${kind}`)}</>}
        {isChosen && <> <Link className="link" to="/joins" preventScrollReset data-testid="all-joins">{t('joins.clear')}</Link></>}
      </h2>
      {joins.error && !joins.data && <FailedState error={joins.error} onRetry={() => void joins.refetch()} />}
      {joins.data && items.length === 0 && <PageState title={t('joins.none')} />}
      {items.length > 0 && <ul className="paper">{items.map((item) => <JoinRow key={`${item.kind}-${item.record}`} item={item} />)}</ul>}
      {joins.hasNextPage && (
        <footer>
          <button type="button" className="link" disabled={joins.isFetchingNextPage} onClick={() => void joins.fetchNextPage()}>
            {joins.isFetchingNextPage ? t('app.loading') : t('import.more')}
          </button>
        </footer>
      )}
    </section>
  )
}

/** How many of each kind are in each state; each figure opens its records. */
function Counts({ page, state, kind }: { page: JoinPage; state: JoinState | null; kind: JoinKind | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { counts } = page
  const kinds = JOIN_KINDS.filter((one) => JOIN_STATES.some((of) => counts[one]?.[of]))
  // A roster's rows belong to agents, not to a conversation.
  const sum = (of: JoinState) => kinds.filter((one) => one !== 'roster').reduce((total, one) => total + (counts[one]?.[of] ?? 0), 0)
  const open = sum('doubtful') + sum('unmatched')
  return (
    <>
      <h1>{open > 0 ? t('joins.headline', { count: open, number: format.count(open) }) : t('joins.headline_all')}</h1>
      <table className="join-counts paper" aria-label={t('joins.counts')}>
        <thead>
          <tr><th scope="col">{t('joins.record')}</th>{JOIN_STATES.map((of) => <th key={of} scope="col" className="number">{t(`joins.state.${of}`)}</th>)}<th scope="col" className="number share">{t('joins.share')}</th></tr>
        </thead>
        <tbody>
          {kinds.map((one) => {
            const all = JOIN_STATES.reduce((total, of) => total + (counts[one]?.[of] ?? 0), 0)
            const without = page.conversations_without?.[one] ?? 0
            return (
              <tr key={one}>
                <th scope="row">{t(`joins.kind.${one}`)}{without > 0 && <span className="quiet without">{t(`joins.without_${one}`, { count: without, number: format.count(without), defaultValue: '' })}</span>}</th>
                {JOIN_STATES.map((of) => {
                  const count = counts[one]?.[of] ?? 0
                  const isHere = kind === one && state === of
                  return (
                    <td key={of} className={`number ${of}${count === 0 ? ' zero' : ''}`}>
                      <Link to={`/joins?state=${of}&kind=${one}`} aria-current={isHere ? 'true' : undefined} className={isHere ? 'on' : ''} preventScrollReset data-testid={`count-${one}-${of}`}>{format.count(count)}</Link>
                    </td>
                  )
                })}
                <td className="number share quiet">{format.percent((counts[one]?.matched ?? 0) / all)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </>
  )
}
