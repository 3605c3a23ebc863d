import { useTranslation } from 'react-i18next'
import type { OrderCounts } from '../../api/orders'
import { useFormat } from '../../i18n/format'

/** The first line says what matters: how many wait for me, how many are overdue. */
export function OrdersHeadline({ counts, isMine }: { counts: OrderCounts; isMine: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const active = counts.open + counts.answered + counts.appealed
  const said = counts.waiting > 0 ? t('orders.waiting', { count: counts.waiting, number: format.count(counts.waiting) })
    : isMine ? t('orders.nothing_waits') : t('orders.active', { count: active, number: format.count(active) })
  return (
    <h1 className="orders-headline" data-testid="orders-headline">
      {said}
      {counts.overdue > 0 && <span className="late">{t('orders.overdue', { count: counts.overdue, number: format.count(counts.overdue) })}</span>}
    </h1>
  )
}
