import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { ParameterName } from '../../api/filter'
import type { Figures, TrendStep } from '../../api/figures'
import { SCORE_NAMES } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'
import { ChangeWord } from './ChangeWord'
import { countedWith, listOf } from './figureFilter'
import { useTrend } from './figureQueries'
import { aimed } from './measureWords'
import { SparkLine } from './SparkLine'

/** Its measure is a share, which goes as the number does. */
const HIGH_RISK = 'high-risk'

/** The first numbers: how many, three scores, high risk; against the days before, and as they went. Each opens its conversations. */
export function NumberStrip({ figures, asked, step }: { figures: Figures | undefined; asked: URLSearchParams | null; step: TrendStep }) {
  const { t } = useTranslation()
  const format = useFormat()
  const before = figures?.before ?? null
  const counted = asked && figures ? countedWith(asked, figures) : asked ?? new URLSearchParams()
  const measureOf = (name: string) => (name === 'high_risk' ? HIGH_RISK : name)
  const targetOf = (name: string) => figures?.measures.find((one) => one.id === measureOf(name))?.target ?? null
  /** What it is, how it is counted, and of how many. */
  const says = (name: string) => {
    const measure = figures?.measures.find((one) => one.id === measureOf(name))
    if (!measure) return t('overview.conversations_are')
    const score = SCORE_NAMES.find((one) => one === name)
    return (
      <>
        {score && <b>{t(`terms.${score}.means`)}</b>}
        <span>{format.title(measure.formula, '')}</span>
        <span>{score ? t('overview.scored_of', { scored: format.count(figures?.scores[score].count ?? 0), total: format.count(figures?.conversations ?? 0) }) : t('overview.of', { of: format.count(figures?.high_risk ?? 0), among: format.count(figures?.conversations ?? 0) })}</span>
        {measure.target !== null && <span>{t('overview.target')} {measure.direction === 'up' ? '≥' : '≤'} {aimed(measure, measure.target, format)}</span>}
      </>
    )
  }
  const number = (name: string, label: string, value: ReactNode, below: ReactNode, to: Partial<Record<ParameterName, string | null>>, hint: string) => (
    <div key={name} className="figure">
      <Explained className="label" says={says(name)}>{label}</Explained>
      <Link to={listOf(counted, to)} title={hint} data-testid={`number-${name}`}>
        <b>{figures ? value : <span className="ghost" style={{ width: 64, height: 24, marginTop: 6 }} />}</b>
        <span className="below">{figures ? below : '\u00a0'}</span>
        <NumberTrend asked={figures && figures.conversations > 0 ? asked : null} measure={measureOf(name)} step={step} target={targetOf(name)} />
        <span className="unseen">{label} {hint}</span>
      </Link>
    </div>
  )
  const share = (one: { high_risk: number; conversations: number }) => (one.conversations > 0 ? one.high_risk / one.conversations : null)
  const riskShare = figures ? share(figures) : null
  const riskBefore = before ? share(before) : null
  return (
    <section className="figures paper" aria-label={t('list.figures')} aria-busy={!figures}>
      {number(
        'conversations', t('overview.conversations'), format.count(figures?.conversations ?? 0),
        before && before.conversations > 0 ? t('overview.before', { value: format.count(before.conversations) }) : t('overview.scored', { count: figures?.scored ?? 0, scored: format.count(figures?.scored ?? 0) }),
        {}, t('overview.open_all'),
      )}
      {SCORE_NAMES.map((name) => {
        const mean = figures?.scores[name].mean ?? null
        const meanBefore = before?.scores[name].mean ?? null
        return number(
          name, t(`list.figure_${name}`), mean === null ? t('app.dash') : format.mean(mean),
          <>
            {mean !== null && meanBefore !== null && <ChangeWord by={mean - meanBefore} isBetterUp={name !== 'risk'} />}
            {' '}{t('overview.scored', { count: figures?.scores[name].count ?? 0, scored: format.count(figures?.scores[name].count ?? 0) })}
          </>,
          { sort: name === 'risk' ? '-risk' : name }, name === 'risk' ? t('list.open_highest') : t('list.open_lowest'),
        )
      })}
      {number(
        'high_risk', t('list.figure_high_risk'),
        <span className={figures && figures.high_risk > 0 ? 'tone-bad' : ''}>{format.count(figures?.high_risk ?? 0)}</span>,
        <>
          {riskShare !== null && riskBefore !== null && <ChangeWord by={(riskShare - riskBefore) * 100} isBetterUp={false} unit={t('overview.points')} />}
          {' '}{riskShare !== null && t('list.share', { percent: format.percent(riskShare) })}
        </>,
        { high_risk: '1', sort: '-risk' }, t('list.open_high_risk'),
      )}
    </section>
  )
}

function NumberTrend({ asked, measure, step, target }: { asked: URLSearchParams | null; measure: string; step: TrendStep; target: number | null }) {
  const trend = useTrend(asked, measure, step)
  return <SparkLine points={trend.data?.points} height={26} target={target} />
}
