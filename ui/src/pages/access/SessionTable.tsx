import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { endSession, fetchSessions, type Session } from '../../api/account'
import { useFormat } from '../../i18n/format'
import { ErrorLine, FailedState } from '../../parts/PageState'
import { browserName } from './browserName'

/** Where one is signed in, and the keys of one's programs; each can be ended. */
export function SessionTable() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => fetchSessions(signal) })
  const end = useMutation({ mutationFn: endSession, onSuccess: (left) => queries.setQueryData(['sessions'], left) })
  return (
    <section aria-label={t('access.sessions')}>
      <h2>{t('access.sessions')}</h2>
      {sessions.error && !sessions.data && <FailedState error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {end.error && <ErrorLine error={end.error} />}
      {sessions.isPending && <div className="paper ghosts" aria-busy="true"><span className="ghost" /><span className="ghost" /></div>}
      {sessions.data && (
        <ul className="paper access-sessions">
          {sessions.data.sessions.map((session) => (
            <SessionRow key={session.number} session={session} isBusy={end.isPending} onEnd={() => end.mutate(session.number)} />
          ))}
        </ul>
      )}
    </section>
  )
}

function SessionRow({ session, isBusy, onEnd }: { session: Session; isBusy: boolean; onEnd: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = session.kind === 'key' ? t('access.key', { name: session.name }) : browserName(session.name) ?? t('access.some_browser')
  return (
    <li data-testid="session">
      <span><b>{name}</b>{session.is_current && <span className="chip noted">{t('access.this_device')}</span>}</span>
      <span className="quiet">{session.address}</span>
      <span className="quiet">{t('access.seen', { when: format.dayTime(session.seen_ms) })}</span>
      {session.is_current ? <span /> : <button type="button" className="button" disabled={isBusy} onClick={onEnd} aria-label={t('access.end_named', { name })} data-testid="end-session">{t('access.end')}</button>}
    </li>
  )
}
