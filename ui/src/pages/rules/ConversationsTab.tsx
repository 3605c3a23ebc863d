import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import { fetchSamples, type RuleDetail, type Sample } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { FailedState } from '../../parts/PageState'
import { VerdictChip } from '../../parts/VerdictChip'
import { foundCount, foundVerdict, passedCount } from './parts/figures'
import { Spoken } from './parts/Spoken'
import { OverTime } from './parts/OverTime'

/** Twenty that it found and twenty that it did not, drawn at random; each opens at its place. */
export function ConversationsTab({ detail, onTry }: { detail: RuleDetail; onTry: (conversation: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [seed, setSeed] = useState(1)
  const samples = useQuery({ queryKey: ['rule-samples', detail.rule, seed], queryFn: ({ signal }) => fetchSamples(detail.rule, seed, signal), placeholderData: (before) => before })
  if (samples.error && !samples.data) return <FailedState error={samples.error} onRetry={() => void samples.refetch()} />
  const list = (verdict: string) => `/conversations?${new URLSearchParams({ rule: detail.rule, verdict })}`
  const found = foundVerdict(detail.kind)
  const passed = detail.kind === 'expect' ? 'met' : detail.kind === 'never' ? 'clean' : 'not_noted'
  const column = (title: string, items: Sample[] | undefined, verdict: string, count: number, testId: string) => (
    <section className="paper pane samples" aria-label={title} data-testid={testId}>
      <header><h2>{title}</h2><Link className="link" to={list(verdict)}>{t('rules.all_of', { count: format.count(count) })}</Link></header>
      {!items && <div className="ghosts" aria-busy="true">{[80, 64, 72].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
      {items?.length === 0 && <p className="quiet">{t('rules.none_yet')}</p>}
      <ul>{items?.map((sample) => <SampleRow key={sample.conversation} sample={sample} rule={detail.rule} onTry={onTry} />)}</ul>
    </section>
  )
  return (
    <div className="conversations-tab">
      <OverTime days={detail.over_time} rule={detail.rule} verdict={found} />
      <p className="sample-acts"><span className="quiet">{t('rules.samples_say')}</span><button type="button" className="button" onClick={() => setSeed(seed + 1)} data-testid="other-samples">{t('rules.others')}</button></p>
      <div className="two">
        {column(t(`rules.found.${detail.kind}`), samples.data?.found, found, foundCount(detail.kind, detail.counts), 'found')}
        {column(t(`rules.passed_kind.${detail.kind}`), samples.data?.passed, passed, passedCount(detail.kind, detail.counts), 'passed')}
      </div>
    </div>
  )
}

function SampleRow({ sample, rule, onTry }: { sample: Sample; rule: string; onTry: (conversation: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  // What was found, or where it should have come: the mark that opened it, else the first.
  const marked = sample.turns.filter((one) => one.marks.length > 0)
  const turn = (marked.find((one) => one.marks.some((mark) => mark.kind === 'trigger')) ?? marked[0])?.turn
  const address = conversationAddress(sample.conversation, new URLSearchParams({ rule, verdict: sample.verdict }), turn)
  return (
    <li className="sample" data-testid="sample">
      <p>
        <VerdictChip verdict={sample.verdict} /> <Link className="title" to={address}>{sample.title || sample.external_id}</Link>
        {sample.judgement && <span className={`judged ${sample.judgement}`}>{t(`rules.judgement.${sample.judgement}`)}</span>}
      </p>
      <ol className="dialogue-lines">
        {sample.turns.map((one) => (
          <li key={one.turn} className={one.marks.length > 0 ? 'marked' : undefined}><span className={`who ${one.role}`}>{t(`role.${one.role}`)}</span><Spoken text={one.text} marks={one.marks} /></li>
        ))}
      </ol>
      <p className="quiet below">
        {[sample.started_ms === null ? null : format.dayTime(sample.started_ms), t(`channel.${sample.channel}`), sample.agent].filter(Boolean).join(' · ')}
        <button type="button" className="link" onClick={() => onTry(sample.external_id.includes('*') ? sample.conversation : sample.external_id)}>{t('rules.try_here')}</button>
      </p>
    </li>
  )
}
