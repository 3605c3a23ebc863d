import { useTranslation } from 'react-i18next'
import { useAssignees } from './orderQueries'

/** With accounts one is chosen; without, a name is written. Empty: the conversation's agent. */
export function AssigneeField({ value, agent, hasAccounts, isRequired = false, onChange }: {
  value: string; agent: string | null; hasAccounts: boolean; isRequired?: boolean; onChange: (value: string) => void
}) {
  const { t } = useTranslation()
  const known = useAssignees(hasAccounts).data?.people
  const people = known ?? []
  /** Nobody else would see that it waits. */
  const isByName = known !== undefined && value === '' && !isRequired && (agent === null || !people.some((one) => one.agent === agent))
  const usual = isRequired ? t('orders.as_it_is') : agent ? t('orders.to_agent', { agent }) : t('orders.to_agents')
  return (
    <label>
      {t('orders.column.assignee')}
      {hasAccounts
        ? (
          <select className="pick" value={value} onChange={(event) => onChange(event.target.value)} data-testid="order-assignee">
            <option value="">{usual}</option>
            {people.map((one) => <option key={one.account} value={one.account}>{one.name} · {t(`orders.role.${one.role}`)}</option>)}
          </select>
        )
        : <input type="text" value={value} maxLength={60} placeholder={usual} onChange={(event) => onChange(event.target.value)} data-testid="order-assignee" />}
      {isByName && <span className="quiet" data-testid="order-by-name">{agent ? t('orders.by_name', { agent }) : t('orders.by_name_some')}</span>}
    </label>
  )
}
