import { Popover } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../api/account'
import { readFilter } from '../../api/filter'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { isReason } from '../../parts/RevealReason'
import { ExportFormats } from './ExportFormats'
import { runExport, type ExportFormat } from './exportRun'
import { ExportUncovered } from './ExportUncovered'

interface Props {
  filter: URLSearchParams
  /** Only these; null: all that the filter keeps. */
  ids: readonly string[] | null
  total: number | undefined
  isExact: boolean
  label: string
}

/** What the list shows, or what was chosen of it, as a file: how many is said before, how far it is while it is made. */
export function ExportMenu({ filter, ids, total, isExact, label }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const [done, setDone] = useState<number | null>(null)
  const [error, setError] = useState<Error | null>(null)
  /** Why numbers are wanted as they are; null: they are covered. */
  const [reason, setReason] = useState<string | null>(null)
  const mayReveal = useAccount().may('manager') && !ids
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])

  const begin = useCallback(async (kind: ExportFormat) => {
    const own = new AbortController()
    stop.current = own
    setError(null)
    setDone(0)
    try {
      await runExport({ format: kind, language: format.language, filter: readFilter(filter, false), ids, reason: mayReveal && reason !== null ? reason.trim() : null }, setDone, own.signal)
      setOpen(false)
      setReason(null)
    } catch (cause) {
      if (!own.signal.aborted) setError(cause instanceof Error ? cause : new Error(String(cause)))
    } finally {
      if (stop.current === own) {
        stop.current = null
        setDone(null)
      }
    }
  }, [filter, ids, format.language, mayReveal, reason])

  const number = total === undefined ? '' : isExact ? format.count(total) : t('list.at_least', { total: format.count(total) })
  const menu = (
    <div className="export-menu" data-testid="export-menu">
      {done !== null
        ? (
          <div role="status" data-testid="export-progress">
            <p>{t('export.making', { done: format.count(done), total: number })}</p>
            <progress max={total ? Math.max(total, done) : undefined} value={total ? done : undefined} aria-label={t('list.export')} />
            <button type="button" className="button" onClick={() => stop.current?.abort()} data-testid="export-stop">{t('export.stop')}</button>
          </div>
        )
        : (
          <>
            {total !== undefined && <p className="quiet">{t(ids ? 'export.chosen' : 'list.export_what', { count: total, number })}</p>}
            {error && <ErrorLine error={error} />}
            <ExportFormats filter={filter} isCovered={reason === null} isReady={reason === null || isReason(reason)} onChoose={(kind) => void begin(kind)} />
            {mayReveal && <ExportUncovered reason={reason} onReason={setReason} />}
          </>
        )}
    </div>
  )
  return (
    <Popover open={isOpen} onOpenChange={(next) => done === null && setOpen(next)} trigger="click" placement={ids ? 'topLeft' : 'bottomRight'} content={menu} arrow={false}>
      <button type="button" className="button export" aria-haspopup="dialog" aria-expanded={isOpen} disabled={!total} data-testid={ids ? 'export-chosen' : 'export'}>{label}</button>
    </Popover>
  )
}
