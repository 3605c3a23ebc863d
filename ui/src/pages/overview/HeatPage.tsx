import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { HEAT_GROUPS, type HeatGroup } from '../../api/figures'
import { FailedState, PageState } from '../../parts/PageState'
import { useFormat } from '../../i18n/format'
import { countedWith } from './figureFilter'
import { useHeat } from './figureQueries'
import { HeatOne } from './HeatOne'
import { HeatTable } from './HeatTable'
import { FigureNotes, OverviewFrame } from './OverviewFrame'
import { useOverview } from './useOverview'
import './heat.css'

export type HeatShown = 'share' | 'count'

/** Who misses what: people, teams or queues against rules, the worst of both first. */
export function HeatPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const overview = useOverview()
  const by: HeatGroup = HEAT_GROUPS.find((one) => one === overview.search.get('by')) ?? 'agent'
  const heat = useHeat(overview.asked, by)
  const [shown, setShown] = useState<HeatShown>('share')
  const data = heat.data
  const counted = useMemo(() => overview.asked && data ? countedWith(overview.asked, data) : null, [overview.asked, data])
  return (
    <OverviewFrame page="heat" overview={overview}>
      <div className="heat-head">
        <span className="choice" role="group" aria-label={t('overview.rows')}>
          {HEAT_GROUPS.map((one) => (
            <button key={one} type="button" className={one === by ? 'button on' : 'button'} aria-pressed={one === by} data-testid={`by-${one}`} onClick={() => overview.change({ by: one === 'agent' ? null : one, one: null })}>
              {t(`overview.by.${one}`)}
            </button>
          ))}
        </span>
        <span className="choice" role="group" aria-label={t('overview.cells')}>
          {(['share', 'count'] as const).map((one) => (
            <button key={one} type="button" className={one === shown ? 'button on' : 'button'} aria-pressed={one === shown} onClick={() => setShown(one)} data-testid={`show-${one}`}>{t(`overview.cell_${one}`)}</button>
          ))}
        </span>
        <HeatLegend />
      </div>
      {data?.is_settled === false && <FigureNotes isSettled={false} />}
      {heat.error && !data && <FailedState error={heat.error} onRetry={() => void heat.refetch()} />}
      {heat.isPending && !heat.error && <div className="paper ghosts" aria-busy="true">{[92, 84, 96, 78, 88, 70].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
      {data && data.rows.length === 0 && <PageState title={t('overview.heat_none', { by: t(`overview.by.${by}`) })} remedy={t('overview.none_remedy')} />}
      {data && data.rows.length > 0 && counted && (
        <div className={heat.isPlaceholderData ? 'stale' : ''} aria-busy={heat.isFetching}>
          <HeatTable heat={data} by={by} counted={counted} shown={shown} />
          <HeatOne heat={data} by={by} counted={counted} chosen={overview.search.get('one')} choose={(name) => overview.change({ one: name })} />
          {data.left_out > 0 && <p className="quiet heat-rest">{t('overview.rows_left', { count: data.left_out, number: format.count(data.left_out) })}</p>}
        </div>
      )}
    </OverviewFrame>
  )
}

function HeatLegend() {
  const { t } = useTranslation()
  return (
    <p className="heat-legend quiet">
      <span>
        {t('overview.legend_less')}
        {[0, 1, 2, 3, 4, 5].map((step) => <span key={step} className={`swatch heat-${step}`} aria-hidden="true" />)}
        {t('overview.legend_more')}
      </span>
      <span>{t('overview.legend_few')}</span>
      <span><span className="swatch heat-open" aria-hidden="true" />{t('overview.legend_undecided')}</span>
      <span><span className="swatch heat-empty" aria-hidden="true">·</span>{t('overview.legend_empty')}</span>
    </p>
  )
}
