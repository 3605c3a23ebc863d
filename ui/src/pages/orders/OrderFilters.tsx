import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { ORDER_STATES, type OrderCounts } from '../../api/orders'
import { useFacets } from '../../api/queries'
import { useFormat } from '../../i18n/format'
import { withChange } from './ordersFilter'

const MOST_COUNTED = 10_000

/** States with their counts, overdue ones, and by rule, team and agent: all of it in the address. */
export function OrderFilters({ search, counts }: { search: URLSearchParams; counts: OrderCounts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const facets = useFacets()
  const state = search.get('state')
  const isLate = search.get('overdue') === '1'
  const told = (count: number) => (count >= MOST_COUNTED ? `${format.count(count)}+` : format.count(count))
  const active = counts.open + counts.answered + counts.appealed
  const choices: [string | null, string, number][] = [
    [null, t('orders.state.active'), active], ...ORDER_STATES.map((one): [string, string, number] => [one, t(`orders.state.${one}`), counts[one]]),
  ]
  const choose = (name: string, value: string) => navigate(withChange(search, { [name]: value || null }))
  const select = (name: 'rule' | 'team' | 'agent', options: [string, string][]) => (options.length === 0 ? null : (
    <label>
      <span className="unseen">{t(`orders.by.${name}`)}</span>
      <select className="pick" value={search.get(name) ?? ''} onChange={(event) => choose(name, event.target.value)} data-testid={`orders-${name}`}>
        <option value="">{t(`orders.by.${name}`)}</option>
        {options.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
      </select>
    </label>
  ))
  return (
    <div className="order-filters">
      {choices.map(([value, words, count]) => (
        <Link
          key={value ?? 'active'} to={withChange(search, { state: value, overdue: null })} className={state === value && !isLate ? 'chosen on' : 'chosen'}
          aria-current={state === value && !isLate ? 'true' : undefined} data-testid={`state-${value ?? 'active'}`}
        >
          {words} <b>{told(count)}</b>
        </Link>
      ))}
      <Link
        to={withChange(search, { overdue: isLate ? null : '1', state: null })} className={isLate ? 'chosen on' : 'chosen'} aria-current={isLate ? 'true' : undefined}
        data-testid="state-overdue"
      >
        {t('orders.late')} <b className={counts.overdue > 0 ? 'late' : ''}>{told(counts.overdue)}</b>
      </Link>
      <span className="picks">
        {select('rule', (facets.data?.rules ?? []).map((one) => [one.rule, format.title(one.title, one.rule)]))}
        {select('team', (facets.data?.teams ?? []).map((one) => [one, one]))}
        {select('agent', (facets.data?.agents ?? []).map((one) => [one, one]))}
      </span>
    </div>
  )
}
