import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { OrderView } from './OrderView'
import { useOrder } from './orderQueries'
import './orders.css'

/** One work order: what was found, what was said and done, and what one can do now. */
export function OrderPage() {
  const { t } = useTranslation()
  const { number: text = '' } = useParams()
  const number = Number(text)
  const order = useOrder(number)
  usePageTitle(order.data ? `#${order.data.number} ${t('orders.page')}` : t('orders.page'))
  const isMissing = order.error instanceof ApiError && order.error.status === 404
  const toList = <Link className="link" to="/orders">{t('orders.to_list')}</Link>
  return (
    <>
      <PlainBar where={<><Link to="/orders">{t('orders.page')}</Link> / <strong>#{text}</strong></>} />
      <main id="main" className="order-page">
        {order.data && <p className="to-list">{toList}</p>}
        {order.data && <OrderView key={order.data.number} order={order.data} />}
        {!order.data && isMissing && <PageState title={t('orders.missing')} remedy={t('orders.missing_remedy')}>{toList}</PageState>}
        {!order.data && order.error && !isMissing && <FailedState error={order.error} onRetry={() => void order.refetch()}>{toList}</FailedState>}
        {order.isPending && (
          <div aria-busy="true">
            <span className="unseen" role="status">{t('app.loading')}</span>
            <span className="ghost" style={{ width: 360, height: 26 }} /><span className="ghost" style={{ height: 220, marginTop: 20 }} />
          </div>
        )}
      </main>
    </>
  )
}
