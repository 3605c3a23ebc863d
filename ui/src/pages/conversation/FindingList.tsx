import { useTranslation } from 'react-i18next'
import type { Conversation } from '../../api/types'
import type { Copied } from './copied'
import type { Acts } from './FindingActs'
import { FindingCard } from './FindingCard'
import type { Found } from './found'
import type { Speech } from './sentences'

interface Props {
  conversation: Conversation
  findings: Found[]
  speech: Speech
  selected: string | null
  copied: Copied
  acts: Acts
  onSelect: (key: string, isKeyed: boolean) => void
  onCopy: () => void
}

export function FindingList({ conversation, findings, speech, selected, copied, acts, onSelect, onCopy }: Props) {
  const { t } = useTranslation()
  const count = (verdict: string) => findings.filter((one) => one.finding.verdict === verdict).length
  const met = conversation.rules.filter((rule) => rule.verdict === 'met' || rule.verdict === 'clean').length
  const parts = (['hit', 'missed', 'undecided', 'noted'] as const)
    .filter((verdict) => count(verdict) > 0).map((verdict) => `${t(`verdict.${verdict}`)} ${count(verdict)}`)
  return (
    <section className="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">
        {t('finding.title')}
        <span className="quiet">{[...parts, `${t('verdict.met')} ${met}`].join(' · ')}</span>
      </h2>
      {findings.length === 0 && <p className="quiet">{t('finding.none')}</p>}
      {findings.map((found) => (
        <FindingCard
          key={found.key} found={found} speech={speech} isSelected={found.key === selected} copied={found.key === selected ? copied : null} acts={acts}
          onSelect={onSelect} onCopy={onCopy}
        />
      ))}
    </section>
  )
}
