import { useTranslation } from 'react-i18next'
import type { Conversation, RuleResult, Verdict } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { VerdictChip } from '../../parts/VerdictChip'
import { RuleText } from './FindingCard'
import { lacksWords } from './found'
import { reasonText, sentencesOf, type Speech } from './sentences'

/** The rules that ask nothing of a person: kept, and not applicable with the reason. */
export function OtherRules({ conversation, speech, onShow }: { conversation: Conversation; speech: Speech; onShow: (key: string) => void }) {
  const { t } = useTranslation()
  const of = (...verdicts: Verdict[]) => conversation.rules.filter((rule) => verdicts.includes(rule.verdict))
  const group = (name: string, heading: string, rules: RuleResult[]) => {
    if (rules.length === 0) return null
    return (
      <details className="group" data-testid={`group-${name}`}>
        <summary><span>{heading}</span><span className="quiet">{rules.length}</span></summary>
        <ul>{rules.map((rule) => <OtherRule key={rule.rule} rule={rule} speech={speech} onShow={onShow} />)}</ul>
      </details>
    )
  }
  return (
    <section className="others">
      {group('no_words', t('finding.wordless_rules'), conversation.rules.filter(lacksWords))}
      {group('met', t('finding.met_rules'), of('met', 'clean'))}
      {group('not_applicable', t('finding.not_applicable_rules'), of('not_applicable'))}
      {group('not_noted', t('finding.unflagged_rules'), of('not_noted'))}
    </section>
  )
}

function OtherRule({ rule, speech, onShow }: { rule: RuleResult; speech: Speech; onShow: (key: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const given = rule.findings.length > 0 ? rule.findings.map((finding) => finding.reason) : [rule.reason]
  const reasons = [...new Set(given.map((reason) => reasonText(reason, t)))].filter(Boolean)
  const shown = rule.findings.filter((finding) => finding.verdict === 'met' && finding.evidence.length > 0)
  return (
    <li>
      <div className="line">
        {rule.verdict !== 'not_applicable' && rule.verdict !== 'not_noted' && <VerdictChip verdict={rule.verdict} />}
        <b>{format.title(rule.title, rule.rule)}</b>
      </div>
      {rule.verdict === 'not_applicable' && reasons.length > 0 && <p className="quiet">{reasons.join(t('app.separator'))}</p>}
      {shown.map((finding) => {
        const sentence = sentencesOf(finding, speech)[0]
        return sentence && (
          <button key={finding.ordinal} type="button" className="quiet shown" onClick={() => onShow(`${rule.rule}-${finding.ordinal}`)}>{sentence}</button>
        )
      })}
      {rule.text && <RuleText text={rule.text} />}
    </li>
  )
}
