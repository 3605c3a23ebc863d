import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import type { Recheck, RecheckCount, WholeOrder } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { VerdictChip } from '../../parts/VerdictChip'

const NO_FILTER = new URLSearchParams()

export function countsText(answer: RecheckCount, found: RecheckCount, t: TFunction): string {
  const one = (counts: RecheckCount) => t('orders.recheck.counts', { met: counts.met, missed: counts.missed })
  return `${t('orders.recheck.since_answer')} ${one(answer)}${t('app.separator')}${t('orders.recheck.since_found')} ${one(found)}`
}

/** What became of the rule: the same agent's later conversations in which it was due. Closing rests on it. */
export function RecheckPanel({ order }: { order: WholeOrder }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { recheck } = order
  return (
    <section className="paper order-recheck" aria-labelledby="recheck-title">
      <h2 id="recheck-title">{t('orders.recheck.title')}</h2>
      <p className="quiet">{t('orders.recheck.why', { agent: order.agent ?? '' })}</p>
      <RecheckCounts recheck={recheck} hasAnswer={order.answered_ms !== null} />
      <ul>
        {recheck.items.map((one) => (
          <li key={one.id} data-testid="recheck-item">
            <VerdictChip verdict={one.verdict} />
            {order.sees_conversation ? <Link to={conversationAddress(one.id, NO_FILTER)}>{one.title}</Link> : <span>{one.title}</span>}
            <span className="faint">{format.dayTime(one.started_ms)}</span>
          </li>
        ))}
      </ul>
      {recheck.items.length === 0 && <p className="quiet">{t('orders.recheck.none')}</p>}
    </section>
  )
}

export function RecheckCounts({ recheck, hasAnswer }: { recheck: Recheck; hasAnswer: boolean }) {
  const { t } = useTranslation()
  const line = (name: string, counts: RecheckCount) => (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{counts.met}</td><td className="number">{counts.missed}</td><td className="number">{counts.undecided}</td>
    </tr>
  )
  return (
    <>
      <table className="recheck-counts" data-testid="recheck-counts">
        <thead><tr><td /><th scope="col">{t('verdict.met')}</th><th scope="col">{t('orders.recheck.missed')}</th><th scope="col">{t('verdict.undecided')}</th></tr></thead>
        <tbody>
          {hasAnswer && line(t('orders.recheck.since_answer'), recheck.since_answer)}
          {line(t('orders.recheck.since_found'), recheck.since_found)}
        </tbody>
      </table>
      {recheck.stale > 0 && <p className="quiet">{t('orders.recheck.stale', { count: recheck.stale })}</p>}
      {!recheck.is_complete && <p className="quiet">{t('orders.recheck.cut')}</p>}
    </>
  )
}
