import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { DEFAULT_SORT, isFiltered, listAddress, type FilterName } from '../../api/filter'
import type { Facets } from '../../api/types'
import { useFormat } from '../../i18n/format'
import type { ChangeFilter } from './ListPage'
import { ScoreFilter } from './ScoreFilter'
import { TimeFilter } from './TimeFilter'

const VERDICTS = ['hit', 'missed', 'undecided', 'noted', 'met', 'clean'] as const

interface Props {
  filter: URLSearchParams
  facets: Facets | undefined
  change: ChangeFilter
}

export function FilterRow({ filter, facets, change }: Props) {
  const { t } = useTranslation()
  const format = useFormat()

  const rules = useMemo(() => {
    const packs = new Map<string, { value: string; label: string }[]>()
    for (const rule of facets?.rules ?? []) {
      const pack = rule.pack ?? 'none'
      packs.set(pack, [...(packs.get(pack) ?? []), { value: rule.rule, label: format.title(rule.title, rule.rule) }])
    }
    return [...packs].map(([pack, options]) => ({ label: t(`pack.${pack}`, { defaultValue: pack }), options }))
  }, [facets, format, t])

  const names = (values: string[] | undefined) => (values ?? []).map((value) => ({ value, label: value }))
  const one = (name: FilterName, anything: string, options: { value: string; label: string }[], width: number) => (
    <Select
      className="filter" style={{ width }} value={filter.get(name) ?? undefined} placeholder={anything} aria-label={anything}
      data-testid={`filter-${name}`} allowClear showSearch={options.length > 8} optionFilterProp="label" options={options}
      popupMatchSelectWidth={false} onChange={(value?: string) => change({ [name]: value ?? null })}
    />
  )
  const isHighRisk = filter.get('high_risk') === '1'
  const sort = filter.get('sort')
  const cleared = new URLSearchParams(sort && sort !== DEFAULT_SORT ? { sort } : {})
  return (
    <div className="filters" role="group" aria-label={t('list.filters')}>
      <TimeFilter filter={filter} facets={facets} change={change} />
      <Select
        className="filter" style={{ minWidth: 110 }} mode="multiple" maxTagCount={1} placeholder={t('list.any_channel')} allowClear
        aria-label={t('list.any_channel')} data-testid="filter-channel" showSearch={false} popupMatchSelectWidth={false}
        value={filter.get('channel')?.split(',') ?? []} onChange={(values: string[]) => change({ channel: values.join(',') || null })}
        options={(facets?.channels ?? []).map((channel) => ({ value: channel, label: t(`channel.${channel}`, { defaultValue: channel }) }))}
      />
      {one('team', t('list.any_team'), names(facets?.teams), 100)}
      {one('agent', t('list.any_agent'), names(facets?.agents), 96)}
      {(facets?.queues.length ?? 0) > 0 && one('queue', t('list.any_queue'), names(facets?.queues), 96)}
      <ScoreFilter filter={filter} change={change} />
      <Select
        className="filter" style={{ width: 124 }} value={filter.get('rule') ?? undefined} placeholder={t('list.any_rule')} allowClear
        aria-label={t('list.any_rule')} data-testid="filter-rule" showSearch optionFilterProp="label" options={rules}
        popupMatchSelectWidth={300} onChange={(value?: string) => change({ rule: value ?? null })}
      />
      {one('verdict', t('list.any_verdict'), VERDICTS.map((verdict) => ({ value: verdict, label: t(`verdict.${verdict}`) })), 94)}
      <button
        type="button" className={isHighRisk ? 'button on' : 'button'} aria-pressed={isHighRisk} data-testid="filter-high_risk"
        onClick={() => change({ high_risk: isHighRisk ? null : '1' })}
      >
        {t('list.high_risk')}
      </button>
      {one('seen', t('list.any_seen'), [{ value: '0', label: t('list.seen_no') }, { value: '1', label: t('list.seen_yes') }], 104)}
      {isFiltered(filter) && <Link className="link" to={listAddress(cleared)} preventScrollReset data-testid="clear">{t('list.clear')}</Link>}
    </div>
  )
}
