import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import type { Order } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { VerdictChip } from '../../parts/VerdictChip'
import { dueText } from './due'
import { lastOrder, rememberOrder } from './lastOrder'
import { assigneeName } from './orderWords'
import { StateChip } from './StateChip'

/** A dense table; j and k walk, Enter opens. On a phone each row is a card. */
export function OrderTable({ items }: { items: Order[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [selected, setSelected] = useState<number | null>(lastOrder)
  const body = useRef<HTMLTableSectionElement>(null)
  const index = items.findIndex((one) => one.number === selected)
  const isMoved = useRef(false)
  const step = (by: number) => {
    const next = items[index < 0 ? 0 : Math.min(Math.max(index + by, 0), items.length - 1)]
    if (!next) return
    isMoved.current = true
    setSelected(next.number)
  }
  useEffect(() => {
    if (isMoved.current) body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
    isMoved.current = false
  }, [selected])
  const open = (order: Order) => {
    rememberOrder(order.number)
    navigate(`/orders/${order.number}`)
  }
  useKeyboard({ j: () => step(1), k: () => step(-1), Enter: index >= 0 ? () => open(items[index]!) : undefined })
  return (
    <div className="paper order-frame">
      <table className="order-table" role="table" aria-label={t('orders.page')}>
        <thead role="rowgroup">
          <tr role="row">
            {['number', 'state_of', 'due', 'finding', 'conversation', 'agent', 'assignee'].map((name) => (
              <th key={name} role="columnheader" scope="col" className={`c-${name}`}>{t(`orders.column.${name}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" ref={body}>
          {items.map((order) => (
            <OrderRow key={order.number} order={order} isSelected={order.number === selected} onOpen={() => open(order)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function OrderRow({ order, isSelected, onOpen }: { order: Order; isSelected: boolean; onOpen: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <tr
      role="row" aria-selected={isSelected} className={order.waits_for_me ? 'waits' : ''} data-testid="order-row" data-number={order.number}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('a, button') || window.getSelection()?.toString()) return
        onOpen()
      }}
    >
      <td role="cell" className="c-number">
        <Link to={`/orders/${order.number}`} onClick={() => rememberOrder(order.number)}>#{order.number}</Link>
      </td>
      <td role="cell" className="c-state_of"><StateChip order={order} /></td>
      <td role="cell" className={order.is_overdue ? 'c-due late' : 'c-due'}>{order.state === 'closed' ? <span className="faint">{t('app.dash')}</span> : dueText(order, t, format)}</td>
      <td role="cell" className="c-finding">
        <VerdictChip verdict={order.verdict} /> <b>{format.title(order.title, order.rule)}</b>
        {order.quote && <span className="quiet"> {t('app.quote', { text: order.quote })}</span>}
      </td>
      <td role="cell" className="c-conversation" title={order.conversation.title}>
        {order.conversation.title}
        {order.conversation.started_ms !== null && <span className="faint"> {format.dayTime(order.conversation.started_ms)}</span>}
      </td>
      <td role="cell" className="c-agent">{order.agent ?? t('app.dash')} {order.team && <span className="quiet">{order.team}</span>}</td>
      <td role="cell" className="c-assignee">{assigneeName(order, t)}{order.waits_for_me && <span className="my-turn">{t(`orders.turn.${order.state}`)}</span>}</td>
    </tr>
  )
}
