import { useTranslation } from 'react-i18next'
import type { AgainRun } from '../../api/speech'
import { useFormat, type Format } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useAgainActs } from './speechQueries'

/** Recordings that are recognised again: how far it is, how fast, what failed; it can be stopped. */
export function AgainPanel({ run }: { run: AgainRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { stop } = useAgainActs()
  const ended = run.done + run.failed + run.passed
  const isRunning = run.state === 'running'
  const share = run.found > 0 ? ended / run.found : isRunning ? 0 : 1
  return (
    <div className="paper again" data-testid="again" data-state={run.state} aria-live="polite">
      <p className="what">
        <b>{t(`speech.again.${run.state}`, { count: run.found, number: format.count(run.found), ended: format.count(ended) })}</b>
        <span className="quiet"> {[...chosenWords(run, t, format), made(run, t, format)].join(' · ')}</span>
      </p>
      <span className="progress" role="img" aria-label={format.percent(share)}><span style={{ width: `${share * 100}%` }} /></span>
      <p className="quiet facts" data-testid="again-facts">{facts(run, t, format).join(' · ')}</p>
      {stop.error && <ErrorLine error={stop.error} />}
      {isRunning && <button type="button" className="button" disabled={stop.isPending} onClick={() => stop.mutate(run.number)} data-testid="again-stop">{stop.isPending ? t('app.wait') : t('speech.again.stop')}</button>}
    </div>
  )
}

type Say = ReturnType<typeof useTranslation>['t']

/** Of which recordings it is, in words. */
function chosenWords({ filter }: AgainRun, t: Say, format: Format): string[] {
  return [
    filter.queue,
    filter.from_ms !== undefined && t('speech.again.since', { day: format.day(filter.from_ms) }),
    filter.to_ms !== undefined && t('speech.again.until', { day: format.day(filter.to_ms - 1) }),
    filter.by && t('speech.again.by_model', { model: filter.by }),
    filter.before_ms !== undefined && t('speech.again.before_day', { day: format.day(filter.before_ms) }),
    filter.wordless_only && t('speech.again.wordless'),
    filter.model && t('speech.again.with', { model: filter.model }),
  ].filter((word): word is string => !!word)
}

const made = (run: AgainRun, t: Say, format: Format) =>
  t('speech.again.made', { who: run.made_by || t('speech.again.machine'), when: format.dayTime(run.made_ms) })

function facts(run: AgainRun, t: Say, format: Format): string[] {
  const isRunning = run.state === 'running'
  return [
    isRunning && !run.is_listed && t('speech.again.listing'),
    isRunning && t('speech.again.in_hand', { waiting: format.count(run.waiting), running: format.count(run.running) }),
    isRunning && run.is_listed && run.running === 0 && run.waiting > 0 && t('speech.again.behind'),
    run.changed > 0 && t('speech.again.changed', { count: run.changed, number: format.count(run.changed) }),
    run.failed > 0 && t('speech.again.failed', { count: run.failed, number: format.count(run.failed) }),
    run.speed !== null && t('speech.again.speed', { number: format.count(Math.round(run.speed)) }),
    run.left_ms !== null && t('speech.again.left', { duration: format.duration(Math.max(1000, Math.round(run.left_ms / 1000) * 1000)) }),
    run.ended_ms !== null && t('speech.again.ended', { when: format.dayTime(run.ended_ms) }),
  ].filter((word): word is string => !!word)
}
