import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { HEAT_GROUPS, type HeatGroup, type Ranking, type Standing } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { Explained } from '../../parts/Explained'
import { countedWith, listOf } from './figureFilter'
import { useRanking } from './figureQueries'

interface Props { asked: URLSearchParams | null; by: HeatGroup; choose: (by: HeatGroup) => void }

/** Who misses more than all do, and who less, beyond chance and with enough conversations. */
export function StandingList({ asked, by, choose }: Props) {
  const { t } = useTranslation()
  const ranking = useRanking(asked, by)
  const { data } = ranking
  return (
    <section className="standings paper" aria-labelledby="standings-title" aria-busy={ranking.isFetching} data-testid="standings">
      <header>
        <h2 id="standings-title"><Explained says={t('ranking.means', { least: data?.least ?? 20 })}>{t('ranking.title')}</Explained></h2>
        <span className="choice" role="group" aria-label={t('overview.rows')}>
          {HEAT_GROUPS.map((one) => <button key={one} type="button" className={one === by ? 'button on' : 'button'} aria-pressed={one === by} onClick={() => choose(one)} data-testid={`rank-${one}`}>{t(`overview.by.${one}`)}</button>)}
        </span>
      </header>
      {ranking.error && !data && <ErrorLine error={ranking.error} onRetry={() => void ranking.refetch()} />}
      {!data && !ranking.error && <div className="ghosts">{[90, 72, 80, 66].map((width) => <span key={width} className="ghost" style={{ width: `${width}%`, height: 13 }} />)}</div>}
      {data && <Rows ranking={data} by={by} asked={asked!} />}
    </section>
  )
}

function Rows({ ranking, by, asked }: { ranking: Ranking; by: HeatGroup; asked: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const counted = countedWith(asked, ranking)
  const most = Math.max(0.01, (ranking.share ?? 0) * 1.05, ...[...ranking.worst, ...ranking.best].map((one) => one.high))
  const rows = (list: Standing[], tone: 'worse' | 'better') => list.map((one) => (
    <li key={one.name} className={tone} data-testid={`standing-${tone}`}>
      <Link className="name" to={listOf(counted, { [by]: one.name, ...(tone === 'worse' ? { verdict: 'missed' } : {}) })}>{one.name}</Link>
      <Explained className="share" says={t('ranking.says', { missed: format.count(one.missed), all: format.count(one.met + one.missed), low: format.share(one.low), high: format.share(one.high), mean: format.share(ranking.share ?? 0), count: one.conversations })}>{format.share(one.share)}</Explained>
      <span className="interval" aria-hidden="true">
        <span className="all" style={{ left: `${(ranking.share ?? 0) / most * 100}%` }} />
        <span className="range" style={{ left: `${one.low / most * 100}%`, right: `${100 - one.high / most * 100}%` }} />
        <span className="point" style={{ left: `${one.share / most * 100}%` }} />
      </span>
      <span className="why">
        {one.rules.map((rule, index) => (
          <Fragment key={rule.rule}>
            {index > 0 && t('app.separator')}
            <Link to={listOf(counted, { [by]: one.name, rule: rule.rule, verdict: rule.verdict })}>{format.title(rule.title, rule.rule)} {format.count(tone === 'worse' ? rule.missed : rule.met)}/{format.count(rule.met + rule.missed)}</Link>
          </Fragment>
        ))}
      </span>
    </li>
  ))
  if (ranking.worst.length + ranking.best.length === 0) return <p className="quiet none" data-testid="standings-none">{ranking.compared === 0 ? t('ranking.too_few', { count: ranking.too_few, least: ranking.least }) : t('ranking.alike', { count: ranking.compared })}</p>
  return (
    <>
      {ranking.worst.length > 0 && <><h3>{t('ranking.worse')}</h3><ul>{rows(ranking.worst, 'worse')}</ul></>}
      {ranking.best.length > 0 && <><h3>{t('ranking.better')}</h3><ul>{rows(ranking.best, 'better')}</ul></>}
      {ranking.too_few > 0 && <p className="quiet rest">{t('ranking.left_out', { count: ranking.too_few, least: ranking.least })}</p>}
    </>
  )
}
