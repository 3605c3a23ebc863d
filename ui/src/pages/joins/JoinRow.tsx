import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Join } from '../../api/joins'
import { useFormat } from '../../i18n/format'

/** One record: what it says of itself, what it was joined to, or why to nothing. */
export function JoinRow({ item }: { item: Join }) {
  const { t } = useTranslation()
  const format = useFormat()
  const says: string[] = []
  if (item.from_ms !== null) says.push(format.dayTime(item.from_ms))
  if (item.number) says.push(item.number)
  if (item.customer && item.customer !== item.number) says.push(t('conversation.customer', { name: item.customer }))
  const agent = [item.agent, item.agent_id ?? (item.agent ? null : item.extension)].filter(Boolean).join(' ')
  if (agent) says.push(t('conversation.agent', { name: agent }))
  if (item.team && item.kind === 'roster') says.push(item.team)
  if (item.score) says.push(t('joins.score', { score: item.score }))
  if (item.ticket) says.push(t('joins.ticket', { ticket: item.ticket }))
  if (item.conversation_id) says.push(t('joins.own_id', { id: item.conversation_id }))
  if (item.recording) says.push(item.recording)
  const apart = (seconds: number | null) => {
    if (seconds === null) return null
    if (Math.abs(seconds) < 1) return t('joins.same_time')
    return t(seconds < 0 ? 'joins.earlier' : 'joins.later', { duration: format.duration(Math.abs(seconds) * 1000) })
  }
  const why = item.words ? item.words[format.language] : item.reason
  return (
    <li className="join" data-testid="join" data-state={item.state} data-record={item.record}>
      <div className="join-record">
        <p><span className={`join-state ${item.state}`}>{t(`joins.state.${item.state}`)}</span> <b>{t(`joins.kind_one.${item.kind}`)}</b> <span>{says.join(' · ')}</span></p>
        {item.source && <p className="faint">{item.source}{item.line ? ` · ${t('joins.line', { line: item.line })}` : ''}</p>}
      </div>
      <div className="join-found">
        {item.conversation
          ? (
            <p>
              → <Link className="link" to={`/conversations/${encodeURIComponent(item.conversation.id)}`}>{item.conversation.title || item.conversation.external_id}</Link>
              {item.conversation.started_ms !== null && <span className="quiet"> {format.dayTime(item.conversation.started_ms)}</span>}
            </p>
          )
          : null}
        {why && <p className={item.state === 'matched' ? 'quiet' : ''}>{why}</p>}
        {item.candidates.length > 0 && !item.conversation && (
          <ul className="candidates" aria-label={t('joins.candidates')}>
            {item.candidates.map((one) => (
              <li key={one.id}>
                <Link className="link" to={`/conversations/${encodeURIComponent(one.id)}`}>{one.external_id}</Link>
                <span className="quiet"> {[one.started_ms !== null && format.dayTime(one.started_ms), apart(one.seconds_apart)].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  )
}
