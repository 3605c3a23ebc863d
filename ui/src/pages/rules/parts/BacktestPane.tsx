import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { ApiError } from '../../../api/client'
import { fetchBacktest, startBacktest, stopBacktest, type Backtest, type RuleDetail } from '../../../api/rules'
import { SCORE_NAMES } from '../../../api/types'
import { useFormat } from '../../../i18n/format'
import { ErrorLine } from '../../../parts/PageState'
import { VerdictChip } from '../../../parts/VerdictChip'
import type { RuleText } from '../useRuleText'

const LIMITS = [100, 1_000, 10_000, 0] as const
const LOOK_MS = 700
const isUnderWay = (one: Backtest | null | undefined) => one?.state === 'waiting' || one?.state === 'running'

/** The latest back-test of a draft, looked at again while it is under way. */
export function useBacktest(detail: RuleDetail) {
  const known = detail.draft?.backtest ?? null
  return useQuery({
    queryKey: ['backtest', detail.rule, detail.draft?.changes ?? 0],
    queryFn: ({ signal }) => fetchBacktest(detail.rule, signal).catch((error: Error) => {
      // There was none yet: the answer is null.
      if (error instanceof ApiError && (error.status === 404 || error.status === 200)) return null
      throw error
    }),
    enabled: !!detail.draft, initialData: known ?? undefined, staleTime: 0,
    refetchInterval: (query) => (isUnderWay(query.state.data) ? LOOK_MS : false),
  })
}

/** What the draft would have found in what is stored: how it goes on, its numbers, and for whom it changes what. */
export function BacktestPane({ detail, text, canEdit }: { detail: RuleDetail; text: RuleText; canEdit: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  const [limit, setLimit] = useState<number>(1_000)
  const latest = useBacktest(detail)
  const key = ['backtest', detail.rule]
  const start = useMutation({
    mutationFn: async () => ((await text.save()) ? startBacktest(detail.rule, limit) : null),
    onSuccess: (begun) => begun && void queries.invalidateQueries({ queryKey: key }),
  })
  const stop = useMutation({ mutationFn: () => stopBacktest(detail.rule), onSuccess: () => void queries.invalidateQueries({ queryKey: key }) })
  const one = latest.data ?? null
  const isRunning = isUnderWay(one)
  const share = one && one.all > 0 ? one.done / one.all : 0
  return (
    <section className="paper pane" aria-labelledby="backtest-pane" data-testid="backtest-pane" data-state={one?.state ?? 'none'}>
      <header>
        <h2 id="backtest-pane">{detail.version ? t('rules.backtest_of', { from: detail.version, to: detail.version + 1 }) : t('rules.backtest')}</h2>
        {one?.state === 'done' && <span className="quiet">{t('rules.backtest_took', { count: one.conversations, conversations: format.count(one.conversations), took: format.duration(one.took_ms ?? 0) })}</span>}
        {canEdit && !isRunning && (
          <span className="acts">
            <select className="pick" aria-label={t('rules.backtest_limit')} value={limit} onChange={(event) => setLimit(Number(event.target.value))} data-testid="backtest-limit">
              {LIMITS.map((most) => <option key={most} value={most}>{most ? t('rules.last_n', { count: most, number: format.count(most) }) : t('rules.all_stored')}</option>)}
            </select>
            <button type="button" className="button" disabled={start.isPending || text.problems.length > 0} onClick={() => start.mutate()} data-testid="run-backtest">{t('rules.run_backtest')}</button>
          </span>
        )}
      </header>
      {start.error && <ErrorLine error={start.error} />}
      {latest.error && !one && <ErrorLine error={latest.error} onRetry={() => void latest.refetch()} />}
      {isRunning && (
        <div className="running">
          <div className={one!.all > 0 ? 'progress' : 'progress unknown'} role="progressbar" aria-label={t('rules.backtest')} aria-valuemin={0} aria-valuemax={one!.all || undefined} aria-valuenow={one!.all > 0 ? one!.done : undefined}>
            <span style={one!.all > 0 ? { width: `${share * 100}%` } : undefined} />
          </div>
          <span className="quiet">{t('rules.backtest_running', { done: format.count(one!.done), all: format.count(one!.all) })}</span>
          {canEdit && <button type="button" className="button" disabled={stop.isPending} onClick={() => stop.mutate()} data-testid="stop-backtest">{t('rules.cancel')}</button>}
        </div>
      )}
      {one && (one.state === 'cancelled' || one.state === 'failed') && <p className="quiet">{t(`rules.backtest_${one.state}`)}{one.reason ? ` ${one.reason}` : ''}</p>}
      {!one && !latest.isLoading && <p className="quiet">{detail.draft || text.isDirty ? t('rules.backtest_none') : t('rules.backtest_no_draft')}</p>}
      {one?.state === 'done' && (
        <>
          {(!one.is_current || text.isDirty) && <p className="stale-note">{t('rules.backtest_stale')}</p>}
          <Numbers one={one} detail={detail} />
          {one.samples.length === 0 && <p className="quiet">{t('rules.backtest_same')}</p>}
          <ul className="changes">
            {one.samples.map((sample) => (
              <li key={`${sample.conversation} ${sample.change}`} data-testid="backtest-sample">
                <span className={sample.change === 'new' ? 'chip missed' : 'chip met'}>{t(sample.change === 'new' ? 'rules.change_new' : 'rules.change_gone')}</span>
                <Link to={`/conversations/${encodeURIComponent(sample.conversation)}`}>{sample.sentence ? t('app.quote', { text: sample.sentence }) : sample.external_id}</Link>
                <span className="turned"><VerdictChip verdict={sample.verdict_before} /> → <VerdictChip verdict={sample.verdict_after} /></span>
                <small>{sample.started_ms === null ? '' : `${format.day(sample.started_ms)} `}{sample.agent}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** Of the scores, those that the rule moves, or that moved. */
function Numbers({ one, detail }: { one: Backtest; detail: RuleDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { kind } = detail
  const scores = SCORE_NAMES.filter((score) => Math.abs(one.scores[score]?.mean_change ?? 0) >= 0.005 || detail.effects.some((effect) => effect.score === score))
  const exact = (by: number) => (Math.abs(by) < 0.005 ? '0' : `${by < 0 ? '−' : '+'}${Math.abs(by).toFixed(2)}`)
  return (
    <dl className="backtest-numbers">
      <div><dt>{t(`rules.newly.${kind}`)}</dt><dd className="bad" data-testid="newly-found">{format.count(one.newly_found)}</dd></div>
      <div><dt>{t(`rules.no_longer.${kind}`)}</dt><dd className="good" data-testid="no-longer-found">{format.count(one.no_longer_found)}</dd></div>
      {one.newly_undecided > 0 && <div><dt>{t('rules.newly_undecided')}</dt><dd>{format.count(one.newly_undecided)}</dd></div>}
      {scores.map((score) => <div key={score}><dt>{t('rules.mean_of', { score: t(`score.${score}`) })}</dt><dd data-score={score}>{exact(one.scores[score]?.mean_change ?? 0)}</dd></div>)}
      <div><dt>{t('rules.agents')}</dt><dd>{format.count(one.agents)}</dd></div>
    </dl>
  )
}
