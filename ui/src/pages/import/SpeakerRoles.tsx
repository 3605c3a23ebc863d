import { useTranslation } from 'react-i18next'
import type { Mapping, PreviewColumn, PreviewRow } from '../../api/imports'
import { kindOf, ROLES, speakerValues, takenFor, withKey } from './mapping'

/** Whose each value of the speakers' column is. */
export function SpeakerRoles({ mapping, columns, rows, onChange }: {
  mapping: Mapping; columns: PreviewColumn[]; rows: PreviewRow[]; onChange: (mapping: Mapping) => void
}) {
  const { t } = useTranslation()
  const kind = kindOf(mapping)
  const use = kind === 'calls' ? 'hang_up' : 'speaker'
  if (kind !== 'conversations' && kind !== 'calls') return null
  if (!columns.some((column) => takenFor(mapping, column) === use)) return null
  const seen = rows.map((row) => row.cells[use]).filter((value): value is string => typeof value === 'string' && !(ROLES as readonly string[]).includes(value))
  const values = speakerValues(mapping, columns, seen)
  const set = (value: string, role: string) => {
    const speakers = { ...mapping.speakers }
    if (role) speakers[value] = role
    else delete speakers[value]
    onChange({ ...mapping, speakers })
  }
  return (
    <fieldset className="speakers">
      <legend>{t(kind === 'calls' ? 'import.hang_up_values' : 'import.speakers')}</legend>
      {values.map((value) => (
        <label key={value}>
          <b>{value}</b>
          <select value={mapping.speakers?.[value] ?? ''} className={(mapping.speakers?.[value] ?? 'undecided') === 'undecided' ? 'doubtful' : ''} onChange={(event) => set(value, event.target.value)} data-testid="speaker">
            <option value="">{t('import.speaker_unset')}</option>
            {ROLES.map((role) => <option key={role} value={role}>{t(`role.${role}`)}</option>)}
          </select>
        </label>
      ))}
      {kind === 'conversations' && (
        <label>
          <span className="quiet">{t('import.other_speakers')}</span>
          <select
            value={mapping.other_speakers ?? ''} data-testid="other-speakers"
            onChange={(event) => onChange(withKey(mapping, 'other_speakers', event.target.value))}
          >
            <option value="">{t('import.other_refused')}</option>
            <option value="undecided">{t('import.other_undecided')}</option>
          </select>
        </label>
      )}
    </fieldset>
  )
}
