import { useTranslation } from 'react-i18next'
import type { Mapping, PreviewColumn, PreviewRow } from '../../api/imports'
import { isTimeUse, takenFor, TIME_FORMATS, timeExample, ownUse, withKey, ZONES } from './mapping'
import { timeText } from './RowsPreview'

const OWN = '\u0000'

/** How the file writes times, and one of them as it will be read. */
export function TimeReading({ mapping, columns, rows, onChange }: {
  mapping: Mapping; columns: PreviewColumn[]; rows: PreviewRow[]; onChange: (mapping: Mapping) => void
}) {
  const { t } = useTranslation()
  const { time_format: current } = mapping
  const isKnown = typeof current === 'string' && (TIME_FORMATS as readonly string[]).includes(current)
  const value = current === undefined ? '' : isKnown ? current : OWN
  const own = (Array.isArray(current) ? current : [current ?? '']).map(timeExample).join(` ${t('import.or')} `)
  const zone = mapping.zone ?? ''

  const column = columns.find((one) => isTimeUse(takenFor(mapping, one)))
  const use = column ? takenFor(mapping, column) : null
  const sample = column?.samples.find((one) => one !== '')
  const found = use ? rows.flatMap(({ cells }) => Object.entries(cells)).find(([key, cell]) => cell && ownUse(mapping, key) === use)?.[1] : undefined
  // What could not be read stands there as it is in the file.
  const read = found && /^\d{4}-\d\d-\d\d(T|$)/.test(String(found)) ? timeText(found) : null
  return (
    <>
      <label>
        {t('import.time_format')}
        <select
          value={value} data-testid="time-format"
          onChange={(event) => {
            if (event.target.value !== OWN) onChange({ ...mapping, time_format: event.target.value })
          }}
        >
          {current === undefined && <option value="" disabled>{t('import.time_unset')}</option>}
          {value === OWN && <option value={OWN}>{own}</option>}
          {TIME_FORMATS.map((format) => <option key={format} value={format}>{timeExample(format)}</option>)}
        </select>
      </label>
      <label>
        {t('import.zone')}
        <select
          value={zone} data-testid="zone" onChange={(event) => onChange(withKey(mapping, 'zone', event.target.value))}
        >
          <option value="">{t('import.zone_none')}</option>
          {[...new Set([...(zone ? [zone] : []), ...ZONES])].map((one) => <option key={one} value={one}>{one === '+08:00' ? t('import.zone_china') : `UTC${one}`}</option>)}
        </select>
      </label>
      {sample && (
        <span className="time-read" role="status">
          <span className="quiet">{sample}</span> → {read ? <b>{read}</b> : <span className="refused">{t('import.time_unread')}</span>}
        </span>
      )}
    </>
  )
}
