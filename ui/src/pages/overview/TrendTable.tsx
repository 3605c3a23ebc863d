import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Measure, TrendPoint, TrendStep } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { listOf } from './figureFilter'
import { drillsOf } from './drills'
import type { Scale } from './TrendPage'
import { valueWords, whenWords } from './trendWords'

/** The same as the line, in numbers, the newest first; what holds nothing is left out. */
export function TrendTable({ points, scale, by, measure, counted }: { points: TrendPoint[]; scale: Scale; by: TrendStep; measure: Measure | undefined; counted: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const drills = measure && drillsOf(measure)
  const isTallied = measure?.unit === 'share'
  const told = points.filter((point) => point.conversations > 0).reverse()
  return (
    <details className="trend-table">
      <summary><span className="link">{t('overview.as_table')}</span></summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`overview.by_${by}`)}</th>
            <th scope="col" className="number">{isTallied ? t('overview.rate') : t('overview.value')}</th>
            {isTallied && (['met', 'missed', 'undecided'] as const).map((name) => <th key={name} scope="col" className="number">{t(name === 'missed' ? 'overview.missed' : `verdict.${name}`)}</th>)}
            <th scope="col" className="number">{t('overview.conversations')}</th>
          </tr>
        </thead>
        <tbody>
          {told.map((point) => {
            const days = { from: String(point.from_ms), to: String(point.to_ms) }
            return (
              <tr key={point.from_ms}>
                <th scope="row">{whenWords(point, by, format)}</th>
                <td className="number">{valueWords(point.value, scale, t, format)}</td>
                {isTallied && (['met', 'missed', 'undecided'] as const).map((name) => (
                  <td key={name} className="number">
                    {drills?.[name] && point[name] > 0 ? <Link className={`count-${name} to-list`} to={listOf(counted, { ...days, ...drills[name] })}>{format.count(point[name])}</Link> : format.count(point[name])}
                  </td>
                ))}
                <td className="number"><Link className="to-list" to={listOf(counted, days)}>{format.count(point.conversations)}</Link></td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </details>
  )
}
