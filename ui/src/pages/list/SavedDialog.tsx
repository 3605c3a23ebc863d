import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { listAddress } from '../../api/filter'
import { daysOf, filterOf, savedAddress, useForgetFilter, useKeepFilter, useSavedFilters, type SavedFilter } from '../../api/saved'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'

/** Keeps the filter that is set, or renames, shares, replaces or forgets one. Nobody replaces what he has not seen. */
export function SavedDialog({ saved, others, filter, onClose }: { saved: SavedFilter | null; others: SavedFilter[]; filter: URLSearchParams; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useSavedFilters()
  const keep = useKeepFilter()
  const forget = useForgetFilter()
  const days = daysOf(filter)
  const [name, setName] = useState(saved?.name ?? '')
  const [isShared, setShared] = useState(saved?.is_shared ?? false)
  const [isRolling, setRolling] = useState(saved ? saved.days > 0 : days > 0)
  useEffect(() => dialog.current?.showModal(), [])
  const error = keep.error ?? forget.error
  const isLate = error instanceof ApiError && error.status === 409 && error.place === 'changes'
  /** As it stands now, where somebody else was faster. */
  const standing = isLate ? list.data?.filters.find((one) => one.number === saved?.number) : undefined
  const taken = others.find((one) => one.name === name.trim())
  const rolled = isRolling ? (saved?.days || days) : 0
  const draft = { name: name.trim(), is_shared: isShared, days: rolled, filter: saved && !isLate ? (rolled === saved.days ? saved.filter : filterOf(filter, rolled)) : filterOf(filter, rolled) }
  const send = (from: Pick<SavedFilter, 'number' | 'changes'> | null) => keep.mutate({ draft, from }, {
    onSuccess: (kept) => {
      onClose()
      navigate(listAddress(savedAddress(kept)), { preventScrollReset: true })
    },
  })
  return (
    <dialog
      ref={dialog} className="confirm saved-dialog" aria-label={t(saved ? 'saved.change' : 'saved.save')} data-testid="saved-dialog"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2>{t(saved ? 'saved.change' : 'saved.save')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send(saved)
        }}
      >
        <label>{t('saved.name')}<input value={name} maxLength={60} required autoFocus onChange={(event) => setName(event.target.value)} data-testid="saved-name" /></label>
        {(days > 1 || (saved?.days ?? 0) > 0) && <label className="check"><input type="checkbox" checked={isRolling} onChange={(event) => setRolling(event.target.checked)} data-testid="saved-rolling" /> {t('saved.rolling', { count: saved?.days || days })}</label>}
        <label className="check"><input type="checkbox" checked={isShared} onChange={(event) => setShared(event.target.checked)} data-testid="saved-shared" /> {t('saved.shared')}</label>
        {!saved && taken && <p className="quiet">{t('saved.taken')} <button type="button" className="link" onClick={() => send(taken)} data-testid="saved-replace">{t('saved.replace', { name: taken.name })}</button></p>}
        {standing && (
          <div className="error-line" role="alert" data-testid="saved-conflict">
            <b>{t('saved.late', { who: standing.changed_by || t('saved.somebody'), when: format.dayTime(standing.changed_ms) })}</b>
            <p>{t('saved.now', { name: standing.name, shared: t(standing.is_shared ? 'saved.for_all' : 'saved.mine') })}</p>
            <button type="button" className="link" onClick={() => send(standing)} data-testid="saved-overwrite">{t('saved.overwrite')}</button> <button type="button" className="link" onClick={onClose}>{t('saved.leave')}</button>
          </div>
        )}
        {error && !standing && <ErrorLine error={error} />}
        <div className="acts">
          {saved && <button type="button" className="quiet-button forget" disabled={forget.isPending} onClick={() => forget.mutate(saved, { onSuccess: onClose })} data-testid="saved-forget">{t('saved.forget')}</button>}
          <button type="button" className="button" onClick={onClose}>{t('overview.leave')}</button>
          <button type="submit" className="button strong" disabled={!name.trim() || keep.isPending} data-testid="saved-keep">{keep.isPending ? t('app.wait') : t('overview.keep')}</button>
        </div>
      </form>
    </dialog>
  )
}
