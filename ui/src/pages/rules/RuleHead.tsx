import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { useSummary } from '../../api/queries'
import type { Form, RuleDetail } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'
import { achievedOf, foundCount, foundVerdict, inspectedCount, rangeText, recallOf } from './parts/figures'
import { Inspected } from './parts/Inspected'
import { ruleOf, sentencesOf } from './sentence/sentence'
import type { Names } from './sentence/names'

const EVERYTHING = new URLSearchParams()

/** Its name, what it says in plain words, and how it fares. */
export function RuleHead({ detail, form, text, names, isPlain }: { detail: RuleDetail; form: Form | null; text: string; names: Names; isPlain?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rule = ruleOf(form, detail.rule)
  const said = rule && sentencesOf(rule, text, names, format.language)
  const achieved = achievedOf(detail.kind, detail.counts)
  const found = foundCount(detail.kind, detail.counts)
  const recall = recallOf(detail.judged)
  const inspected = inspectedCount(detail.kind, detail.counts)
  const all = useSummary(EVERYTHING).data?.conversations ?? 0
  const isGrowing = detail.state === 'published' && inspected < all
  const precision = detail.judged?.precision ?? null
  return (
    <div className="rule-head">
      <div className="words">
        <h1>{format.title(rule?.title ? { zh: rule.title.zh ?? '', en: rule.title.en ?? '' } : detail.title, detail.rule)}</h1>
        {said && <p className="sentence" data-testid="sentence">{said.main}</p>}
        {said && said.more.length > 0 && <p className="more-said">{said.more.join(format.language === 'zh' ? '' : ' ')}</p>}
        {detail.state === 'retired' && <p className="stale-note">{t('rules.is_retired')}</p>}
      </div>
      {!isPlain && (
        <div>
          {isGrowing && <Inspected rule={detail.rule} of={inspected} all={all} />}
          <dl className="rule-figures">
            {achieved && <div><dt><Explained says={t('rules.achieved_is', { good: format.count(achieved.good), all: format.count(achieved.all) })}>{t(`rules.achieved.${detail.kind}`)}</Explained></dt><dd data-testid="achieved">{format.percent(achieved.share)}</dd></div>}
            <div><dt>{t(`rules.found.${detail.kind}`)}</dt><dd><Link to={`/conversations?${new URLSearchParams({ rule: detail.rule, verdict: foundVerdict(detail.kind) })}`}>{isGrowing && inspected === 0 ? t('app.dash') : format.count(found)}</Link></dd></div>
            <div><dt><Explained says={t('rules.precision_is')}>{t('rules.precision')}</Explained></dt><dd>{precision ? <>{format.percent(precision.share)} <small>{rangeText(precision)}</small></> : <span className="faint">{t('app.dash')}</span>}</dd></div>
            {recall && <div><dt><Explained says={t('rules.recall_is')}>{t('rules.recall')}</Explained></dt><dd>{format.percent(recall.share)} <small>{rangeText(recall)}</small></dd></div>}
          </dl>
        </div>
      )}
    </div>
  )
}
