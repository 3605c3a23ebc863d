import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Figures, Measure, TrendStep } from '../../api/figures'
import { countedWith } from './figureFilter'
import { isCatalogued, isJudged, worstFirst } from './measureOrder'
import { MeasureRow } from './MeasureRow'

const FEW = 12

/** Every measure, dense: the catalogue first, then rule by rule, worst first. */
export function MeasureTable({ figures, asked, step, search }: { figures: Figures | undefined; asked: URLSearchParams | null; step: TrendStep; search: URLSearchParams }) {
  const { t } = useTranslation()
  const [isAll, setAll] = useState(false)
  const named = figures?.measures.filter(isCatalogued) ?? []
  // What nothing was judged of in these days stands behind what was, once all is asked for.
  const idle = named.filter((measure) => !isJudged(measure))
  const catalogue = [...named.filter(isJudged), ...(isAll ? idle : [])]
  const rules = worstFirst((figures?.measures ?? []).filter((measure) => !isCatalogued(measure) && isJudged(measure)))
  const shown = isAll ? rules : rules.slice(0, FEW)
  const head = (label: string, className: string) => <th scope="col" className={className}>{label}</th>
  const row = (measure: Measure) => (
    <MeasureRow key={measure.id} measure={measure} asked={asked!} counted={countedWith(asked!, figures!)} step={step} search={search} />
  )
  return (
    <section className="measures paper" aria-labelledby="measures-title" aria-busy={!figures}>
      <header>
        <h2 id="measures-title">{t('overview.measures')}</h2>
        <span className="quiet note">{t('list.rules_note')}</span>
      </header>
      <table className="measure-table">
        <thead>
          <tr>
            {head(t('overview.name'), 'm-title')}
            {head(t('overview.rate'), 'm-share number')}
            {head(t('overview.target'), 'm-target')}
            {head(t('verdict.met'), 'm-met number')}
            {head(t('overview.missed'), 'm-missed number')}
            {head(t('verdict.undecided'), 'm-undecided number')}
            {head(t('overview.trend'), 'm-trend')}
            {head(t('overview.change_points'), 'm-change number')}
          </tr>
        </thead>
        {!figures && <tbody>{Array.from({ length: 8 }, (_, index) => <tr key={index}><td colSpan={8}><span className="ghost" style={{ height: 12, width: `${86 - (index * 9) % 30}%` }} /></td></tr>)}</tbody>}
        {figures && catalogue.length > 0 && <tbody data-testid="catalogue">{catalogue.map(row)}</tbody>}
        {figures && rules.length > 0 && (
          <tbody data-testid="rule-measures">
            <tr className="group"><th colSpan={8} scope="rowgroup">{t('overview.by_rule', { count: rules.length })}</th></tr>
            {shown.map(row)}
          </tbody>
        )}
      </table>
      {(rules.length > FEW || idle.length > 0) && (
        <footer>
          <button type="button" className="link" aria-expanded={isAll} onClick={() => setAll(!isAll)} data-testid="all-measures">
            {isAll ? t('list.rules_few') : t('list.rules_all', { count: rules.length + named.length })}
          </button>
        </footer>
      )}
      {figures && figures.measures.length === 0 && <p className="quiet none">{t('list.rules_empty')}</p>}
    </section>
  )
}
