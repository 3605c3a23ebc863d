import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Mapping } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ColumnTable } from './ColumnTable'
import { FIELD, takenFor, timeExample } from './mapping'
import { namedUse } from './namedUse'
import { NAME_TIMES, NAME_USES, nameTime, type NameShape } from './recordingNames'

/** What the names of recordings tell: number, time, who served. */
export function RecordingNames({ shape, choice, onChoose }: { shape: NameShape; choice: Mapping | null; onChoose: (mapping: Mapping | null) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mapping = choice ?? shape.guess
  const time = String(mapping.time_format ?? 'yyyymmdd')
  const taken = shape.columns.map((column) => ({ column, use: takenFor(mapping, column) })).filter(({ use }) => use !== null)
  const [isOpen] = useState(true)
  const heading = (use: string) => (use.startsWith(FIELD) ? use.slice(FIELD.length) : namedUse(use, t))
  const others = shape.all - shape.fitting
  return (
    <details className="sheet paper" open={isOpen} data-testid="recording-names">
      <summary>
        <h2>{t('import.format.recording')} <span className="quiet">{t('import.files', { count: shape.all, number: format.count(shape.all) })}</span></h2>
        <span className="quiet">{t('import.names_used', { used: taken.length, all: shape.columns.length })}</span>
      </summary>
      <div className="settings">
        <span className="quiet">{t('import.names_says')}</span>
        {taken.some(({ use }) => use === 'time') && (
          <label>
            {t('import.time_format')}
            <select value={time} data-testid="name-time" onChange={(event) => onChoose({ ...mapping, time_format: event.target.value })}>
              {NAME_TIMES.map((one) => <option key={one} value={one}>{timeExample(one)}</option>)}
            </select>
          </label>
        )}
        {choice && <button type="button" className="quiet-button" onClick={() => onChoose(null)}>{t('import.names_reset')}</button>}
      </div>
      {others > 0 && <p className="quiet same">{t('import.names_others', { count: others, number: format.count(others) })}</p>}
      <div className="sheet-body">
        <section className="columns-side" aria-label={t('import.piece_heading')}>
          <ColumnTable mapping={mapping} columns={shape.columns} guessed={shape.columns} isSaved={false} uses={NAME_USES} heading={t('import.piece_heading')} onChange={onChoose} />
        </section>
        <section className="reading-side" aria-label={t('import.reading')}>
          <header><h3>{t('import.reading')}</h3></header>
          <div className="rows-scroll" tabIndex={0} role="region" aria-label={t('import.reading')}>
            <table className="read-rows" data-testid="read-names">
              <thead><tr><th scope="col">{t('import.refusal.file')}</th>{taken.map(({ use }) => <th key={use} scope="col">{heading(use!)}</th>)}</tr></thead>
              <tbody>
                {shape.rows.map(({ file, pieces }) => (
                  <tr key={file}>
                    <td title={file}>{file.replace(/^.*\//, '')}</td>
                    {taken.map(({ column, use }) => {
                      const text = pieces[column.number - 1] ?? ''
                      if (use !== 'time') return <td key={use}>{text}</td>
                      const read = nameTime(time, text)
                      return <td key={use} className={read ? '' : 'refused'}>{read ?? t('import.time_unread')}</td>
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      </div>
    </details>
  )
}
