import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { TREND_STEPS, type Measure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { useFigures, useTrend } from './figureQueries'
import { countedWith } from './figureFilter'
import { isCatalogued, isJudged } from './measureOrder'
import { aimed } from './measureWords'
import { OverviewFrame } from './OverviewFrame'
import { TrendChart } from './TrendChart'
import { TrendTable } from './TrendTable'
import { useOverview } from './useOverview'
import './trend.css'

export type Scale = 'share' | 'score' | 'count'

/** One measure over time, with its target. */
export function TrendPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const overview = useOverview()
  const figures = useFigures(overview.asked)
  const measures = figures.data?.measures ?? []
  const id = overview.search.get('measure') ?? measures.find((one) => isCatalogued(one) && isJudged(one))?.id ?? 'conversations'
  const by = TREND_STEPS.find((one) => one === overview.search.get('by')) ?? overview.step
  const measure = measures.find((one) => one.id === id)
  const isKnown = overview.search.has('measure') || figures.data !== undefined
  const trend = useTrend(isKnown ? overview.asked : null, id, by)
  const points = trend.data?.points
  const titleOf = (one: Measure) => ({ value: one.id, label: format.title(one.title, one.id) })
  const scale: Scale = id === 'conversations' ? 'count' : measure?.unit === 'points' ? 'score' : 'share'
  const counted = overview.asked && trend.data ? countedWith(overview.asked, trend.data) : overview.asked
  const title = measure ? format.title(measure.title, measure.id) : id === 'conversations' ? t('overview.conversations') : id
  const told = points?.some((point) => point.value !== null)
  return (
    <OverviewFrame page="trend" overview={overview}>
      <div className="trend-head">
        <Select
          className="measure-choice" value={id} onChange={(value) => overview.change({ measure: value })} showSearch optionFilterProp="label" aria-label={t('overview.measure')} data-testid="trend-measure"
          popupMatchSelectWidth={320}
          options={[
            { label: t('overview.measures'), options: [{ value: 'conversations', label: t('overview.conversations') }, ...measures.filter(isCatalogued).map(titleOf)] },
            { label: t('overview.rules'), options: measures.filter((one) => !isCatalogued(one)).map(titleOf) },
          ]}
        />
        <span className="choice" role="group" aria-label={t('overview.step')}>
          {TREND_STEPS.map((one) => (
            <button key={one} type="button" className={one === by ? 'button on' : 'button'} aria-pressed={one === by} onClick={() => overview.change({ by: one })} data-testid={`by-${one}`}>{t(`overview.by_${one}`)}</button>
          ))}
        </span>
      </div>
      <section className="trend paper" aria-labelledby="trend-title" aria-busy={trend.isFetching}>
        <header>
          <h2 id="trend-title">{title}</h2>
          {measure && <span className="quiet">{format.title(measure.formula, '')}</span>}
          {measure?.target != null && <span className="target-key"><span aria-hidden="true" />{t('overview.target')} {measure.direction === 'up' ? '≥' : '≤'} {aimed(measure, measure.target, format)}</span>}
        </header>
        {trend.error && !points && <FailedState error={trend.error} onRetry={() => void trend.refetch()} />}
        {!points && !trend.error && <div className="ghosts" aria-busy="true"><span className="ghost" style={{ height: 240 }} /></div>}
        {points && !told && <PageState title={t('overview.trend_none')} remedy={t('overview.none_remedy')} />}
        {points && told && (
          <>
            <TrendChart points={points} scale={scale} by={by} title={title} target={measure?.target ?? null} measure={measure} counted={counted!} />
            <TrendTable points={points} scale={scale} by={by} measure={measure} counted={counted!} />
          </>
        )}
      </section>
    </OverviewFrame>
  )
}
