import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom'
import { fetchPeople, type PersonKind } from '../../api/people'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { FailedState, PageState } from '../../parts/PageState'
import { usePageTitle } from '../../parts/pageTitle'
import { TopBar } from '../../parts/TopBar'
import { contactWords, personName } from './personName'
import { PersonView } from './PersonView'
import './people.css'

const KINDS: readonly PersonKind[] = ['customer', 'agent']

/** Customers and agents: the list with its search on the left, one person on the right. */
export function PeoplePage() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { number } = useParams()
  const [search, setSearch] = useSearchParams()
  const kind: PersonKind = search.get('kind') === 'agent' ? 'agent' : 'customer'
  const q = search.get('q') ?? ''
  const side = useRef<HTMLUListElement>(null)
  usePageTitle(t('people.page'))
  const people = useInfiniteQuery({
    queryKey: ['people', kind, q],
    queryFn: ({ pageParam, signal }) => fetchPeople(kind, q, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const items = people.data?.pages.flatMap((page) => page.people) ?? []
  const query = (of: PersonKind, text: string) => {
    const parameters = new URLSearchParams({ ...(of === 'agent' ? { kind: of } : {}), ...(text ? { q: text } : {}) }).toString()
    return parameters ? `?${parameters}` : ''
  }
  const move = (step: number) => {
    const at = items.findIndex((person) => String(person.number) === number)
    const next = items[at < 0 ? 0 : at + step]
    if (next) navigate(`/people/${next.number}${query(kind, q)}`, { preventScrollReset: true })
    else if (step > 0 && people.hasNextPage && !people.isFetchingNextPage) void people.fetchNextPage()
  }
  useKeyboard({ j: () => move(1), k: () => move(-1) })
  useEffect(() => {
    side.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [number])
  return (
    <>
      <TopBar
        where={number ? <><Link to={`/people${query(kind, q)}`}>{t('people.page')}</Link></> : <strong>{t('people.page')}</strong>}
        search={q} placeholder={t('people.search')}
        onSearch={(text) => (number ? navigate(`/people${query(kind, text)}`) : setSearch(new URLSearchParams(query(kind, text)), { replace: true }))}
      />
      <main id="main" className={number ? 'people-page with-person' : 'people-page'}>
        <section className="people-side" aria-label={t('people.page')}>
          <h1 className="unseen">{t('people.page')}</h1>
          <nav className="kinds" aria-label={t('people.kinds')}>
            {KINDS.map((one) => (
              <Link key={one} to={`/people${query(one, q)}`} className={one === kind ? 'button on' : 'button'} aria-current={one === kind ? 'page' : undefined} data-testid={`kind-${one}`}>{t(`people.${one}s`)}</Link>
            ))}
          </nav>
          {people.error && !people.data && <FailedState error={people.error} onRetry={() => void people.refetch()} />}
          {people.isPending && <div className="paper ghosts" aria-busy="true">{[62, 74, 58, 70].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
          {people.data && items.length === 0 && (q
            ? <PageState title={t('people.none_match', { q })} remedy={t('people.none_match_remedy')} />
            : <PageState title={t(`people.empty_${kind}`)} remedy={t('people.empty_remedy')}><Link className="link" to="/import">{t('joins.to_import')}</Link></PageState>)}
          {items.length > 0 && (
            <ul ref={side} className={people.isPlaceholderData ? 'paper people-list stale' : 'paper people-list'}>
              {items.map((person) => (
                <li key={person.number}>
                  <Link to={`/people/${person.number}${query(kind, q)}`} aria-current={String(person.number) === number ? 'true' : undefined} data-testid="person" data-number={person.number} preventScrollReset>
                    <b>{personName(person)}</b>
                    <span className="quiet contacts">{contactWords(person, t, format)}</span>
                    <span className="quiet known">{person.identities.filter((one) => one.value !== personName(person)).slice(0, 4).map((one) => one.value).join(' · ')}</span>
                  </Link>
                </li>
              ))}
              {people.hasNextPage && (
                <li className="rest">
                  <button type="button" className="link" disabled={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
                    {people.isFetchingNextPage ? t('app.loading') : t('import.more')}
                  </button>
                </li>
              )}
            </ul>
          )}
        </section>
        {number
          ? <PersonView key={number} number={Number(number)} back={`/people${query(kind, q)}`} />
          : items.length > 0 && <p className="choose-person quiet">{t('people.choose')}</p>}
      </main>
    </>
  )
}
