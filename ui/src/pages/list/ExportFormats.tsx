import { useTranslation } from 'react-i18next'
import { readFilter } from '../../api/filter'
import { useFormat } from '../../i18n/format'
import { EXPORT_FORMATS, exportAddress, type ExportFormat } from './exportRun'

interface Props {
  filter: URLSearchParams
  /** Without: what has no address, because it is asked with a reason. */
  isCovered: boolean
  isReady: boolean
  onChoose: (kind: ExportFormat) => void
}

export function ExportFormats({ filter, isCovered, isReady, onChoose }: Props) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const words = (kind: ExportFormat) => <><b>{t(`list.export_format.${kind}`)}</b><span className="quiet">{t(`list.export_use.${kind}`)}</span></>
  return (
    <ul>
      {EXPORT_FORMATS.map((kind) => (
        <li key={kind}>
          {isCovered
            ? (
              <a
                href={exportAddress({ format: kind, language, filter: readFilter(filter, false) })} download data-testid={`export-${kind}`}
                onClick={(event) => {
                  event.preventDefault()
                  onChoose(kind)
                }}
              >
                {words(kind)}
              </a>
            )
            : <button type="button" disabled={!isReady} onClick={() => onChoose(kind)} data-testid={`export-${kind}`}>{words(kind)}</button>}
        </li>
      ))}
    </ul>
  )
}
