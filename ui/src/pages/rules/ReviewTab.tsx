import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { fetchSamples, type RuleDetail } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { PageState } from '../../parts/PageState'
import { VerdictChip } from '../../parts/VerdictChip'
import { rangeText, recallOf } from './parts/figures'

/** What people said of its findings: how often it was right, how much it missed. */
export function ReviewTab({ detail }: { detail: RuleDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const samples = useQuery({ queryKey: ['rule-samples', detail.rule, 1], queryFn: ({ signal }) => fetchSamples(detail.rule, 1, signal) })
  const judged = detail.judged
  const shown = [...(samples.data?.found ?? []), ...(samples.data?.passed ?? [])].filter((one) => one.judgement)
  if (!judged || judged.agreed + judged.wrong + judged.missed === 0) {
    return <PageState title={t('rules.unjudged')} remedy={t('rules.unjudged_remedy')}><Link className="link" to={`/review?${new URLSearchParams({ rule: detail.rule })}`}>{t('rules.to_review')}</Link></PageState>
  }
  const recall = recallOf(judged)
  const row = (key: 'agreed' | 'wrong' | 'missed') => <div key={key}><dt>{t(`rules.judged.${key}`)}</dt><dd>{format.count(judged[key])}</dd></div>
  return (
    <div className="review-tab">
      <section className="paper pane" aria-label={t('rules.review')} data-testid="judged">
        <dl className="backtest-numbers">
          {(['agreed', 'wrong', 'missed'] as const).map(row)}
          {judged.precision && <div><dt>{t('rules.precision')}</dt><dd>{format.percent(judged.precision.share)} <small>{rangeText(judged.precision)}</small></dd></div>}
          {recall && <div><dt>{t('rules.recall')}</dt><dd>{format.percent(recall.share)} <small>{rangeText(recall)}</small></dd></div>}
        </dl>
        <p className="quiet">{t('rules.judged_says')}</p>
      </section>
      {shown.length > 0 && (
        <ul className="paper judged-list">
          {shown.map((one) => (
            <li key={one.conversation}>
              <span className={`judged ${one.judgement}`}>{t(`rules.judgement.${one.judgement}`)}</span> <VerdictChip verdict={one.verdict} /> <Link to={`/conversations/${encodeURIComponent(one.conversation)}?${new URLSearchParams({ rule: detail.rule })}`}>{one.title || one.external_id}</Link>
              <span className="quiet">{one.agent}{one.started_ms === null ? '' : ` · ${format.day(one.started_ms)}`}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
