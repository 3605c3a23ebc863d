import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorLine } from './PageState'
import { isReason, RevealReason } from './RevealReason'
import type { Reveal } from './useReveal'

/** Why the numbers are wanted: one of the usual reasons, or in one's own words. It says that this is kept. */
export function RevealDialog({ reveal, of }: { reveal: Reveal; of: 'conversation' | 'person' }) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const [reason, setReason] = useState('')
  const isReady = isReason(reason) && !reveal.isBusy
  useEffect(() => {
    dialog.current?.showModal()
    dialog.current?.querySelector('input')?.focus()
  }, [])
  return (
    <dialog
      ref={dialog} className="confirm reveal-dialog" aria-labelledby="reveal-title" data-testid="reveal-dialog"
      onCancel={(event) => {
        event.preventDefault()
        reveal.close()
      }}
    >
      <h2 id="reveal-title">{t(`reveal.title_${of}`)}</h2>
      <p className="says">{t('reveal.says')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) reveal.show(reason.trim())
        }}
      >
        <RevealReason label={t('reveal.reason')} reason={reason} onReason={setReason} />
        {reveal.error !== null && <ErrorLine error={reveal.error as Error} />}
        <div className="acts">
          <button type="button" className="button" onClick={reveal.close} data-testid="reveal-no">{t('reveal.no')}</button>
          <button type="submit" className="button strong" disabled={!isReady} data-testid="reveal-yes">{reveal.isBusy ? t('app.wait') : t('reveal.yes')}</button>
        </div>
      </form>
    </dialog>
  )
}
