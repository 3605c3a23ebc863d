import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { VerdictChip } from '../../parts/VerdictChip'
import type { Found } from './found'

/** On a narrow screen the findings stand below the dialogue; this bar walks through them at the words. */
export function FindingStepper({ findings, selected, step }: { findings: Found[]; selected: string | null; step: (by: number) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (findings.length === 0) return null
  const index = findings.findIndex((one) => one.key === selected)
  const found = findings[index]
  return (
    <div className="stepper" data-testid="stepper">
      <button type="button" className="button" aria-label={t('conversation.previous')} disabled={index === 0} onClick={() => step(-1)}>‹</button>
      <a href="#findings" onClick={(event) => {
        event.preventDefault()
        document.getElementById('findings')?.scrollIntoView()
      }}>
        {found
          ? <><VerdictChip verdict={found.finding.verdict} /> {format.title(found.rule.title, found.rule.rule)}</>
          : <>{t('finding.title')} · {t('finding.counts', { found: findings.length, count: findings.length })}</>}
      </a>
      <button type="button" className="button" aria-label={t('conversation.next')} disabled={index === findings.length - 1} onClick={() => step(1)}>›</button>
    </div>
  )
}
