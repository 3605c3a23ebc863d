import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Asks before something that is hard to take back. It says what will happen; `no` holds the focus. */
export function ConfirmDialog({ title, yes, no, isBusy, onYes, onNo, children }: {
  title: string; yes: string; no: string; isBusy?: boolean; onYes: () => void; onNo: () => void; children?: ReactNode
}) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog} className="confirm" aria-label={title} data-testid="confirm"
      onCancel={(event) => {
        event.preventDefault()
        onNo()
      }}
    >
      <h2>{title}</h2>
      {children && <div className="says">{children}</div>}
      <div className="acts">
        <button type="button" className="button" autoFocus onClick={onNo} data-testid="confirm-no">{no}</button>
        <button type="button" className="button strong" disabled={isBusy} onClick={onYes} data-testid="confirm-yes">{isBusy ? t('app.wait') : yes}</button>
      </div>
    </dialog>
  )
}
