import { useEffect, useRef, useState } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { conversationAddress, isFiltered } from '../../api/filter'
import type { ListPage } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { FailedState, PageState } from '../../parts/PageState'
import { ConversationRow } from './ConversationRow'
import { lastOpened, rememberOpened } from './lastOpened'
import type { ChangeFilter } from './ListPage'
import { TableHead } from './TableHead'

interface Props {
  conversations: UseInfiniteQueryResult<InfiniteData<ListPage>>
  filter: URLSearchParams
  change: ChangeFilter
}

export function ConversationTable({ conversations, filter, change }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { data, error, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetching, fetchNextPage } = conversations
  const items = data?.pages.flatMap((page) => page.items) ?? []
  const total = data?.pages[0]?.total ?? 0
  const [selected, setSelected] = useState<string | null>(lastOpened)
  const body = useRef<HTMLTableSectionElement>(null)
  const index = items.findIndex((item) => item.id === selected)
  const isMoved = useRef(false)

  useEffect(() => {
    if (!isMoved.current) return
    isMoved.current = false
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  const move = (step: number) => {
    const next = items[index < 0 ? 0 : Math.min(Math.max(index + step, 0), items.length - 1)]
    if (step > 0 && index >= items.length - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
    if (!next) return
    isMoved.current = true
    setSelected(next.id)
  }
  const open = () => {
    if (index < 0) return
    rememberOpened(selected!)
    navigate(conversationAddress(selected!, filter))
  }
  useKeyboard({ j: () => move(1), k: () => move(-1), Enter: open })

  if (data && total === 0) {
    return isFiltered(filter)
      ? <PageState title={t('list.none_match')} remedy={t('list.none_match_remedy')}><Link className="link" to="/">{t('list.clear')}</Link></PageState>
      : <PageState title={t('list.empty')} remedy={t('list.empty_remedy')} />
  }
  return (
    <div className="table-frame paper" aria-busy={isFetching}>
      {isFetching && data && !isFetchingNextPage && <span className="updating" role="status"><span className="unseen">{t('app.updating')}</span></span>}
      <table className={isPlaceholderData ? 'conversations stale' : 'conversations'} aria-label={t('list.table')} role="table" aria-rowcount={total}>
        <TableHead filter={filter} change={change} />
        <tbody ref={body} role="rowgroup">
          {!data && Array.from({ length: 12 }, (_, row) => (
            <tr key={row} className="ghost-row"><td colSpan={2}><span className="ghost" style={{ height: 12, width: `${88 - (row * 7) % 30}%` }} /></td></tr>
          ))}
          {items.map((item) => (
            <ConversationRow key={item.id} item={item} address={conversationAddress(item.id, filter)} isSelected={item.id === selected} onOpen={rememberOpened} />
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
