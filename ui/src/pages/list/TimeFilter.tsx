import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { Facets } from '../../api/types'
import type { ChangeFilter } from './ListPage'

/** Whole days in the reader's zone. In the address `to` is exclusive: the midnight after the last day. */
export function TimeFilter({ filter, facets, change }: {
  filter: URLSearchParams; facets: Facets | undefined; change: ChangeFilter
}) {
  const { t } = useTranslation()
  const from = filter.get('from')
  const to = filter.get('to')
  const today = dayjs().startOf('day')
  const newest = facets?.to_ms ? dayjs(facets.to_ms) : today
  return (
    <DatePicker.RangePicker
      className="filter time" allowEmpty={[true, true]} placeholder={[t('list.any_time'), t('list.to')]} aria-label={t('list.any_time')}
      data-testid="filter-time" suffixIcon={null} separator="–"
      value={[from ? dayjs(Number(from)) : null, to ? dayjs(Number(to)).subtract(1, 'ms') : null]}
      defaultPickerValue={[newest.subtract(1, 'month'), newest]}
      presets={[
        { label: t('list.today'), value: [today, today] },
        { label: t('list.yesterday'), value: [today.subtract(1, 'day'), today.subtract(1, 'day')] },
        { label: t('list.last_7'), value: [today.subtract(6, 'day'), today] },
        { label: t('list.last_30'), value: [today.subtract(29, 'day'), today] },
      ]}
      onChange={(range) => change({
        from: range?.[0] ? String(range[0].startOf('day').valueOf()) : null,
        to: range?.[1] ? String(range[1].startOf('day').add(1, 'day').valueOf()) : null,
      })}
    />
  )
}
