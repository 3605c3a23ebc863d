import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { isFiltered, listAddress, withParameters } from '../../api/filter'
import type { ListPage, RuleKind, RuleSummary, Status, Summary } from '../../api/types'
import { useFormat } from '../../i18n/format'

const CAUSES_EACH = 2

function worst(rules: RuleSummary[], kind: RuleKind): RuleSummary[] {
  return rules.filter((rule) => rule.kind === kind && rule.missed > 0)
    .sort((a, b) => b.missed - a.missed).slice(0, CAUSES_EACH)
}

/** The first line: what matters in these conversations, and its causes, each of which opens its conversations. */
export function Headline({ summary, status, filter, page }: {
  summary: Summary | undefined; status: Status | undefined; filter: URLSearchParams
  /** Where too many match to be summed up: what the list says of how many. */
  page?: ListPage
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!summary && page) {
    return (
      <header className="headline" data-testid="headline" aria-live="polite">
        <h1>{t('list.headline_only', { total: page.total_is_exact === false ? t('list.at_least', { total: format.count(page.total) }) : format.count(page.total), count: page.total })}</h1>
        <p className="causes"><span>{t('list.too_many')}</span></p>
      </header>
    )
  }
  if (!summary) {
    return (
      <header className="headline" aria-busy="true">
        <span className="ghost" style={{ width: 340, height: 24 }} /><span className="ghost" style={{ width: 460, height: 16, marginTop: 8 }} />
      </header>
    )
  }
  const total = summary.conversations
  const causes = (heading: string, kind: RuleKind, verdict: string) => {
    const rules = worst(summary.rules, kind)
    if (rules.length === 0) return null
    return (
      <span>
        {heading}
        {rules.map((rule, index) => (
          <Fragment key={rule.rule}>
            {index > 0 && t('app.separator')}
            <Link className="link" to={listAddress(withParameters(filter, { rule: rule.rule, verdict }))} preventScrollReset>
              {t('list.cause', { title: format.title(rule.title, rule.rule), count: rule.missed })}
            </Link>
          </Fragment>
        ))}
      </span>
    )
  }
  const hit = causes(t('list.most_hit'), 'never', 'hit')
  const missed = causes(t('list.most_missed'), 'expect', 'missed')
  const sentence = { total: format.count(total), count: total }
  return (
    <header className="headline" data-testid="headline" aria-live="polite">
      <h1>
        {isFiltered(filter) ? t('list.headline_filtered', sentence) : t('list.headline_all', sentence)}
        {summary.high_risk > 0 ? t('list.headline_risk', { count: summary.high_risk }) : t('list.headline_calm')}
      </h1>
      {total > 0 && (
        <p className="causes">
          {missed}{hit}
          {!hit && !missed && <span>{t('list.no_causes')}</span>}
          {status && status.stale > 0 && <span className="stale">{t('list.stale', { count: status.stale })}</span>}
        </p>
      )}
    </header>
  )
}
