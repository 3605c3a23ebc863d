import { useTranslation } from 'react-i18next'
import type { OrderStep, WholeOrder } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { countsText } from './RecheckPanel'
import { personName } from './orderWords'

/** All that was done, oldest first: who, when, in which words. */
export function OrderSteps({ order }: { order: WholeOrder }) {
  const { t } = useTranslation()
  return (
    <section className="paper order-steps" aria-labelledby="steps-title">
      <h2 id="steps-title">{t('orders.steps')}</h2>
      <ol>{order.steps.map((step) => <Step key={step.number} step={step} />)}</ol>
    </section>
  )
}

function Step({ step }: { step: OrderStep }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { detail } = step
  const says = [
    detail.assignee && t('orders.detail.assignee', { name: detail.assignee.name || t('orders.nobody') }),
    detail.due_ms !== undefined && t('orders.detail.due', { day: format.day(detail.due_ms) }),
    detail.since_answer && detail.since_found && countsText(detail.since_answer, detail.since_found, t),
    detail.is_judged !== undefined && t(detail.is_judged ? 'orders.detail.judged' : 'orders.detail.not_judged'),
  ].filter(Boolean)
  return (
    <li data-testid="order-step" data-kind={step.kind}>
      <p><b>{personName(step.by, t)}</b> {t(`orders.step.${step.kind}`)} <time className="faint" dateTime={new Date(step.at_ms).toISOString()}>{format.dayTime(step.at_ms)}</time></p>
      {step.text && <p className="said">{step.text}</p>}
      {says.length > 0 && <p className="quiet">{says.join(t('app.separator'))}</p>}
    </li>
  )
}
