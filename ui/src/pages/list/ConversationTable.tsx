import { useCallback, useEffect, useMemo } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { conversationAddress, isFiltered, listAddress } from '../../api/filter'
import type { ListPage, Verdict } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { PageState } from '../../parts/PageState'
import { player } from '../../player/player'
import { useChunks } from './chunks'
import type { Chosen } from './chosen'
import { useColumns, useDrawnColumns } from './columns'
import type { ChangeFilter } from './ListPage'
import { TableFoot } from './TableFoot'
import { TableHead } from './TableHead'
import { TableRows } from './TableRows'
import type { Walk } from './walk'

interface Props {
  conversations: UseInfiniteQueryResult<InfiniteData<ListPage>>
  filter: URLSearchParams
  change: ChangeFilter
  walk: Walk
  chosen: Chosen
  /** Of the rule that the list is of. */
  verdict: Verdict | null
  playing: { id: string; number: number | null } | null
  /** A row without a recording that was asked to sound, or after which none has one. */
  silent: string | null
  onOpen: (id: string) => void
  onPlay: (id: string) => void
  onSilent: (id: string | null) => void
  /** The pointer or the focus is on a play button, or has left it. */
  onPoint: (id: string | null) => void
}

export function ConversationTable({ conversations, filter, change, walk, chosen, verdict, playing, silent, onOpen, onPlay, onSilent, onPoint }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { columns } = useColumns()
  const drawn = useDrawnColumns(format.language)
  const { data, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetching } = conversations
  const { items, selected, select } = walk
  const total = data?.pages[0]?.total ?? 0
  const isExact = data?.pages[0]?.total_is_exact !== false
  const chunks = useChunks(items.length)
  const { frame, bring } = chunks

  useEffect(() => {
    if (!walk.isMoved()) return
    const row = frame.current?.querySelector('tr[aria-selected="true"]')
    if (row) row.scrollIntoView({ block: 'nearest' })
    else bring(items.findIndex((item) => item.id === selected))
  }, [selected, walk, frame, bring, items])

  // The table is drawn at every piece that comes and goes: what goes through all rows is kept.
  const at = useMemo(() => items.find((item) => item.id === selected), [items, selected])
  const open = () => {
    if (!at) return
    onOpen(at.id)
    const finding = playing?.id === at.id && playing.number !== null ? `#${playing.number}` : ''
    navigate(finding ? conversationAddress(at.id, filter) + finding : conversationAddress(at.id, filter, at.matches?.[0]?.turn))
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
  const choose = (isRange: boolean) => {
    const id = inFocus() ?? selected
    if (id) chosen.toggle(id, isRange)
  }
  const hasSound = useMemo(() => items.some((item) => item.has_recording), [items])
  useKeyboard({
    j: () => move(1), k: () => move(-1), Enter: open, ' ': playing || hasSound ? playRow : undefined,
    x: () => choose(false), X: () => choose(true),
  })

  if (data && items.length === 0 && !hasNextPage && !isPlaceholderData) {
    return isFiltered(filter)
      ? <PageState title={t('list.none_match')} remedy={t('list.none_match_remedy')}><Link className="link" to={listAddress(new URLSearchParams())}>{t('list.clear')}</Link></PageState>
      : <PageState title={t('list.empty')} remedy={t('list.empty_remedy')}><Link className="link" to="/import">{t('joins.to_import')}</Link></PageState>
  }
  return (
    <div className={columns.isUsual ? 'table-frame paper' : 'table-frame paper own-columns'} aria-busy={isFetching}>
      {data?.pages[0]?.search?.is_complete === false && (
        <p className="not-indexed" role="status" data-testid="not-indexed">{t('search.waiting', { count: data.pages[0].search.waiting, number: format.count(data.pages[0].search.waiting) })}</p>
      )}
      {isFetching && data && !isFetchingNextPage && <span className="updating" role="status"><span className="unseen">{t('app.updating')}</span></span>}
      <table ref={frame} className={`conversations${isPlaceholderData ? ' stale' : ''}${hasSound ? ' with-sound' : ''}`} aria-label={t('list.table')} role="table" aria-rowcount={isExact ? total + 1 : -1}>
        <TableHead filter={filter} change={change} drawn={drawn} isAllChosen={items.length > 0 && items.length === chosen.ids.size} chooseAll={chosen.shown} />
        {data
          ? <TableRows items={items} chunks={chunks} columns={drawn} filter={filter} chosen={chosen} verdict={verdict} selected={selected} playing={playing?.id ?? null} onOpen={onOpen} onPlay={play} onPoint={onPoint} />
          : (
            <tbody role="rowgroup">
              {Array.from({ length: 12 }, (_, row) => <tr key={row} className="ghost-row"><td colSpan={3}><span className="ghost" style={{ height: 12, width: `${88 - (row * 7) % 30}%` }} /></td></tr>)}
            </tbody>
          )}
      </table>
      {data && <TableFoot conversations={conversations} shown={items.length} total={total} isExact={isExact} />}
    </div>
  )
}
