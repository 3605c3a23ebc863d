import { lazy, Suspense, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../api/account'
import { conversationAddress, readFilter } from '../../api/filter'
import type { ListItem } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { ErrorLine } from '../../parts/PageState'
import { idsOf, markAllSeen, MOST_AT_ONCE } from './bulk'
import type { Chosen } from './chosen'
import { ExportMenu } from './ExportMenu'

const OpenOrderDialog = lazy(async () => ({ default: (await import('../orders/OpenOrderDialog')).OpenOrderDialog }))

interface Props { chosen: Chosen; items: ListItem[]; filter: URLSearchParams; total: number; isExact: boolean }

/** What can be done with those that are chosen; how many they are is always said. */
export function BulkBar({ chosen, items, filter, total, isExact }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  const { may } = useAccount()
  const [busy, setBusy] = useState<{ what: 'seen' | 'links' | 'orders'; done: number } | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [ordered, setOrdered] = useState<string[] | null>(null)
  const stop = useRef<AbortController | null>(null)
  useKeyboard({ Escape: busy || ordered ? undefined : chosen.clear })
  const count = chosen.isAll ? total : chosen.ids.size
  const number = chosen.isAll && !isExact ? t('list.at_least', { total: format.count(total) }) : format.count(count)
  const isTooMany = chosen.isAll && (total > MOST_AT_ONCE || !isExact)
  if (count === 0) return null

  /** Those chosen, in the order of the list; then something is done with them. */
  const act = async (what: 'seen' | 'links' | 'orders', then: (ids: string[], signal: AbortSignal) => Promise<string | null>) => {
    const own = new AbortController()
    stop.current = own
    setError(null)
    setSaid(null)
    setBusy({ what, done: 0 })
    const onDone = (done: number) => setBusy({ what, done })
    try {
      const ids = chosen.isAll ? await idsOf(filter, onDone, own.signal) : items.filter((item) => chosen.ids.has(item.id)).map((item) => item.id)
      setSaid(await then(ids, own.signal))
    } catch (cause) {
      if (!own.signal.aborted) setError(cause instanceof Error ? cause : new Error(String(cause)))
    } finally {
      setBusy(null)
    }
  }
  const seen = () => act('seen', async (ids, signal) => {
    await markAllSeen(ids, (done) => setBusy({ what: 'seen', done }), signal)
    await queries.invalidateQueries({ queryKey: ['conversations'] })
    return t('bulk.seen_done', { count: ids.length })
  })
  const links = () => act('links', async (ids) => {
    const titles = new Map(items.map((item) => [item.id, item.title || item.external_id]))
    const text = ids.map((id) => `${titles.has(id) ? `${titles.get(id)}\t` : ''}${window.location.origin}${conversationAddress(id, new URLSearchParams())}`).join('\n')
    await navigator.clipboard.writeText(text)
    return t('bulk.links_done', { count: ids.length })
  })
  const orders = () => act('orders', async (ids) => {
    setOrdered(ids)
    return null
  })
  return (
    <section className="bulk-bar" aria-label={t('bulk.title')} data-testid="bulk-bar">
      <span className="how-many-chosen" role="status"><b>{t('bulk.chosen', { count, number })}</b>{isTooMany && <span className="quiet"> {t('bulk.bounded', { most: format.count(MOST_AT_ONCE) })}</span>}</span>
      {!chosen.isAll && items.length < total && chosen.ids.size === items.length && <button type="button" className="link" onClick={chosen.all} data-testid="choose-all">{t('bulk.all', { number: isExact ? format.count(total) : t('list.at_least', { total: format.count(total) }) })}</button>}
      {busy
        ? <span role="status" className="acts">{t('bulk.busy', { done: format.count(busy.done) })} <button type="button" className="button" onClick={() => stop.current?.abort()}>{t('export.stop')}</button></span>
        : (
          <span className="acts">
            <ExportMenu filter={readFilter(filter, false)} ids={chosen.isAll ? null : [...chosen.ids]} total={count} isExact={!chosen.isAll || isExact} label={t('list.export')} />
            <button type="button" className="button" onClick={() => void seen()} data-testid="bulk-seen">{t('bulk.seen')}</button>
            {may('reviewer') && <button type="button" className="button" onClick={() => void orders()} data-testid="bulk-orders">{t('bulk.orders')}</button>}
            <button type="button" className="button" onClick={() => void links()} data-testid="bulk-links">{t('bulk.links')}</button>
            <button type="button" className="button" onClick={chosen.clear} title="Esc" data-testid="bulk-clear">{t('bulk.clear')}</button>
          </span>
        )}
      {said && <span className="quiet" role="status" data-testid="bulk-said">{said}</span>}
      {error && <ErrorLine error={error} />}
      {ordered && <Suspense><OpenOrderDialog choice={{ conversations: ordered, ...(filter.get('rule') ? { rule: filter.get('rule')! } : {}) }} count={ordered.length} agent={null} onClose={() => setOrdered(null)} /></Suspense>}
    </section>
  )
}
