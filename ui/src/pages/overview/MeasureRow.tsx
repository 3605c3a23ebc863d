import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Measure, TrendStep } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'
import { ChangeWord } from './ChangeWord'
import { drillsOf, type Count } from './drills'
import { listOf, overviewAddress } from './figureFilter'
import { useTrend } from './figureQueries'
import { MeasureDetails } from './MeasureDetails'
import { MeasureFormula } from './MeasureFormula'
import { changeOf, measured } from './measureWords'
import { SparkLine } from './SparkLine'
import { TargetField } from './TargetField'
import { useSeen } from './useSeen'

/** `counted`: the filter of the lists behind the numbers. */
interface Props { measure: Measure; asked: URLSearchParams; counted: URLSearchParams; step: TrendStep; search: URLSearchParams }

export function MeasureRow({ measure, asked, counted, step, search }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const [row, isSeen] = useSeen<HTMLTableRowElement>()
  const title = format.title(measure.title, measure.id)
  const drills = drillsOf(measure)
  const details = `details-${measure.id}`
  const change = changeOf(measure)
  const count = (name: Count): ReactNode => {
    const value = measure[name]
    if (measure.unit === 'points') return null
    if (value === 0) return <span className="faint">0</span>
    const to = drills?.[name]
    if (to) {
      const words = t('overview.open_count', { title, verdict: t(name === 'missed' ? 'overview.missed' : `verdict.${name}`), count: value })
      return <Link className={`count-${name} to-list`} to={listOf(counted, to)} title={words} data-testid={`measure-${name}`}>{format.count(value)}</Link>
    }
    if (measure.parts.length === 0) return <span className={`count-${name}`}>{format.count(value)}</span>
    return <button type="button" className={`count-${name} to-list`} onClick={() => setOpen(true)} title={t('overview.show_parts')} data-testid={`measure-${name}`}>{format.count(value)}</button>
  }
  return (
    <>
      <tr ref={row} id={`measure-${measure.id}`} data-testid="measure" data-id={measure.id}>
        <th scope="row" className="m-title">
          <button type="button" aria-expanded={isOpen} aria-controls={isOpen ? details : undefined} onClick={() => setOpen(!isOpen)} data-testid="measure-title">
            <span className="caret" aria-hidden="true">{isOpen ? '▾' : '▸'}</span>{title}
          </button>
        </th>
        <td className="m-share number" data-label={t('overview.rate')}>
          <b>{measure.value === null ? <span className="faint" title={t('overview.nothing_decided')}>{t('app.dash')}</span> : <Explained says={<MeasureFormula measure={measure} />}>{measured(measure, measure.value, format)}</Explained>}</b>
        </td>
        <td className="m-target" data-label={t('overview.target')}><TargetField measure={measure} title={title} /></td>
        <td className="m-met number" data-label={t('verdict.met')}>{count('met')}</td>
        <td className="m-missed number" data-label={t('overview.missed')}>{count('missed')}</td>
        <td className="m-undecided number" data-label={t('verdict.undecided')}>{count('undecided')}</td>
        <td className="m-trend">
          <Link to={overviewAddress('trend', search, { measure: measure.id })} aria-label={t('overview.trend_of', { title })} data-testid="measure-trend">
            <MeasureTrend asked={isSeen ? asked : null} measure={measure} step={step} />
          </Link>
        </td>
        <td className="m-change number" data-label={t('overview.change_points')}>
          {change !== null && <ChangeWord by={change} isBetterUp={measure.direction === 'up'} />}
        </td>
      </tr>
      {isOpen && <MeasureDetails id={details} measure={measure} counted={counted} />}
    </>
  )
}

function MeasureTrend({ asked, measure, step }: { asked: URLSearchParams | null; measure: Measure; step: TrendStep }) {
  const trend = useTrend(asked, measure.id, step)
  return <SparkLine points={trend.data?.points} target={measure.target} />
}
