import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../../api/account'
import { publishDraft, type RuleDetail } from '../../../api/rules'
import { useRuleChanged } from '../ruleQueries'
import type { RuleText } from '../useRuleText'
import { useBacktest } from './BacktestPane'
import { Overtaken, useSeenVersion } from './Overtaken'
import { ReasonDialog } from './ReasonDialog'

/** The way of a draft: written, tests passed, back-test done, published. */
export function Steps({ detail, text }: { detail: RuleDetail; text: RuleText }) {
  const { t } = useTranslation()
  const { may } = useAccount()
  const changed = useRuleChanged(detail.rule)
  const backtest = useBacktest(detail).data
  const [isAsked, setAsked] = useState(false)
  const [isWithout, setWithout] = useState(false)
  const draft = detail.draft
  const isSaved = !!draft && !text.isDirty
  const isTested = isSaved && (draft.state === 'tested' || (draft.tests !== null && draft.tests.failed === 0))
  const isBacktested = isSaved && backtest?.state === 'done' && backtest.is_current
  const seen = useSeenVersion(draft?.version ?? 0)
  const publish = useMutation({
    mutationFn: (reason: string) => publishDraft(detail.rule, { changes: draft!.changes, ...(seen.version ? { version: seen.version } : {}), reason, ...(isBacktested ? {} : { without_backtest: true as const }) }),
    onSuccess: () => {
      setAsked(false)
      text.adopt(null, draft?.text ?? detail.text)
      changed.all()
    },
    onError: (error) => {
      seen.refused(error)
      changed.version()
    },
  })
  const steps = [
    { key: 'draft', isDone: isSaved }, { key: 'tested', isDone: isTested }, { key: 'backtested', isDone: isBacktested }, { key: 'published', isDone: !draft && !text.isDirty && detail.state === 'published' },
  ] as const
  return (
    <div className="way">
      <ol className="steps-row" aria-label={t('rules.way')} data-testid="steps">
        {steps.map(({ key, isDone }) => <li key={key} className={isDone ? 'done' : undefined} data-step={key} data-done={isDone}>{t(`rules.step.${key}`)}{isDone && <span className="unseen"> {t('rules.step_done')}</span>}</li>)}
      </ol>
      {may('manager')
        ? <button type="button" className="button strong" disabled={!isTested} title={isTested ? undefined : t('rules.publish_needs')} onClick={() => { publish.reset(); seen.forget(); setWithout(false); setAsked(true) }} data-testid="publish">{t('rules.publish', { version: (detail.version ?? 0) + 1 })}</button>
        : <span className="quiet">{t('rules.publish_manager')}</span>}
      {isAsked && (
        <ReasonDialog
          title={t('rules.publish_title', { version: (detail.version ?? 0) + 1 })} yes={seen.other ? t('rules.publish_over', { version: seen.other.version }) : t('rules.publish_yes')} isBusy={publish.isPending} error={seen.plain(publish.error)} isReady={isBacktested || isWithout}
          onNo={() => setAsked(false)} onYes={(reason) => publish.mutate(reason)}
        >
          {seen.other ? <Overtaken other={seen.other} mine={draft?.text ?? text.text} /> : <p>{t('rules.publish_says')}</p>}
          {!isBacktested && <label className="check"><input type="checkbox" checked={isWithout} onChange={(event) => setWithout(event.target.checked)} data-testid="without-backtest" />{t('rules.without_backtest')}</label>}
        </ReasonDialog>
      )}
    </div>
  )
}
