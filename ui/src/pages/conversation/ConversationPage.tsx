import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { conversationAddress, listAddress, readFilter } from '../../api/filter'
import { revealConversation } from '../../api/reveal'
import { markSeen } from '../../api/review'
import { useConversation, useNeighbours, useReadAhead } from '../../api/queries'
import { useKeyboard } from '../../parts/keyboard'
import { FailedState, PageState } from '../../parts/PageState'
import { usePageTitle } from '../../parts/pageTitle'
import { TopBar } from '../../parts/TopBar'
import { RevealContext, useReveal } from '../../parts/useReveal'
import { player } from '../../player/player'
import { rememberOpened } from '../list/lastOpened'
import { useSaidAhead } from '../review/useSaid'
import { Breadcrumb, Steps } from './Breadcrumb'
import { ConversationView } from './ConversationView'
import './conversation.css'

/** One conversation. The address carries the list it was opened from, so that j and k go on inside that list. */
export function ConversationPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const [search] = useSearchParams()
  const address = search.toString()
  const filter = useMemo(() => readFilter(new URLSearchParams(address)), [address])
  const navigate = useNavigate()
  const conversation = useConversation(id)
  const reveal = useReveal(`conversation ${id}`, (reason) => revealConversation(id, reason))
  const isSame = reveal.shown?.inspection.inspected_ms === conversation.data?.inspection.inspected_ms
  const neighbours = useNeighbours(id, filter)
  const { previous, next } = neighbours.isPlaceholderData ? { previous: null, next: null } : neighbours.data ?? { previous: null, next: null }
  usePageTitle(conversation.data?.title || conversation.data?.external_id)

  // While this one is read, another does not go on sounding.
  useEffect(() => {
    if (player.snapshot().id !== id) player.pause()
  }, [id])
  useEffect(() => {
    if (conversation.data) markSeen(conversation.data.id)
  }, [conversation.data])
  useEffect(() => rememberOpened(conversation.data?.id ?? id), [conversation.data?.id, id])
  useSaidAhead(next)
  useReadAhead(next, (read) => {
    if (read.recording) player.preload(read.id, 0)
  })

  const go = (to: string | null) => (to ? () => navigate(conversationAddress(to, filter)) : undefined)
  useKeyboard({ j: go(next), k: go(previous), ']': go(next), '[': go(previous), u: () => navigate(listAddress(filter)) })

  const isMissing = conversation.error instanceof ApiError && conversation.error.status === 404
  const toList = <Link className="link" to={listAddress(filter)}>{t('error.to_list')}</Link>
  return (
    <>
      <TopBar
        where={<Breadcrumb filter={filter} neighbours={neighbours.data} conversation={conversation.data} />}
        steps={<Steps previous={previous} next={next} filter={filter} />}
        search=""
        onSearch={(text, isFinal) => {
          if (isFinal && text) navigate(listAddress(new URLSearchParams({ q: text })))
        }}
      />
      <main id="main">
        {conversation.data && (
          <RevealContext.Provider value={reveal}>
            <ConversationView key={conversation.data.id} conversation={(isSame && reveal.shown) || conversation.data} />
          </RevealContext.Provider>
        )}
        {!conversation.data && isMissing && (
          <PageState title={t('error.conversation_missing')} remedy={t('error.conversation_missing_remedy')} detail={id}>{toList}</PageState>
        )}
        {!conversation.data && conversation.error && !isMissing && (
          <FailedState error={conversation.error} onRetry={() => void conversation.refetch()}>{toList}</FailedState>
        )}
        {conversation.isPending && <Loading />}
      </main>
    </>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div className="conversation-loading" aria-busy="true">
      <span className="unseen" role="status">{t('app.loading')}</span>
      <span className="ghost" style={{ width: 260, height: 24 }} />
      <span className="ghost" style={{ width: 420, height: 14, margin: '8px 0 40px' }} />
      {Array.from({ length: 9 }, (_, row) => <span key={row} className="ghost" style={{ height: 14, width: `${64 - (row * 13) % 34}%`, margin: '16px 0' }} />)}
    </div>
  )
}
