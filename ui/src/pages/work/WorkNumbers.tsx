import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Work } from '../../api/work'
import { useFormat } from '../../i18n/format'

const TICK_MS = 1_000

function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS)
    return () => window.clearInterval(timer)
  }, [])
  return now
}

/** How much, how urgent, how old, how fast. */
export function WorkNumbers({ work }: { work: Work }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const figure = (name: string, value: ReactNode, below: ReactNode, tone = '') => (
    <div key={name} className="figure" data-testid={`work-${name}`}>
      <span className="label">{t(`work.${name}`)}</span>
      <b className={tone}>{value}</b>
      <span className="below">{below || '\u00a0'}</span>
    </div>
  )
  const rate = work.rate_per_minute
  return (
    <section className="figures paper" aria-label={t('work.numbers')}>
      {figure('waiting', format.count(work.waiting), work.urgent > 0 ? t('work.urgent_of', { urgent: format.count(work.urgent) }) : t('work.none_urgent'))}
      {figure('running', format.count(work.running), t('work.workers_alive', { count: work.workers.filter((one) => one.is_alive).length }))}
      {figure('aside', format.count(work.aside), t('work.aside_words'), work.aside > 0 ? 'tone-middling' : '')}
      {figure('oldest', work.oldest_ms === null ? t('app.dash') : format.duration(Math.max(0, now - work.oldest_ms)), t('work.oldest_words'))}
      {figure('rate', rate >= 10 ? format.count(rate) : format.mean(rate), work.failed_last_hour > 0 ? t('work.failed', { count: work.failed_last_hour, number: format.count(work.failed_last_hour) }) : t('work.rate_words'))}
    </section>
  )
}
