import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Figures, Measure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { causeName, causesOf, changeList, movedTitle } from './changeCauses'
import { countedWith, listOf } from './figureFilter'
import { useChanges } from './figureQueries'
import { isCatalogued } from './measureOrder'
import { aimed, measured } from './measureWords'
import { NOON_MS } from './trendWords'

const CAUSES = 3
/** Of fewer a share says too little to be named first. */
const FEW = 5

/** How far a measure is from its target, in points; what has none is never far. */
function farness(measure: Measure): number {
  if (measure.value === null || measure.target === null || measure.is_reached !== false) return 0
  return Math.abs(measure.value - measure.target) * (measure.unit === 'points' ? 1 : 100)
}

/** The first line says what matters: how many, how many at high risk, what moved most yesterday and why, and what is furthest from its target. */
export function OverviewHeadline({ figures, asked }: { figures: Figures | undefined; asked: URLSearchParams | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const changes = useChanges(asked)
  if (!figures || !asked) {
    return <header className="headline" aria-busy="true"><span className="ghost" style={{ width: 340, height: 24 }} /><span className="ghost" style={{ width: 460, height: 16, marginTop: 8 }} /></header>
  }
  const missed = figures.measures.filter((measure) => measure.is_reached === false && (measure.unit === 'points' || measure.met + measure.missed >= FEW))
  // The catalogue is what somebody chose to look at; single rules only where it says nothing.
  const chosen = missed.some(isCatalogued) ? missed.filter(isCatalogued) : missed
  const furthest = chosen.sort((a, b) => farness(b) - farness(a)).slice(0, CAUSES)
  const moved = changes.data?.measures.find((one) => one.change !== null && one.is_beyond_chance)
  const causes = moved ? causesOf(moved) : []
  const cause = causes.find((one) => one.kind !== 'rule') ?? causes[0]
  const hundred = moved?.unit === 'points' ? 1 : 100
  const day = new URLSearchParams(asked)
  if (changes.data?.day) {
    day.set('from', String(changes.data.day.from_ms))
    day.set('to', String(changes.data.day.to_ms))
  }
  const sentence = { total: format.count(figures.conversations), count: figures.conversations }
  return (
    <header className="headline" data-testid="headline" aria-live="polite">
      <h1>
        {t('overview.headline', sentence)}
        {figures.high_risk > 0
          ? <Link to={listOf(countedWith(asked, figures), { high_risk: '1', sort: '-risk' })} className="tone-bad">{t('list.headline_risk', { count: figures.high_risk })}</Link>
          : t('list.headline_calm')}
      </h1>
      {figures.conversations > 0 && (
        <p className="causes">
          {moved && (
            <span data-testid="headline-change">
              {t(`changes.headline_${moved.change! > 0 ? 'up' : 'down'}_${moved.unit}`, { day: format.day(changes.data!.day!.from_ms + NOON_MS), title: movedTitle(moved, t, format), by: format.mean(Math.abs(moved.change!) * hundred), value: measured(moved, moved.value!, format) })}
              {cause && <Link className="link" to={listOf(day, changeList(moved, cause))}>{t('changes.headline_from', { name: causeName(cause, t, format) })}</Link>}
            </span>
          )}
          {furthest.length > 0
            ? (
              <span>
                {t('overview.furthest')}
                {furthest.map((measure, index) => (
                  <Fragment key={measure.id}>
                    {index > 0 && t('app.separator')}
                    <a className="link" href={`#measure-${measure.id}`}>{t('overview.far', { title: format.title(measure.title, measure.id), share: measured(measure, measure.value!, format), target: aimed(measure, measure.target!, format) })}</a>
                  </Fragment>
                ))}
              </span>
            )
            : <span>{figures.measures.some((measure) => measure.target !== null) ? t('overview.all_reached') : t('overview.no_targets')}</span>}
        </p>
      )}
    </header>
  )
}
