import { useCallback, useEffect, useRef } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { conversationAddress, isFiltered } from '../../api/filter'
import type { ListPage } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { FailedState, PageState } from '../../parts/PageState'
import { player } from '../../player/player'
import { ConversationRow } from './ConversationRow'
import { rememberOpened } from './lastOpened'
import type { ChangeFilter } from './ListPage'
import { TableHead } from './TableHead'
import type { Walk } from './walk'

interface Props {
  conversations: UseInfiniteQueryResult<InfiniteData<ListPage>>
  filter: URLSearchParams
  change: ChangeFilter
  walk: Walk
  playing: { id: string; number: number | null } | null
  /** A row without a recording that was asked to sound, or after which none has one. */
  silent: string | null
  onPlay: (id: string) => void
  onSilent: (id: string | null) => void
  /** The pointer or the focus is on a play button, or has left it. */
  onPoint: (id: string | null) => void
}

export function ConversationTable({ conversations, filter, change, walk, playing, silent, onPlay, onSilent, onPoint }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { data, error, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetching, fetchNextPage } = conversations
  const { items, selected, select } = walk
  const total = data?.pages[0]?.total ?? 0
  const body = useRef<HTMLTableSectionElement>(null)

  useEffect(() => {
    if (!walk.isMoved()) return
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selected, walk])

  const at = items.find((item) => item.id === selected)
  const open = () => {
    if (!at) return
    rememberOpened(at.id)
    const finding = playing?.id === at.id && playing.number !== null ? `#${playing.number}` : ''
    navigate(conversationAddress(at.id, filter) + finding)
  }
  const play = useCallback((id: string) => {
    select(id)
    onPlay(id)
  }, [select, onPlay])
  const move = (step: number) => {
    const next = walk.move(step, playing !== null)
    if (playing) {
      if (next) onPlay(next)
      else if (step > 0 && !hasNextPage) onSilent(playing.id)
    } else if (silent) onSilent(items.find((item) => item.id === next)?.has_recording === false ? next : null)
  }
  /** The row that holds the focus, else the one that is selected. */
  const inFocus = () => document.activeElement?.closest<HTMLElement>('tr[data-id]')?.dataset.id
  const playRow = () => {
    // Before one is chosen it is the first that can be heard.
    const item = items.find((one) => one.id === inFocus()) ?? at ?? (playing ? undefined : items.find((one) => one.has_recording))
    if (item?.has_recording) play(item.id)
    else if (playing) player.toggle()
    else if (item) onSilent(item.id)
  }
  const hasSound = items.some((item) => item.has_recording)
  useKeyboard({ j: () => move(1), k: () => move(-1), Enter: open, ' ': playing || hasSound ? playRow : undefined })

  if (data && total === 0) {
    return isFiltered(filter)
      ? <PageState title={t('list.none_match')} remedy={t('list.none_match_remedy')}><Link className="link" to="/">{t('list.clear')}</Link></PageState>
      : <PageState title={t('list.empty')} remedy={t('list.empty_remedy')}><Link className="link" to="/import">{t('joins.to_import')}</Link></PageState>
  }
  return (
    <div className="table-frame paper" aria-busy={isFetching}>
      {isFetching && data && !isFetchingNextPage && <span className="updating" role="status"><span className="unseen">{t('app.updating')}</span></span>}
      <table className={`conversations${isPlaceholderData ? ' stale' : ''}${items.some((item) => item.has_recording) ? ' with-sound' : ''}`} aria-label={t('list.table')} role="table" aria-rowcount={total}>
        <TableHead filter={filter} change={change} />
        <tbody ref={body} role="rowgroup">
          {!data && Array.from({ length: 12 }, (_, row) => (
            <tr key={row} className="ghost-row"><td colSpan={2}><span className="ghost" style={{ height: 12, width: `${88 - (row * 7) % 30}%` }} /></td></tr>
          ))}
          {items.map((item) => (
            <ConversationRow
              key={item.id} item={item} address={conversationAddress(item.id, filter)} isSelected={item.id === selected}
              isPlaying={item.id === playing?.id} onOpen={rememberOpened} onPlay={play} onPoint={onPoint}
            />
          ))}
        </tbody>
      </table>
      {data && (
        <footer>
          {error && <FailedState error={error} onRetry={() => void fetchNextPage()} />}
          {!error && hasNextPage && (
            <>
              <button type="button" className="link" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()} data-testid="more">
                {isFetchingNextPage ? t('app.loading') : t('list.more', { count: Math.min(total - items.length, 50) })}
              </button>
              <span className="faint">{t('list.shown', { shown: format.count(items.length), total: format.count(total) })}</span>
            </>
          )}
          {!error && !hasNextPage && <span className="faint">{t('list.end', { total: format.count(total), count: total })}</span>}
        </footer>
      )}
    </div>
  )
}
