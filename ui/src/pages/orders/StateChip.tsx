import { useTranslation } from 'react-i18next'
import type { Order } from '../../api/orders'

/** Words and a shape; colours are for verdicts, and for what is overdue. */
export function StateChip({ order }: { order: Pick<Order, 'state' | 'outcome'> }) {
  const { t } = useTranslation()
  const words = order.state === 'closed' && order.outcome ? t(`orders.outcome.${order.outcome}`) : t(`orders.state.${order.state}`)
  return <span className="order-state" data-state={order.state}>{words}</span>
}
