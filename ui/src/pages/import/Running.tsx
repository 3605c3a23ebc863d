import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine } from '../../parts/PageState'
import { useImportActs } from './importQueries'
import { SpeechFacts } from './SpeechTally'

/** Shorter stretches tell nothing about the rate. */
const SURE_AFTER_MS = 2_000

interface Seen { at: number; bytes: number; read: number }

/** How fast it goes since this page looks, and how long it will go on. */
function useRate(one: Import) {
  const first = useRef<Seen | null>(null)
  const now: Seen = { at: Date.now(), bytes: one.progress?.bytes_done ?? 0, read: one.counts ? one.counts.read + (one.counts.records?.read ?? 0) : 0 }
  if (one.progress && (!first.current || first.current.bytes > now.bytes)) first.current = now
  const from = first.current
  if (!one.progress || !from || now.at - from.at < SURE_AFTER_MS || now.bytes <= from.bytes) return null
  const ms = now.at - from.at
  return {
    read: (now.read - from.read) / (ms / 1000),
    leftMs: ((one.progress.bytes - now.bytes) * ms) / (now.bytes - from.bytes),
  }
}

/** Waiting, running or being undone: how far it is, and a way to stop it. */
export function Running({ one }: { one: Import }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { cancel } = useImportActs(one.number)
  const [isAsked, setAsked] = useState(false)
  const rate = useRate(one)
  const { counts, progress } = one
  const share = progress && progress.bytes > 0 ? Math.min(progress.bytes_done / progress.bytes, 1) : null
  const line = one.state === 'waiting' ? t('import.waiting') : one.state === 'undoing' ? t('import.undoing') : share === null ? t('import.running') : t('import.running_share', { percent: format.percent(share) })
  return (
    <section className="paper running" aria-label={t('import.progress')} data-testid="running">
      <p className="lead" role="status">{line}</p>
      <div className={share === null ? 'progress unknown' : 'progress'} role="progressbar" aria-label={t('import.progress')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={share === null ? undefined : Math.floor(share * 100)}>
        <span style={{ width: share === null ? undefined : `${share * 100}%` }} />
      </div>
      <p className="facts">
        {counts && counts.read > 0 && <span>{t('import.so_far', { number: format.count(counts.read), count: counts.read })}</span>}
        {counts?.records && counts.records.read > 0 && <span>{t('import.so_far_records', { number: format.count(counts.records.read), count: counts.records.read })}</span>}
        {counts && <SpeechFacts counts={counts} />}
        {one.refusals > 0 && <span className="refused">{t('import.so_far_refused', { number: format.count(one.refusals), count: one.refusals })}</span>}
        {rate && rate.read > 0 && <span>{t('import.rate', { number: rate.read < 10 ? format.mean(rate.read) : format.count(rate.read) })}</span>}
        {rate && <span>{t('import.left', { duration: format.duration(Math.max(1000, Math.round(rate.leftMs / 1000) * 1000)) })}</span>}
      </p>
      <p className="quiet">{t('import.may_leave')}</p>
      {one.state !== 'undoing' && <button type="button" className="button" onClick={() => setAsked(true)} data-testid="cancel">{t('import.cancel')}</button>}
      {cancel.error && <ErrorLine error={cancel.error} />}
      {isAsked && (
        <ConfirmDialog
          title={t('import.cancel_title')} yes={t('import.cancel_yes')} no={t('import.cancel_no')} isBusy={cancel.isPending}
          onNo={() => setAsked(false)} onYes={() => cancel.mutate(undefined, { onSettled: () => setAsked(false) })}
        >
          <p>{t('import.cancel_keeps')}</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
