import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { VerdictChip, verdictTone } from '../../parts/VerdictChip'
import { OrderMark } from '../orders/ConversationOrders'
import { SaidLine } from '../review/SaidLine'
import { standingAt } from '../review/useSaid'
import type { Copied } from './copied'
import { FindingActs, type Acts } from './FindingActs'
import type { Found } from './found'
import { turnOf } from './judged'
import { effectsOf } from './points'
import { sentencesOf, type Speech } from './sentences'

interface Props {
  found: Found
  speech: Speech
  isSelected: boolean
  copied: Copied
  acts: Acts
  onSelect: (key: string, isKeyed: boolean) => void
  onCopy: () => void
}

export function FindingCard({ found, speech, isSelected, copied, acts, onSelect, onCopy }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const { finding, rule } = found
  const tone = verdictTone(finding.verdict)
  const standing = standingAt(acts.said, rule.rule, turnOf(found))
  const effects = effectsOf(found, speech.conversation, t, format)
  return (
    <article className={isSelected ? 'card on' : 'card'} data-testid="finding-card" data-card={found.key} data-number={finding.number ?? undefined}>
      <button type="button" className="open" aria-pressed={isSelected} data-plays={isSelected || undefined} onClick={(event) => onSelect(found.key, event.detail === 0)}>
        <span className="line">
          {finding.number !== null && <span className={`badge ${tone}`}>{finding.number}</span>}
          <VerdictChip verdict={finding.verdict} />
          <b>{format.title(rule.title, rule.rule)}</b>
          <span className="effects">
            {effects.map((effect) => <span key={effect.text} className={effect.isBad ? `points ${tone}` : 'faint'}>{effect.text}</span>)}
          </span>
        </span>
        {sentencesOf(finding, speech).map((sentence, index) => <span key={index} className="why">{sentence}</span>)}
      </button>
      {!isSelected && standing && <SaidLine said={standing} />}
      {!isSelected && <OrderMark found={found} isSelected={false} />}
      {isSelected && (
        <div className="more">
          <FindingActs found={found} acts={acts} />
          <button type="button" onClick={onCopy} data-testid="copy">
            <kbd>c</kbd> <span role="status">{copied === 'yes' ? t('finding.copied') : copied === 'no' ? t('finding.copy_failed') : t('finding.copy')}</span>
          </button>
          <OrderMark found={found} isSelected />
          {rule.text && <RuleText text={rule.text} />}
        </div>
      )}
    </article>
  )
}

export function RuleText({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <details className="rule-text">
      <summary>{t('finding.rule_text')}</summary>
      <pre>{text.trim()}</pre>
    </details>
  )
}
