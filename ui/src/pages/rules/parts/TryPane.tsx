import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { tryText, type RuleDetail, type Trial, type TryResult } from '../../../api/rules'
import { useFormat } from '../../../i18n/format'
import { ErrorLine } from '../../../parts/PageState'
import { VerdictChip } from '../../../parts/VerdictChip'
import type { RuleText } from '../useRuleText'
import { Spoken } from './Spoken'

const PAUSE_MS = 500

/** The lines of a test are taken, too: a role, a blank, what was said. */
const withColons = (dialogue: string) => dialogue.replace(/^[ \t]*(客户|客服|坐席|机器人|系统|customer|agent|bot|system)[ \t]+(?![:：])/gim, '$1: ')

function useLate<T>(value: T): T {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(value), PAUSE_MS)
    return () => window.clearTimeout(timer)
  }, [value])
  return late
}

/** What the rule as it is written now says of a dialogue, beside what the published one says. */
export function TryPane({ detail, text, on, setOn }: { detail: RuleDetail; text: RuleText; on: string; setOn: (on: string) => void }) {
  const { t } = useTranslation()
  const words = useLate(text.text)
  const wanted = useLate(on.trim())
  // One word alone is the number of a conversation; what people say has several lines or a colon.
  const isNumber = wanted !== '' && /^[\w.@#-]+$/.test(wanted)
  const trial = useQuery({
    queryKey: ['rule-try', detail.rule, words, wanted],
    queryFn: ({ signal }) => tryText(detail.rule, words, isNumber ? { conversation: wanted } : { dialogue: withColons(wanted) }, signal),
    enabled: wanted !== '', staleTime: Infinity, gcTime: 60_000, retry: false, placeholderData: (before) => before,
  })
  const shown = wanted === '' ? null : trial.error ? null : trial.data ?? null
  return (
    <section className="paper pane" aria-labelledby="try-pane" data-testid="try-pane">
      <header><h2 id="try-pane">{t('rules.try')}</h2><span className="quiet">{t('rules.try_hint')}</span></header>
      <textarea
        value={on} rows={on.includes('\n') ? 6 : 4} placeholder={t('rules.try_placeholder')} aria-label={t('rules.try_label')} data-testid="try-text" spellCheck={false}
        onChange={(event) => setOn(event.target.value)}
      />
      {trial.error && wanted !== '' && <ErrorLine error={trial.error} />}
      {shown && <Result trial={shown} isStale={trial.isPlaceholderData || words !== text.text} />}
    </section>
  )
}

function Result({ trial, isStale }: { trial: Trial; isStale: boolean }) {
  const { t } = useTranslation()
  const marked = (turn: number) => trial.draft.findings.flatMap((finding) => finding.evidence.filter((one) => one.turn === turn && typeof one.from === 'number' && typeof one.to === 'number').map((one) => ({ from: one.from!, to: one.to!, kind: one.kind })))
  return (
    <div className={isStale ? 'trial stale' : 'trial'} aria-live="polite" data-testid="try-result">
      <p className="verdicts">
        <span>{t('rules.draft_says')} <Said result={trial.draft} testId="try-draft" /></span>
        {trial.published ? <span>{t('rules.published_says')} <Said result={trial.published} testId="try-published" /></span> : <span className="quiet">{t('rules.never_published')}</span>}
      </p>
      <ol className="dialogue-lines">
        {trial.turns.map((turn) => {
          const marks = marked(turn.turn)
          return (
            <li key={turn.turn} className={marks.length > 0 ? 'marked' : undefined}>
              <span className="number">{turn.turn}</span><span className={`who ${turn.role}`}>{t(`role.${turn.role}`)}</span><Spoken text={turn.text} marks={marks} />
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function Said({ result, testId }: { result: TryResult; testId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const at = result.findings.find((one) => one.verdict === result.verdict)?.at?.turn
  const reason = result.reason ?? result.findings.find((one) => one.verdict === result.verdict)?.reason
  return (
    <span data-testid={testId} data-verdict={result.verdict}>
      <VerdictChip verdict={result.verdict} />{at ? ` ${t('time.turn', { turn: format.count(at) })}` : ''}
      {reason ? <span className="quiet"> {t(`finding.reason.${reason}`, { defaultValue: reason })}</span> : null}
    </span>
  )
}
