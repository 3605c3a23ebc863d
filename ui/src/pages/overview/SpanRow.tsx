import { DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { FIGURE_FILTERS, type FigureFilter } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { DEFAULT_SPAN, SPANS } from './span'
import type { Overview } from './useOverview'

/** Which days, and whose. */
export function SpanRow({ overview: { search, facets, span, change } }: { overview: Overview }) {
  const { t } = useTranslation()
  const format = useFormat()
  const newest = facets?.to_ms ? dayjs(facets.to_ms) : dayjs()
  const isOwn = span?.name === 'own'
  const from = isOwn && span.from !== null ? dayjs(span.from) : null
  const last = isOwn && span.to !== null ? dayjs(span.to).subtract(1, 'ms') : null
  const isMonth = from !== null && last !== null && from.date() === 1 && last.isSame(from.endOf('month'), 'day')
  const days = (begin: dayjs.Dayjs | null, end: dayjs.Dayjs | null) => change({
    span: null, from: begin ? String(begin.startOf('day').valueOf()) : null, to: end ? String(end.startOf('day').add(1, 'day').valueOf()) : null,
  })
  const options = (name: FigureFilter) => {
    const known = { team: facets?.teams, agent: facets?.agents, queue: facets?.queues, channel: facets?.channels }[name] ?? []
    return known.map((value) => ({ value, label: name === 'channel' ? t(`channel.${value}`, { defaultValue: value }) : value }))
  }
  return (
    <>
      <div className="filters spans" role="group" aria-label={t('list.filters')}>
        <span className="choice" role="group" aria-label={t('overview.days')}>
          {SPANS.map((name) => (
            <button
              key={name} type="button" className={span?.name === name ? 'button on' : 'button'} aria-pressed={span?.name === name} data-testid={`span-${name}`}
              onClick={() => change({ span: name === DEFAULT_SPAN ? null : name, from: null, to: null })}
            >
              {t(`overview.span.${name}`)}
            </button>
          ))}
        </span>
        <DatePicker
          picker="month" className="filter month" value={isMonth ? from : null} placeholder={t('overview.month')} aria-label={t('overview.month')} data-testid="span-month"
          suffixIcon={null} allowClear={false} inputReadOnly defaultPickerValue={newest} format={format.language === 'zh' ? 'YYYY年M月' : 'MMM YYYY'}
          onChange={(month: dayjs.Dayjs | null) => month && days(month.startOf('month'), month.endOf('month'))}
        />
        <DatePicker.RangePicker
          className="filter time" placeholder={[t('overview.own'), t('list.to')]} aria-label={t('overview.own')} data-testid="span-own" suffixIcon={null} separator="–"
          value={isOwn && !isMonth ? [from, last] : null} allowEmpty={[true, true]} defaultPickerValue={[newest.subtract(1, 'month'), newest]}
          onChange={(range) => days(range?.[0] ?? null, range?.[1] ?? null)}
        />
        {FIGURE_FILTERS.map((name) => (options(name).length > 1 || search.has(name)) && (
          <Select
            key={name} className="filter" style={{ width: name === 'team' ? 108 : 100 }} value={search.get(name) ?? undefined} placeholder={t(`list.any_${name}`)}
            aria-label={t(`list.any_${name}`)} data-testid={`filter-${name}`} allowClear showSearch={options(name).length > 8} optionFilterProp="label"
            options={options(name)} popupMatchSelectWidth={false} onChange={(value?: string) => change({ [name]: value ?? null })}
          />
        ))}
      </div>
      <p className="span-words quiet" data-testid="span-words">
        {span === null ? '\u00a0' : span.from === null && span.to === null
          ? t('overview.all_days')
          : `${span.from === null ? '' : format.day(span.from)} – ${span.to === null ? '' : format.day(span.to - 1)}`}
        {span?.isMoved && <> · {t('overview.moved')}</>}
      </p>
    </>
  )
}
