import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { useFacets } from '../../api/queries'
import type { AgainFilter, SpeechState } from '../../api/speech'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useAgainActs, useAgainCount } from './speechQueries'

const dayStart = (day: string) => (day ? new Date(`${day}T00:00:00`).getTime() : undefined)
const dayAfter = (day: string) => {
  const start = dayStart(day)
  return start === undefined ? undefined : new Date(new Date(start).setDate(new Date(start).getDate() + 1)).getTime()
}

/** Which recordings are recognised again, and by which model; it says how many those are before it begins. */
export function AgainDialog({ speech, onClose }: { speech: SpeechState; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const dialog = useRef<HTMLDialogElement>(null)
  const facets = useFacets()
  const { begin } = useAgainActs()
  const [chosen, setChosen] = useState({ queue: '', from: '', to: '', which: 'all', model: '' })
  useEffect(() => dialog.current?.showModal(), [])
  const set = (part: Partial<typeof chosen>) => setChosen({ ...chosen, ...part })
  const filter: AgainFilter = {
    queue: chosen.queue || undefined, model: chosen.model || undefined, from_ms: dayStart(chosen.from), to_ms: dayAfter(chosen.to),
    wordless_only: chosen.which === 'wordless' || undefined, by: chosen.which.startsWith('by ') ? chosen.which.slice(3) : undefined,
  }
  const count = useAgainCount(filter)
  const models = [...new Set([...speech.recognised.map((one) => one.model), ...(speech.best ? [speech.best] : []), ...speech.choices.map((one) => one.model)])].filter((name) => name && name !== 'off')
  const isOther = begin.error instanceof ApiError && begin.error.status === 409
  return (
    <dialog
      ref={dialog} className="confirm again-dialog" aria-label={t('speech.again.title')} data-testid="again-dialog"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2>{t('speech.again.title')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          begin.mutate(filter, { onSuccess: onClose })
        }}
      >
        <label>{t('speech.again.which')}
          <select value={chosen.which} onChange={(event) => set({ which: event.target.value })} autoFocus data-testid="again-which">
            <option value="all">{t('speech.again.all')}</option>
            <option value="wordless">{t('speech.again.wordless')}</option>
            {speech.recognised.map((one) => <option key={one.model} value={`by ${one.model}`}>{t('speech.again.by_model', { model: one.model })}</option>)}
          </select>
        </label>
        <label>{t('speech.again.queue')}
          <select value={chosen.queue} onChange={(event) => set({ queue: event.target.value })} data-testid="again-queue">
            <option value="">{t('speech.again.any_queue')}</option>
            {facets.data?.queues.map((queue) => <option key={queue} value={queue}>{queue}</option>)}
          </select>
        </label>
        <div className="pair">
          <label>{t('speech.again.from')}<input type="date" value={chosen.from} onChange={(event) => set({ from: event.target.value })} data-testid="again-from" /></label>
          <label>{t('speech.again.to')}<input type="date" value={chosen.to} onChange={(event) => set({ to: event.target.value })} data-testid="again-to" /></label>
        </div>
        <label>{t('speech.again.model')}
          <select value={chosen.model} onChange={(event) => set({ model: event.target.value })} data-testid="again-model">
            <option value="">{t('speech.again.as_chosen')}</option>
            {models.map((model) => <option key={model} value={model}>{model}</option>)}
          </select>
        </label>
        <p className="says" role="status" data-testid="again-count">
          {count.data ? t('speech.again.count', { count: count.data.recordings, number: format.count(count.data.recordings), wordless: format.count(count.data.wordless), duration: format.duration(count.data.duration_ms) }) : count.error ? '' : t('app.loading')}
          {count.data?.is_here === false && <> {t('speech.again.elsewhere', { model: chosen.model })}</>}
        </p>
        <p className="quiet">{t('speech.again.how')}</p>
        {(count.error ?? begin.error) && <ErrorLine error={(begin.error ?? count.error)!} />}
        <div className="acts">
          <button type="button" className="button" onClick={onClose}>{t('overview.leave')}</button>
          <button type="submit" className="button strong" disabled={begin.isPending || isOther || !count.data?.recordings} data-testid="again-begin">{begin.isPending ? t('app.wait') : t('speech.again.begin')}</button>
        </div>
      </form>
    </dialog>
  )
}
