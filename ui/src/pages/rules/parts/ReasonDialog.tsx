import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorLine } from '../../../parts/PageState'
import { Dialog } from './Dialog'

/** Asks why before something that others will ask about: publish, retire, roll back. */
export function ReasonDialog({ title, yes, isBusy, error, onYes, onNo, children, isReady = true }: {
  title: string; yes: string; isBusy: boolean; error: Error | null; onYes: (reason: string) => void; onNo: () => void; children?: ReactNode; isReady?: boolean
}) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const canGo = reason.trim() !== '' && isReady && !isBusy
  return (
    <Dialog
      title={title} testId="reason-dialog" onClose={onNo} onSubmit={() => canGo && onYes(reason.trim())}
      acts={(
        <>
          <button type="button" className="button" onClick={onNo}>{t('rules.back')}</button>
          <button type="submit" className="button strong" disabled={!canGo} data-testid="reason-yes">{isBusy ? t('app.wait') : yes}</button>
        </>
      )}
    >
      {children}
      <label className="field"><span>{t('rules.why')}</span><input type="text" value={reason} autoFocus maxLength={500} onChange={(event) => setReason(event.target.value)} data-testid="reason" /></label>
      {error && <ErrorLine error={error} />}
    </Dialog>
  )
}
