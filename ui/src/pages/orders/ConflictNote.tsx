import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { OrderAct, WholeOrder } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { personName } from './orderWords'
import { StateChip } from './StateChip'

/** Two people at one order: what the other one did, who and when; nothing is overwritten before one has seen it. */
export function ConflictNote({ now, act, onAgain }: { now: WholeOrder; act: OrderAct; onAgain: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  const last = now.steps[now.steps.length - 1]
  const canStill = now.may.includes(act)
  const take = () => queries.setQueryData(['orders', 'one', now.number], now)
  return (
    <div className="conflict" role="alert" data-testid="conflict">
      <p>
        <b>{t('orders.conflict')}</b>{' '}
        {last && t('orders.conflict_who', { who: personName(last.by, t), did: t(`orders.step.${last.kind}`), at: format.dayTime(last.at_ms) })}
      </p>
      {last?.text && <blockquote>{last.text}</blockquote>}
      <p>{t('orders.conflict_now')} <StateChip order={now} /></p>
      {canStill
        ? (
          <button
            type="button" className="button" onClick={() => {
              take()
              onAgain()
            }} data-testid="conflict-again"
          >
            {t('orders.conflict_again')}
          </button>
        )
        : <p>{t('orders.conflict_cannot')} <button type="button" className="link" onClick={take}>{t('orders.conflict_show')}</button></p>}
    </div>
  )
}
