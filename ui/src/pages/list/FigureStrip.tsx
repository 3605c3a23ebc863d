import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { listAddress, withParameters, type ParameterName } from '../../api/filter'
import { SCORE_NAMES, type Summary } from '../../api/types'
import { useFormat } from '../../i18n/format'

/** Five figures; each opens the conversations behind it. */
export function FigureStrip({ summary, filter }: { summary: Summary | undefined; filter: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const duties = (summary?.rules ?? []).filter((rule) => rule.kind === 'expect')
  const met = duties.reduce((sum, rule) => sum + rule.met, 0)
  const due = duties.reduce((sum, rule) => sum + rule.met + rule.missed, 0)
  const undecided = duties.reduce((sum, rule) => sum + rule.undecided, 0)

  const figure = (
    name: string, label: string, value: ReactNode, below: ReactNode, hint: string, to: Partial<Record<ParameterName, string | null>>,
  ) => (
    <Link
      key={name} className="figure" to={listAddress(withParameters(filter, to))} preventScrollReset title={hint}
      data-testid={`figure-${name}`}
    >
      <span className="label">{label}</span>
      <b>{summary ? value : <span className="ghost" style={{ width: 64, height: 24, marginTop: 6 }} />}</b>
      <span className="below">{summary ? below : '\u00a0'}</span>
      <span className="unseen">{hint}</span>
    </Link>
  )
  return (
    <section className="figures paper" aria-label={t('list.figures')} aria-busy={!summary}>
      {SCORE_NAMES.map((name) => {
        const score = summary?.scores[name]
        return figure(
          name, t(`list.figure_${name}`), score?.mean == null ? t('app.dash') : format.mean(score.mean),
          t('list.scored', { scored: format.count(score?.count ?? 0), total: format.count(summary?.conversations ?? 0) }),
          name === 'risk' ? t('list.open_highest') : t('list.open_lowest'), { sort: name === 'risk' ? '-risk' : name },
        )
      })}
      {figure(
        'high_risk', t('list.figure_high_risk'),
        <span className={summary && summary.high_risk > 0 ? 'tone-bad' : ''}>{format.count(summary?.high_risk ?? 0)}</span>,
        summary && summary.conversations > 0
          ? t('list.share', { percent: format.percent(summary.high_risk / summary.conversations) }) : '\u00a0',
        t('list.open_high_risk'), { high_risk: '1', sort: '-risk' },
      )}
      {figure(
        'met', t('list.figure_met'), due > 0 ? format.percent(met / due) : t('app.dash'),
        <>
          {t('list.met_of', { met: format.count(met), all: format.count(due) })}
          {undecided > 0 && <> · {t('list.undecided_apart', { count: undecided })}</>}
        </>,
        t('list.open_missed'), { rule: null, verdict: 'missed' },
      )}
    </section>
  )
}
