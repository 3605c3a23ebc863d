import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Measure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { listOf } from './figureFilter'
import { drillsOfRule } from './drills'

/** How a measure is made up, in words, and the rules behind it with their own numbers. */
export function MeasureDetails({ id, measure, counted }: { id: string; measure: Measure; counted: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const judged = measure.parts.filter((one) => one.met + one.missed + one.undecided > 0)
  const fact = (name: string, words: string) => <><dt>{name}</dt><dd>{words}</dd></>
  return (
    <tr className="details" id={id} data-testid="measure-details">
      <td colSpan={8}>
        <dl>
          {fact(t('overview.formula'), format.title(measure.formula, ''))}
          {fact(t('overview.numerator'), format.title(measure.numerator, ''))}
          {fact(t('overview.denominator'), format.title(measure.denominator, ''))}
          {measure.unit === 'share' && measure.not_applicable > 0 && fact(t('overview.left_out'), t('overview.left_out_words', { count: measure.not_applicable, number: format.count(measure.not_applicable) }))}
          {measure.undecided > 0 && fact(t('verdict.undecided'), t('overview.undecided_words', { count: measure.undecided, number: format.count(measure.undecided) }))}
        </dl>
        {judged.length > 0 && (
          <ul className="parts" aria-label={t('overview.parts')}>
            {judged.map((one) => {
              const drills = drillsOfRule(one.rule, one.verdict)
              return (
                <li key={one.rule}>
                  <Link className="name to-list" to={`/rules/${encodeURIComponent(one.rule)}`} data-testid="part-rule">{format.title(one.title, one.rule)}</Link>
                  {(['met', 'missed', 'undecided'] as const).map((name) => one[name] > 0 && (
                    <span key={name} className="part">
                      <span className="quiet">{t(name === 'missed' ? 'overview.missed' : `verdict.${name}`)} </span>
                      <Link className={`count-${name} to-list`} to={listOf(counted, drills[name]!)} data-testid={`part-${name}`} data-rule={one.rule}>{format.count(one[name])}</Link>
                    </span>
                  ))}
                </li>
              )
            })}
          </ul>
        )}
      </td>
    </tr>
  )
}
