import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine } from '../../parts/PageState'
import { useImportActs } from './importQueries'

/** Takes an import back, after it said what goes. */
export function UndoButton({ one, className = 'button' }: { one: Import; className?: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { undo } = useImportActs(one.number)
  const [isAsked, setAsked] = useState(false)
  const { counts } = one
  const records = counts?.records ? counts.records.new + counts.records.changed : 0
  return (
    <>
      <button type="button" className={className} onClick={() => setAsked(true)} data-testid="undo">{t('import.undo')}</button>
      {isAsked && (
        <ConfirmDialog
          title={t('import.undo_title', { name: one.name || t('import.unnamed', { number: one.number }) })} yes={t('import.undo_yes')} no={t('import.undo_no')}
          isBusy={undo.isPending} onNo={() => setAsked(false)} onYes={() => undo.mutate(undefined, { onSuccess: () => setAsked(false) })}
        >
          <ul className="will">
            {(counts?.inspected ?? 0) > 0 && <li>{t('import.undo_conversations', { count: counts!.inspected, number: format.count(counts!.inspected) })}</li>}
            {records > 0 && <li>{t('import.undo_records', { count: records, number: format.count(records) })}</li>}
            {(counts?.recordings ?? 0) > 0 && <li>{t('import.undo_recordings', { count: counts!.recordings, number: format.count(counts!.recordings) })}</li>}
            <li className="quiet">{t('import.undo_keeps')}</li>
          </ul>
          {undo.error && <ErrorLine error={undo.error} />}
        </ConfirmDialog>
      )}
    </>
  )
}
