import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { ApiError } from '../../api/client'
import type { Order, OrderChoice, OrderPlan } from '../../api/orders'
import { useAccount } from '../../api/account'
import { ErrorLine } from '../../parts/PageState'
import { AssigneeField } from './AssigneeField'
import { DueField } from './DueField'
import { endOfDay } from './due'
import { useKeptWords } from './keptWords'
import { useOpenOrders } from './orderQueries'
import { useModal } from './useModal'
import './orders.css'

/** Findings become work orders: to whom, by when, what to do. Without a choice: the conversation's agent, three working days. */
export function OpenOrderDialog({ choice, count, agent, onClose, onOpened }: {
  choice: OrderChoice; count: number; agent: string | null; onClose: () => void; onOpened?: (orders: Order[]) => void
}) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const hasAccounts = useAccount().account?.has_accounts ?? false
  const [assignee, setAssignee] = useState('')
  const [due, setDue] = useState('')
  const [note, setNote, forget] = useKeptWords(JSON.stringify(choice))
  const open = useOpenOrders(({ opened }) => {
    forget()
    onOpened?.(opened)
  })
  useModal(dialog)
  const title = 'conversations' in choice ? t('orders.open_conversations', { count }) : count === 1 ? t('orders.open_single') : t('orders.open_title', { count })
  const existing = open.error instanceof ApiError && open.error.status === 409 ? (open.error.body as { order?: Order } | null)?.order : undefined
  const send = () => {
    const plan: OrderPlan = { note }
    if (assignee) Object.assign(plan, hasAccounts ? { assignee: Number(assignee) } : { assignee_name: assignee })
    if (due) plan.due_ms = endOfDay(due)
    open.mutate({ choice, plan })
  }
  return (
    <dialog
      ref={dialog} className="confirm order-dialog" aria-label={title} data-testid="open-order"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2>{title}</h2>
      {open.data
        ? <Done opened={open.data.opened} existing={open.data.existing} isCut={open.data.is_cut} onClose={onClose} />
        : (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              send()
            }}
          >
            {'conversations' in choice && !choice.rule && <p className="says">{t('orders.open_each')}</p>}
            <AssigneeField value={assignee} agent={agent} hasAccounts={hasAccounts} onChange={setAssignee} />
            <DueField value={due} hint={t('orders.due_usual')} onChange={setDue} />
            <label>
              {t('orders.note')}
              <textarea value={note} rows={3} maxLength={1300} placeholder={t('orders.note_hint')} onChange={(event) => setNote(event.target.value)} data-testid="order-note" />
            </label>
            {existing && <p className="error-line" role="alert">{t('orders.exists')} <Link className="link" to={`/orders/${existing.number}`}>#{existing.number}</Link></p>}
            {open.error && !existing && <ErrorLine error={open.error} />}
            <div className="acts">
              <button type="button" className="button" onClick={onClose}>{t('orders.cancel')}</button>
              <button type="submit" className="button strong" disabled={open.isPending} data-testid="order-send">{open.isPending ? t('app.wait') : t('orders.open_do')}</button>
            </div>
          </form>
        )}
    </dialog>
  )
}

function Done({ opened, existing, isCut, onClose }: { opened: Order[]; existing: Order[]; isCut: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const first = opened[0] ?? existing[0]
  return (
    <div role="status" data-testid="order-opened">
      <p className="says">{t('orders.opened', { count: opened.length })}{existing.length > 0 && ` ${t('orders.existing', { count: existing.length })}`}{isCut && ` ${t('orders.cut')}`}</p>
      <div className="acts">
        {first && <Link className="button" to={opened.length + existing.length === 1 ? `/orders/${first.number}` : '/orders?tab=all'}>{t('orders.look')}</Link>}
        <button type="button" className="button strong" autoFocus onClick={onClose} data-testid="order-done">{t('app.close')}</button>
      </div>
    </div>
  )
}
