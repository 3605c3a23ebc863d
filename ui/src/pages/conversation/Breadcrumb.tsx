import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress, isFiltered, listAddress } from '../../api/filter'
import type { Conversation, Neighbours } from '../../api/types'
import { useFormat } from '../../i18n/format'

/** Where one is: the list, its filter in words, the place inside it. */
export function Breadcrumb({ filter, neighbours, conversation }: {
  filter: URLSearchParams; neighbours: Neighbours | undefined; conversation: Conversation | undefined
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const parts: string[] = []
  const rule = filter.get('rule')
  const verdict = filter.get('verdict')
  if (rule) parts.push(format.title(conversation?.rules.find((one) => one.rule === rule)?.title, rule))
  if (verdict) parts.push(t(`verdict.${verdict}`, { defaultValue: verdict }))
  if (filter.get('high_risk') === '1') parts.push(t('list.high_risk'))
  const score = filter.get('score')
  if (score) parts.push(t('list.score_range', { score: t(`score.${score}`, { defaultValue: score }), min: filter.get('min') ?? 0, max: filter.get('max') ?? 100 }))
  for (const channel of filter.get('channel')?.split(',') ?? []) parts.push(t(`channel.${channel}`, { defaultValue: channel }))
  for (const name of ['team', 'agent', 'queue', 'q'] as const) {
    const value = filter.get(name)
    if (value) parts.push(name === 'q' ? t('app.quote', { text: value }) : value)
  }
  const from = filter.get('from')
  const to = filter.get('to')
  if (from || to) parts.push(`${from ? format.day(Number(from)) : ''}–${to ? format.day(Number(to) - 1) : ''}`)

  return (
    <>
      <Link to={listAddress(filter)} data-testid="to-list">
        {t('app.conversations')} / {isFiltered(filter) ? parts.join(' · ') : t('conversation.all')}
      </Link>
      {neighbours && (
        <>
          {' · '}{t('conversation.of', { total: neighbours.total_is_exact === false ? t('list.at_least', { total: format.count(neighbours.total) }) : format.count(neighbours.total) })}{' / '}
          <strong data-testid="position">
            {neighbours.position === null ? t('conversation.outside') : t('conversation.position', { position: format.count(neighbours.position) })}
          </strong>
        </>
      )}
    </>
  )
}

export function Steps({ previous, next, filter }: { previous: string | null; next: string | null; filter: URLSearchParams }) {
  const { t } = useTranslation()
  const step = (to: string | null, key: string, label: string) => (to
    ? <Link to={conversationAddress(to, filter)} aria-keyshortcuts={key} data-testid={`step-${key}`}><kbd>{key}</kbd> {label}</Link>
    : <span className="off" role="link" aria-disabled="true"><kbd>{key}</kbd> {label}</span>)
  return <span className="steps">{step(previous, 'k', t('conversation.previous'))}{step(next, 'j', t('conversation.next'))}</span>
}
