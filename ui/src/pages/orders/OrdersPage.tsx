import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router-dom'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { useFormat } from '../../i18n/format'
import { OrderFilters } from './OrderFilters'
import { OrdersHeadline } from './OrdersHeadline'
import { OrderTable } from './OrderTable'
import { useOrders } from './orderQueries'
import { askedOf, FILTERS, tabOf, withChange, type OrdersTab } from './ordersFilter'
import { UnansweredList } from './UnansweredList'
import { useMayReview } from './useMayReview'
import './orders.css'

/** Work orders: mine first, then all, then findings that nobody has answered. The address says which. */
export function OrdersPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const mayReview = useMayReview()
  const tab = mayReview ? tabOf(search) : 'mine'
  usePageTitle(t('orders.page'))
  return (
    <>
      <PlainBar where={<strong>{t('orders.page')}</strong>} />
      <main id="main" className="orders-page">
        {mayReview && <Tabs tab={tab} search={search} />}
        {tab === 'unanswered' ? <UnansweredList search={search} /> : <OrderList search={search} tab={tab} />}
      </main>
    </>
  )
}

function Tabs({ tab, search }: { tab: OrdersTab; search: URLSearchParams }) {
  const { t } = useTranslation()
  return (
    <nav className="order-tabs" aria-label={t('orders.lists')}>
      {(['mine', 'all', 'unanswered'] as const).map((one) => (
        <Link
          key={one} to={withChange(search, { tab: one === 'mine' ? null : one })} className={one === tab ? 'on' : ''}
          aria-current={one === tab ? 'page' : undefined} data-testid={`tab-${one}`}
        >
          {t(`orders.tab.${one}`)}
        </Link>
      ))}
    </nav>
  )
}

function OrderList({ search, tab }: { search: URLSearchParams; tab: OrdersTab }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayReview = useMayReview()
  const address = search.toString()
  const asked = useMemo(() => askedOf(new URLSearchParams(address)), [address])
  const orders = useOrders(asked)
  const first = orders.data?.pages[0]
  const items = orders.data?.pages.flatMap((page) => page.items) ?? []
  const isFiltered = FILTERS.some((name) => search.get(name))
  if (orders.error && !first) return <FailedState error={orders.error} onRetry={() => void orders.refetch()} />
  if (!first) return <Loading />
  return (
    <>
      <OrdersHeadline counts={first.counts} isMine={tab === 'mine'} />
      <OrderFilters search={search} counts={first.counts} />
      <div className={orders.isPlaceholderData ? 'stale' : ''} aria-busy={orders.isFetching}>
        {items.length > 0 && <OrderTable items={items} />}
        {items.length === 0 && (
          <PageState title={t(isFiltered ? 'orders.none_filtered' : tab === 'mine' ? 'orders.none_mine' : 'orders.none')} remedy={isFiltered ? undefined : t(mayReview ? 'orders.none_remedy' : 'orders.none_remedy_agent')}>
            {isFiltered
              ? <Link className="link" to={withChange(search, Object.fromEntries(FILTERS.map((name) => [name, null])))}>{t('orders.clear')}</Link>
              : <Link className="link" to="/conversations">{t('error.to_list')}</Link>}
          </PageState>
        )}
      </div>
      {orders.hasNextPage && (
        <footer className="more-orders">
          <button type="button" className="link" disabled={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()} data-testid="more">
            {orders.isFetchingNextPage ? t('app.loading') : t('orders.more', { shown: format.count(items.length) })}
          </button>
        </footer>
      )}
    </>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div aria-busy="true" className="orders-loading">
      <span className="unseen" role="status">{t('app.loading')}</span>
      <span className="ghost" style={{ width: 320, height: 24 }} />
      {Array.from({ length: 6 }, (_, row) => <span key={row} className="ghost" style={{ height: 34, marginTop: 10 }} />)}
    </div>
  )
}
