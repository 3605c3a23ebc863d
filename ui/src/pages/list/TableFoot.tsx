import { useEffect, useRef } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { MOST_ROWS } from '../../api/client'
import type { ListPage } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { FailedState } from '../../parts/PageState'

/** So far below the screen the next rows are read, so that who scrolls need not wait. */
const NEAR = '1800px'

/** How many are shown of how many; who scrolls there gets more without asking. */
export function TableFoot({ conversations, shown, total, isExact }: {
  conversations: UseInfiniteQueryResult<InfiniteData<ListPage>>; shown: number; total: number; isExact: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { error, hasNextPage, isFetchingNextPage, isFetching, fetchNextPage } = conversations
  const foot = useRef<HTMLElement>(null)
  const wants = useRef(false)
  useEffect(() => {
    wants.current = hasNextPage && !isFetching && !error
  })
  useEffect(() => {
    if (!foot.current) return
    let isNear = false
    const observer = new IntersectionObserver((entries) => {
      isNear = entries[entries.length - 1]!.isIntersecting
      look()
    }, { rootMargin: NEAR })
    // Only who has scrolled wants more.
    const look = () => {
      if (isNear && wants.current && window.scrollY > 0) void fetchNextPage()
    }
    observer.observe(foot.current)
    window.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      window.removeEventListener('scroll', look)
    }
  }, [fetchNextPage, shown])
  return (
    <footer ref={foot}>
      {error && <FailedState error={error} onRetry={() => void fetchNextPage()} />}
      {!error && hasNextPage && (
        <>
          <button type="button" className="link" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()} data-testid="more">
            {isFetchingNextPage ? t(shown === 0 ? 'list.looking' : 'app.loading') : total > shown ? t('list.more', { count: Math.min(total - shown, MOST_ROWS) }) : t('list.go_on')}
          </button>
          {shown > 0 && <span className="faint" data-testid="shown">{t('list.shown', { shown: format.count(shown), total: isExact ? format.count(total) : t('list.at_least', { total: format.count(total) }) })}</span>}
        </>
      )}
      {!error && !hasNextPage && <span className="faint">{t('list.end', { total: format.count(Math.max(total, shown)), count: Math.max(total, shown) })}</span>}
    </footer>
  )
}
