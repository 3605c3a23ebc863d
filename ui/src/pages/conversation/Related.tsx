import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { fetchRelated } from '../../api/review'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'

/** What else this customer has talked about, newest first. */
export function Related({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const related = useQuery({
    queryKey: ['related', conversation.id], queryFn: ({ signal }) => fetchRelated(conversation.id, signal), enabled: conversation.customer !== null,
  })
  const items = related.data?.items ?? []
  return (
    <section className="related record" aria-labelledby="related-title" data-testid="related">
      <h2 id="related-title">{t('review.related')}{items.length > 0 && <span className="quiet">{format.count(items.length)}</span>}</h2>
      {conversation.customer === null && <p className="quiet">{t('review.related_unknown')}</p>}
      {related.error && <ErrorLine error={related.error} onRetry={() => void related.refetch()} />}
      {conversation.customer !== null && related.isPending && <span className="ghost" style={{ width: '70%', height: 14 }} aria-busy="true" />}
      {related.data && items.length === 0 && <p className="quiet">{t('review.related_none')}</p>}
      <ul>
        {items.map((one) => (
          <li key={one.id}>
            <Link to={`/conversations/${encodeURIComponent(one.id)}`} data-testid="related-one">
              <b>{one.title}</b>
              {one.scores.compliance !== null && <span className={one.high_risk ? 'risky' : 'quiet'}>{t('score.compliance')} {format.count(one.scores.compliance)}</span>}
              <small>{[one.started_ms === null ? null : format.dayTime(one.started_ms), t(`channel.${one.channel}`, { defaultValue: one.channel }), one.agent].filter(Boolean).join(' · ')}</small>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
