import { useTranslation } from 'react-i18next'
import { RevealReason } from '../../parts/RevealReason'
import '../../parts/reveal.css'

/** Numbers and names as they are: with a reason, which is kept. */
export function ExportUncovered({ reason, onReason }: { reason: string | null; onReason: (reason: string | null) => void }) {
  const { t } = useTranslation()
  return (
    <div className="export-uncovered">
      <label>
        <input type="checkbox" checked={reason !== null} onChange={(event) => onReason(event.target.checked ? '' : null)} data-testid="export-uncovered" />
        {t('export.uncovered')}
      </label>
      {reason !== null && (
        <>
          <p className="says" role="note">{t('export.uncovered_says')}</p>
          <RevealReason label={t('export.reason')} reason={reason} onReason={onReason} isFirst />
        </>
      )}
    </div>
  )
}
