import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { OrderAct, WholeOrder } from '../../api/orders'

export const ACT_KEYS: Record<OrderAct, string> = {
  answer: 'a', appeal: 'p', recheck: 'r', close: 'x', reopen: 'o', uphold: 'h', grant: 'w', assign: 's', comment: 'c',
}
const STRONG: Record<OrderAct, number> = { answer: 1, recheck: 1, close: 2, uphold: 0, grant: 0, appeal: 0, reopen: 0, assign: 0, comment: 0 }

/** What one can do now, each with its key; the one that leads on stands out. */
export function OrderActs({ order, onAct }: { order: WholeOrder; onAct: (act: OrderAct) => void }) {
  const { t } = useTranslation()
  const best = order.may.reduce<OrderAct | null>((found, one) => (STRONG[one] > (found ? STRONG[found] : 0) ? one : found), null)
  return (
    <div className="order-acts" role="group" aria-label={t('orders.acts')}>
      {order.may.map((act) => (
        <button key={act} type="button" className={act === best ? 'button strong' : 'button'} aria-keyshortcuts={ACT_KEYS[act]} onClick={() => onAct(act)} data-testid={`act-${act}`}>
          <kbd aria-hidden="true">{ACT_KEYS[act]}</kbd> {t(`orders.act.${act}`)}
        </button>
      ))}
      {order.may_not_decide && <span className="quiet" data-testid="may-not-decide">{t(`orders.may_not_decide.${order.may_not_decide}`)}</span>}
      <Link className="link back" to="/orders"><kbd aria-hidden="true">u</kbd> {t('orders.to_list')}</Link>
    </div>
  )
}
