import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { RuleItem } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { achievedOf, foundCount, foundVerdict, inspectedCount, passedCount, rangeText } from './parts/figures'

/** One rule of the table: what it found of what it looked at, how right it is, where its draft stands. */
export function RuleTableRow({ item, most, isChosen, isPlain }: { item: RuleItem; most: number; isChosen: boolean; isPlain: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { kind, counts } = item
  const found = foundCount(kind, counts)
  const passed = kind === 'flag' ? 0 : passedCount(kind, counts)
  /** Never published, or not one conversation is inspected with this version yet: nothing is known, which is not none. */
  const isCounted = inspectedCount(kind, counts) > 0
  const achieved = achievedOf(kind, counts)
  const precision = item.judged?.precision ?? null
  const width = (count: number) => ({ width: `${(count / most) * 100}%` })
  const stage = item.draft ? item.draft.state : item.state
  return (
    <tr data-testid="rule-row" data-rule={item.rule} className={isChosen ? 'chosen' : undefined}>
      <th scope="row" className="c-title">
        <Link to={`/rules/${encodeURIComponent(item.rule)}`} aria-current={isChosen ? 'true' : undefined}>{format.title(item.title, item.rule)}</Link>
        <span className="quiet rule-name">{item.rule}</span>
      </th>
      <td className="c-pack quiet">{item.pack ? t(`rules.pack.${item.pack}`, { defaultValue: item.pack }) : t('rules.own')}</td>
      <td className="c-kind"><span className="quiet">{t(`rules.kind.${kind}`)}</span></td>
      {!isPlain && (
        <>
          <td className="c-bar"><span className="track" aria-hidden="true">{found > 0 && <span className={`segment ${foundVerdict(kind)}`} style={width(found)} />}{passed > 0 && <span className="segment met" style={width(passed)} />}</span></td>
          <td className="number c-found">{isCounted ? <><Link to={`/conversations?${new URLSearchParams({ rule: item.rule, verdict: foundVerdict(kind) })}`}><b>{format.count(found)}</b></Link><span className="unseen"> {t(`verdict.${foundVerdict(kind)}`)}</span></> : <span className="faint" title={item.state === 'published' ? t('rules.counting') : undefined}>{t('app.dash')}</span>}</td>
          <td className="number c-achieved">{achieved ? format.percent(achieved.share) : <span className="faint">{t('app.dash')}</span>}</td>
          <td className="number c-precision">{precision ? <>{format.percent(precision.share)} <small className="quiet">{rangeText(precision)}</small></> : <span className="faint">{t('app.dash')}</span>}</td>
          <td className="c-state"><span className={`stage ${stage}`}>{t(`rules.stage.${stage}`)}</span></td>
        </>
      )}
      <td className="number c-version">{item.version ? `v${item.version}` : t('app.dash')}</td>
    </tr>
  )
}
