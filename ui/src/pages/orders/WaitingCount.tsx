import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { useWaiting } from './orderQueries'

/** At the place in the rail: how many work orders wait for whoever is here. */
export function WaitingCount() {
  const { t } = useTranslation()
  const format = useFormat()
  const count = useWaiting()
  if (!count) return null
  return (
    <span className="rail-count" data-testid="orders-waiting">
      <span aria-hidden="true">{count > 99 ? '99+' : format.count(count)}</span>
      <span className="unseen">{t('orders.waiting', { count, number: format.count(count) })}</span>
    </span>
  )
}
