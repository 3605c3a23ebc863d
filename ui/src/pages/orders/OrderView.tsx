import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { useAccount } from '../../api/account'
import type { OrderAct, WholeOrder } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { VerdictChip } from '../../parts/VerdictChip'
import { ActDialog } from './ActDialog'
import { ACT_KEYS, OrderActs } from './OrderActs'
import { dueText } from './due'
import { OrderFinding } from './OrderFinding'
import { OrderSteps } from './OrderSteps'
import { assigneeName, effectText, personName } from './orderWords'
import { RecheckPanel } from './RecheckPanel'
import { StateChip } from './StateChip'

export function OrderView({ order }: { order: WholeOrder }) {
  const navigate = useNavigate()
  const [act, setAct] = useState<OrderAct | null>(null)
  const keys = Object.fromEntries(order.may.map((one) => [ACT_KEYS[one], () => setAct(one)]))
  useKeyboard({ ...keys, u: () => navigate('/orders') })
  const isChecking = order.state === 'answered' && order.may.includes('recheck')
  return (
    <>
      <Head order={order} />
      <OrderActs order={order} onAct={setAct} />
      <div className="order-body">
        <div>
          <OrderFinding order={order} />
        </div>
        <div>
          <OrderSteps order={order} />
          {(isChecking || order.recheck.items.length > 0) && <RecheckPanel order={order} />}
        </div>
      </div>
      {act && <ActDialog order={order} act={act} onClose={() => setAct(null)} />}
    </>
  )
}

function Head({ order }: { order: WholeOrder }) {
  const { t } = useTranslation()
  const format = useFormat()
  const hasAccounts = useAccount().account?.has_accounts ?? false
  const isByName = hasAccounts && order.state === 'open' && order.assignee.account === null && order.assignee.name !== ''
  return (
    <header className="order-head">
      <div>
        <p className="line">
          <StateChip order={order} />
          <span className={order.is_overdue ? 'late' : 'quiet'} data-testid="order-due-text">
            {order.state === 'closed' && order.closed_ms !== null ? t('orders.closed_at', { at: format.dayTime(order.closed_ms) }) : t('orders.due_by', { due: dueText(order, t, format) })}
          </span>
        </p>
        <h1><VerdictChip verdict={order.verdict} /> {format.title(order.title, order.rule)}</h1>
        <p className="quiet">{[order.agent, order.team].filter(Boolean).join(' · ')}{order.effects.length > 0 && <> · {order.effects.map((one) => effectText(one, t, format)).join(t('app.separator'))}</>}</p>
      </div>
      <dl>
        <div><dt>{t('orders.column.assignee')}</dt><dd>{assigneeName(order, t)}{order.is_assignee_gone && <span className="late">{t('orders.gone')}</span>}{isByName && <small className="quiet" data-testid="order-by-name">{t('orders.by_name_waits', { by: personName(order.opened_by, t) })}</small>}</dd></div>
        <div><dt>{t('orders.opened_by')}</dt><dd>{personName(order.opened_by, t)}</dd></div>
        <div><dt>{t('orders.opened_at')}</dt><dd>{format.dayTime(order.opened_ms)}</dd></div>
      </dl>
      {order.note && <p className="order-note"><span className="quiet">{t('orders.note')}</span> {order.note}</p>}
    </header>
  )
}
