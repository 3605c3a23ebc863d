import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { listAddress, withParameters } from '../../api/filter'
import type { RuleKind, RuleSummary, Verdict } from '../../api/types'
import { useFormat } from '../../i18n/format'

/** The share of decided conversations in which the rule was kept; 1 where none was decided. */
export function rate(rule: RuleSummary): number {
  const decided = rule.met + rule.missed
  return decided > 0 ? rule.met / decided : 1
}

/** The verdict behind `met` and `missed` of a summary, by the kind of rule. */
const GOOD: Record<RuleKind, Verdict | null> = { expect: 'met', never: 'clean', flag: null }
const BAD: Record<RuleKind, Verdict> = { expect: 'missed', never: 'hit', flag: 'noted' }

export function RuleBar({ rule, filter }: { rule: RuleSummary; filter: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const title = format.title(rule.title, rule.rule)
  const all = rule.met + rule.missed + rule.undecided
  const isSelected = filter.get('rule') === rule.rule
  const to = (verdict: Verdict | null) => listAddress(withParameters(filter, { rule: rule.rule, verdict }))

  const segment = (verdict: Verdict, count: number, tone: string) => count > 0 && (
    <Link
      className={`segment ${tone}`} style={{ flexGrow: count / all }} to={to(verdict)} preventScrollReset tabIndex={-1}
      title={t('list.rule_bar', { title, verdict: t(`verdict.${verdict}`), count })} aria-hidden="true"
    />
  )
  const good = GOOD[rule.kind]
  const decided = rule.met + rule.missed
  return (
    <li className={isSelected ? 'bar on' : 'bar'} data-testid="rule-bar">
      <Link className="name" to={to(BAD[rule.kind])} preventScrollReset title={title}>{title}</Link>
      <span className="track">
        {good && segment(good, rule.met, 'met')}
        {segment(BAD[rule.kind], rule.missed, BAD[rule.kind])}
        {segment('undecided', rule.undecided, 'undecided')}
      </span>
      {good
        ? <b>{decided > 0 ? format.percent(rule.met / decided) : t('app.dash')}</b>
        : <b className="quiet">{format.count(rule.missed)}</b>}
      <span className="of">
        {good
          ? (
            <Link to={to(good)} preventScrollReset>
              {format.count(rule.met)} / {format.count(decided)}
              <span className="unseen"> {t('list.rule_bar', { title, verdict: t(`verdict.${good}`), count: rule.met })}</span>
            </Link>
          )
          : t('list.flag_count', { count: rule.missed })}
        {rule.undecided > 0 && <> · <Link to={to('undecided')} preventScrollReset>{t('list.undecided_apart', { count: rule.undecided })}</Link></>}
      </span>
    </li>
  )
}
