import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Order } from '../../api/orders'
import type { Conversation } from '../../api/types'
import { useKeyboard } from '../../parts/keyboard'
import type { Found } from '../conversation/found'
import { turnOf } from '../conversation/judged'
import { OpenOrderDialog } from './OpenOrderDialog'
import { useOrdersOf } from './orderQueries'
import { StateChip } from './StateChip'
import { useMayReview } from './useMayReview'
import './orders.css'

interface OrdersHere {
  at: (found: Found) => Order | undefined
  /** null: whoever is here opens none. */
  open: ((found: Found) => void) | null
}

const Here = createContext<OrdersHere>({ at: () => undefined, open: null })

/** The work orders of one conversation: `t` opens one for the chosen finding, the cards show those that there are. */
export function ConversationOrders({ conversation, chosen, children }: { conversation: Conversation; chosen: Found | undefined; children: ReactNode }) {
  const orders = useOrdersOf(conversation.id).data?.items
  const mayOpen = useMayReview()
  const [asked, setAsked] = useState<Found | null>(null)
  const here = useMemo<OrdersHere>(() => ({
    at: (found) => orders?.find((one) => one.rule === found.rule.rule && one.turn === turnOf(found)),
    open: mayOpen ? setAsked : null,
  }), [orders, mayOpen])
  // A verdict without a finding has nothing to answer to.
  const begin = chosen && here.open && chosen.finding.number !== null && !here.at(chosen) ? () => setAsked(chosen) : undefined
  useKeyboard({ t: begin, T: begin })
  return (
    <Here.Provider value={here}>
      {children}
      {asked && (
        <OpenOrderDialog
          choice={{ findings: [{ conversation: conversation.id, rule: asked.rule.rule, turn: turnOf(asked) }] }} count={1} agent={conversation.agent} onClose={() => setAsked(null)}
        />
      )}
    </Here.Provider>
  )
}

/** On a finding's card: the order that there is, or the button that opens one. */
export function OrderMark({ found, isSelected }: { found: Found; isSelected: boolean }) {
  const { t } = useTranslation()
  const { at, open } = useContext(Here)
  const order = at(found)
  if (order) {
    return (
      <Link to={`/orders/${order.number}`} className="order-mark" data-testid="order-mark" data-number={order.number}>
        {t('orders.mark', { number: order.number })} <StateChip order={order} />{order.is_overdue && <span className="late"> {t('orders.late')}</span>}
      </Link>
    )
  }
  if (!isSelected || !open || found.finding.number === null) return null
  return <button type="button" onClick={() => open(found)} data-testid="make-order"><kbd>t</kbd> {t('orders.make')}</button>
}
