import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OrderAct, OrderWords, WholeOrder } from '../../api/orders'
import { useAccount } from '../../api/account'
import { ErrorLine } from '../../parts/PageState'
import { AssigneeField } from './AssigneeField'
import { ConflictNote } from './ConflictNote'
import { DueField } from './DueField'
import { endOfDay } from './due'
import { useKeptWords } from './keptWords'
import { orderOf, useStep } from './orderQueries'
import { RecheckCounts } from './RecheckPanel'
import { useModal } from './useModal'

const MAY_BE_SILENT: ReadonlySet<OrderAct> = new Set<OrderAct>(['recheck', 'close', 'assign'])
const HAS_DUE: ReadonlySet<OrderAct> = new Set<OrderAct>(['reopen', 'assign'])

/** Words for a step. Where somebody else was faster both states are shown; what was typed stays. */
export function ActDialog({ order, act, onClose }: { order: WholeOrder; act: OrderAct; onClose: () => void }) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const hasAccounts = useAccount().account?.has_accounts ?? false
  const [text, setText, forget] = useKeptWords(`${order.number} ${act}`)
  const [assignee, setAssignee] = useState('')
  const [due, setDue] = useState('')
  const [seen, setSeen] = useState(order)
  const step = useStep(order, () => {
    forget()
    onClose()
  })
  useModal(dialog)
  const now = orderOf(step.error)
  const isReady = MAY_BE_SILENT.has(act) ? act !== 'assign' || assignee !== '' || due !== '' : text.trim() !== ''
  const send = () => {
    const words: OrderWords = { text: text.trim() }
    if (assignee) Object.assign(words, hasAccounts ? { assignee: Number(assignee) } : { assignee_name: assignee })
    if (due) words.due_ms = endOfDay(due)
    step.mutate({ act, changes: seen.changes, words })
  }
  return (
    <dialog
      ref={dialog} className="confirm order-dialog" aria-label={t(`orders.act.${act}`)} data-testid="act-dialog" data-act={act}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2>{t(`orders.act.${act}`)} · #{order.number}</h2>
      <p className="says">{t(`orders.act_says.${act}`)}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) send()
        }}
      >
        {act === 'recheck' && <RecheckCounts recheck={order.recheck} hasAnswer={order.answered_ms !== null} />}
        {act === 'assign' && <AssigneeField value={assignee} agent={order.agent} hasAccounts={hasAccounts} isRequired onChange={setAssignee} />}
        {HAS_DUE.has(act) && <DueField value={due} hint={t(act === 'assign' ? 'orders.as_it_is' : 'orders.due_usual')} onChange={setDue} />}
        <label>
          {t(MAY_BE_SILENT.has(act) ? 'orders.words_optional' : 'orders.words')}
          <textarea
            value={text} rows={5} maxLength={1300} onChange={(event) => setText(event.target.value)} data-testid="act-text"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && isReady) send()
            }}
          />
        </label>
        {now && (
          <ConflictNote
            now={now} act={act} onAgain={() => {
              setSeen(now)
              step.reset()
            }}
          />
        )}
        {step.error && !now && <ErrorLine error={step.error} />}
        <div className="acts">
          <button type="button" className="button" onClick={onClose}>{t('orders.cancel')}</button>
          <button type="submit" className="button strong" disabled={!isReady || step.isPending || now !== null} data-testid="act-send">{step.isPending ? t('app.wait') : t(`orders.act.${act}`)}</button>
        </div>
      </form>
    </dialog>
  )
}
