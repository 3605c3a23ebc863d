import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import type { OrderFinding, Unanswered } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { VerdictChip } from '../../parts/VerdictChip'
import { OpenOrderDialog } from './OpenOrderDialog'
import { useUnanswered } from './orderQueries'
import { withChange } from './ordersFilter'

const DAYS = ['7', '30', '90', '365'] as const
const LONGEST = DAYS[3]
const keyOf = (one: Unanswered) => `${one.conversation.id} ${one.rule} ${one.turn ?? 0}`
const findingOf = (one: Unanswered): OrderFinding => ({ conversation: one.conversation.id, rule: one.rule, turn: one.turn })

/** No finding may stay without an answer: those with neither judgement nor work order, and one click that opens orders for them. */
export function UnansweredList({ search }: { search: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const days = DAYS.find((one) => one === search.get('days')) ?? '30'
  const rule = search.get('rule')
  const parameters = useMemo(() => new URLSearchParams({ days, limit: '200', ...(rule ? { rules: rule } : {}) }), [days, rule])
  const unanswered = useUnanswered(parameters, true)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isOpening, setOpening] = useState(false)
  const { data } = unanswered
  const items = data?.items ?? []
  const picked = items.filter((one) => chosen.has(keyOf(one)))
  const wanted = picked.length > 0 ? picked : items
  if (unanswered.error && !data) return <FailedState error={unanswered.error} onRetry={() => void unanswered.refetch()} />
  const toggle = (key: string) => setChosen((before) => {
    const next = new Set(before)
    if (!next.delete(key)) next.add(key)
    return next
  })
  return (
    <>
      {data && (
        <h1 className="orders-headline" data-testid="unanswered-headline">
          {data.total === 0 ? t('orders.all_answered', { days }) : t('orders.unanswered', { count: data.total, number: `${format.count(data.total)}${data.is_complete ? '' : '+'}` })}
        </h1>
      )}
      <p className="quiet unanswered-why">{t(rule ? 'orders.unanswered_rule' : 'orders.unanswered_why')}</p>
      <Choices search={search} days={days} rule={rule} rules={data?.rules ?? []} />
      {!data && <div aria-busy="true" className="orders-loading"><span className="unseen" role="status">{t('app.loading')}</span><span className="ghost" style={{ height: 120 }} /></div>}
      {data && items.length === 0 && (
        <PageState title={t('orders.nothing_left')} remedy={t('orders.all_answered_remedy')}>
          {days !== LONGEST && <Link className="link" to={withChange(search, { days: LONGEST })} data-testid="look-earlier">{t('orders.look_earlier')}</Link>}
        </PageState>
      )}
      {items.length > 0 && (
        <>
          <div className="bulk">
            <button type="button" className="button strong" onClick={() => setOpening(true)} data-testid="open-all">
              {t(picked.length > 0 ? 'orders.open_chosen' : 'orders.open_shown', { count: wanted.length, number: format.count(wanted.length) })}
            </button>
            {picked.length > 0 && <button type="button" className="link" onClick={() => setChosen(new Set())}>{t('orders.choose_none')}</button>}
            {data && !data.is_complete && <span className="quiet">{t('orders.more_than_shown')}</span>}
          </div>
          <ul className={unanswered.isPlaceholderData ? 'paper unanswered stale' : 'paper unanswered'}>
            {items.map((one) => <Row key={keyOf(one)} one={one} isChosen={chosen.has(keyOf(one))} onToggle={() => toggle(keyOf(one))} />)}
          </ul>
        </>
      )}
      {isOpening && <OpenOrderDialog choice={{ findings: wanted.map(findingOf) }} count={wanted.length} agent={null} onClose={() => setOpening(false)} onOpened={() => setChosen(new Set())} />}
    </>
  )
}

function Choices({ search, days, rule, rules }: { search: URLSearchParams; days: string; rule: string | null; rules: { rule: string; title: { zh: string; en: string }; count: number }[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  return (
    <div className="order-filters">
      <label>
        <span className="unseen">{t('orders.days')}</span>
        <select className="pick" value={days} onChange={(event) => navigate(withChange(search, { days: event.target.value }))} data-testid="unanswered-days">
          {DAYS.map((one) => <option key={one} value={one}>{t('orders.last_days', { count: Number(one) })}</option>)}
        </select>
      </label>
      {rule && <Link className="chosen on" to={withChange(search, { rule: null })} data-testid="all-rules">{t('orders.only_rule', { title: format.title(rules[0]?.title, rule) })} ×</Link>}
      {!rule && rules.filter((one) => one.count > 0).map((one) => (
        <Link key={one.rule} className="chosen" to={withChange(search, { rule: one.rule })}>{format.title(one.title, one.rule)} <b>{format.count(one.count)}</b></Link>
      ))}
    </div>
  )
}

function Row({ one, isChosen, onToggle }: { one: Unanswered; isChosen: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const title = format.title(one.title, one.rule)
  const place = one.turn ? t('time.turn', { turn: one.turn }) : ''
  const address = `${conversationAddress(one.conversation.id, new URLSearchParams())}`
  return (
    <li data-testid="unanswered-row">
      <input type="checkbox" checked={isChosen} onChange={onToggle} aria-label={t('orders.choose', { title, conversation: one.conversation.title })} />
      <span className="what"><VerdictChip verdict={one.verdict} /> <b>{title}</b> <span className="faint">{place}</span></span>
      <Link to={address} className="where">{one.conversation.title} {one.conversation.started_ms !== null && <span className="faint">{format.dayTime(one.conversation.started_ms)}</span>}</Link>
      <span className="who">{one.agent ?? t('app.dash')} {one.team && <span className="quiet">{one.team}</span>}</span>
    </li>
  )
}
