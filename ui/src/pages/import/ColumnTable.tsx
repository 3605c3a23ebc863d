import { useTranslation } from 'react-i18next'
import type { Mapping, PreviewColumn } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { FIELD, fieldName, kindOf, ownUse, SURE, takenFor, usesOf, withUse } from './mapping'
import { namedUse } from './namedUse'

/** Every column of the file with examples of what stands in it, and what it is used for. */
export function ColumnTable({ mapping, columns, guessed, isSaved, uses: given, heading, onChange }: {
  uses?: readonly string[]; heading?: string; mapping: Mapping; columns: PreviewColumn[]; guessed: PreviewColumn[]; isSaved: boolean; onChange: (mapping: Mapping) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const uses = given ?? usesOf(kindOf(mapping))
  if (columns.length === 0) return <p className="quiet none">{t('import.columns_none')}</p>

  const name = (use: string) => namedUse(use, t)
  return (
    <table className="columns" aria-label={t('import.columns')}>
      <thead>
        <tr><th scope="col">{heading ?? t('import.column_in_file')}</th><th scope="col">{t('import.column_use')}</th><th scope="col" className="number">{t('import.column_sure')}</th></tr>
      </thead>
      <tbody>
        {columns.map((column) => {
          const use = takenFor(mapping, column)
          const guess = guessed.find((one) => one.number === column.number)
          const isGuess = !isSaved && use !== null && guess?.use && ownUse(mapping, guess.use) === use && typeof guess.sure === 'number'
          const isField = use?.startsWith(FIELD) ?? false
          // A field more does no harm: nobody has to look at it.
          const isDoubtful = isGuess && !isField && guess!.sure! < SURE
          const isOther = use !== null && !isField && !uses.includes(use)
          const label = column.name || t(given ? 'import.piece' : 'import.column_number', { number: column.number })
          const choose = (value: string) => onChange(withUse(mapping, column, columns, value === '' ? null : value === FIELD ? FIELD + fieldName(mapping, column) : value))
          return (
            <tr key={column.number} className={use === null ? 'unused' : ''} data-testid="column" data-column={column.number}>
              <th scope="row">
                <b>{label}</b>
                <span className="samples">{column.samples.filter((sample) => sample !== '').slice(0, 3).join(' · ') || t('import.column_empty')}</span>
              </th>
              <td>
                <select value={isField ? FIELD : use ?? ''} aria-label={t('import.use_of', { column: label })} className={isDoubtful ? 'doubtful' : ''} onChange={(event) => choose(event.target.value)}>
                  <option value="">{t('import.use_none')}</option>
                  {uses.map((one) => <option key={one} value={one}>{name(one)}</option>)}
                  <option value={FIELD}>{t('import.use_field')}</option>
                  {isOther && <option value={use!}>{name(use!)}</option>}
                </select>
                {isField && (
                  <input
                    key={use} type="text" defaultValue={use!.slice(FIELD.length)} aria-label={t('import.field_name', { column: label })} maxLength={100}
                    onBlur={(event) => {
                      const next = event.target.value.trim()
                      if (next && FIELD + next !== use) onChange(withUse(mapping, column, columns, FIELD + next))
                      else event.target.value = use!.slice(FIELD.length)
                    }}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter') event.currentTarget.blur()
                    }}
                  />
                )}
                {isDoubtful && <span className="check">{t('import.guess_check')}</span>}
              </td>
              <td className={isDoubtful ? 'sure doubtful' : 'sure'} title={isGuess && !isField ? t('import.guess', { percent: format.percent(guess!.sure!) }) : undefined}>{isGuess && !isField && format.percent(guess!.sure!)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
