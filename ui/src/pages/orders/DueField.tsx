import { useTranslation } from 'react-i18next'
import { fieldDay } from './due'

export function DueField({ value, hint, onChange }: { value: string; hint: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  return (
    <label>
      {t('orders.column.due')}
      <span className="with-hint">
        <input type="date" value={value} min={fieldDay(Date.now())} onChange={(event) => onChange(event.target.value)} data-testid="order-due" />
        {!value && <span className="quiet">{hint}</span>}
      </span>
    </label>
  )
}
