import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAPPING_KINDS, type Mapping, type MappingKind, type Preview } from '../../api/imports'
import { ErrorLine } from '../../parts/PageState'
import { ColumnTable } from './ColumnTable'
import { ConversationsPreview } from './ConversationsPreview'
import { CHANNELS, FIELD, isTimeUse, kindOf, SURE, takenFor, withKey, withKind } from './mapping'
import { ProblemLine, RowsPreview } from './RowsPreview'
import { SavedMappings } from './SavedMappings'
import type { Sheet } from './sheets'
import { SpeakerRoles } from './SpeakerRoles'
import { TimeReading } from './TimeReading'

/** Files with the same columns: what each column is, and how the rows will be read. */
export function SheetEditor({ number, sheet, isFirst, choice, reading, error, isReading, onChoose }: {
  number: number; sheet: Sheet; isFirst: boolean; choice: Mapping | null; reading: Preview | undefined; error: Error | null
  isReading: boolean; onChoose: (mapping: Mapping | null) => void
}) {
  const { t } = useTranslation()
  const { first, files } = sheet
  const mapping: Mapping = choice ?? first.mapping ?? { format: first.format, kind: 'conversations', columns: {} }
  const kind = kindOf(mapping)
  const last = useRef<Preview>(first)
  useEffect(() => {
    if (reading) last.current = reading
  }, [reading])
  const shown = reading ?? last.current
  const columns = (shown.columns?.length ? shown.columns : first.columns) ?? []
  const [view, setView] = useState<'rows' | 'conversations' | null>(null)
  const conversations = kind === 'conversations' ? shown.conversations ?? [] : []
  const chosenView = view ?? (conversations.length > 0 ? 'conversations' : 'rows')
  const hasTimes = columns.some((column) => isTimeUse(takenFor(mapping, column)))
  const used = columns.filter((column) => takenFor(mapping, column) !== null).length
  const doubts = choice || first.saved ? 0 : columns.filter((column) => column.use !== null && !column.use.startsWith(FIELD) && column.sure !== null && column.sure < SURE).length
  const id = `sheet-${number}-${first.file}`
  const problem = shown.problem ?? (first.mapping === null && choice === null ? first.problem : null)
  // Only at first: it stays as somebody leaves it.
  const [isOpen] = useState(isFirst || problem !== null)

  return (
    <details className="sheet paper" open={isOpen} data-testid="sheet" data-file={first.file}>
      <summary>
        <h2 id={id}>{t(`import.kind.${kind}`)} <span className="quiet">{files.length === 1 ? first.file : t('import.sheet_files', { file: first.file, count: files.length })}</span></h2>
        <span className={problem ? 'refused' : 'quiet'}>
          {problem ? t('import.sheet_problem') : t('import.sheet_used', { used, all: columns.length })}
          {!problem && doubts > 0 && <span className="doubts"> · {t('import.sheet_doubts', { count: doubts })}</span>}
        </span>
      </summary>
      <div className="settings">
        <label>
          {t('import.kind_label')}
          <select value={kind} data-testid="kind" onChange={(event) => onChoose(withKind(mapping, event.target.value as MappingKind))}>
            {MAPPING_KINDS.map((one) => <option key={one} value={one}>{t(`import.kind.${one}`)}</option>)}
          </select>
        </label>
        {kind === 'conversations' && (
          <label>
            {t('list.column_channel')}
            <select value={mapping.channel ?? ''} data-testid="channel" onChange={(event) => onChoose(withKey(mapping, 'channel', event.target.value))}>
              <option value="">{t('channel.unknown')}</option>
              {CHANNELS.map((one) => <option key={one} value={one}>{t(`channel.${one}`)}</option>)}
            </select>
          </label>
        )}
        {hasTimes && <TimeReading mapping={mapping} columns={columns} rows={shown.rows ?? []} onChange={onChoose} />}
        <SavedMappings mapping={mapping} saved={choice ? null : first.saved} isChanged={choice !== null} onChoose={onChoose} />
      </div>
      {files.length > 1 && <p className="quiet same">{t('import.sheet_same', { count: files.length })}</p>}
      {problem && <ProblemLine problem={problem} />}
      {error && <ErrorLine error={error} />}
      <div className="sheet-body">
        <section className="columns-side" aria-label={t('import.columns')}>
          <ColumnTable mapping={mapping} columns={columns} guessed={choice ? first.columns ?? [] : columns} isSaved={!choice && first.saved !== null} onChange={onChoose} />
          <SpeakerRoles mapping={mapping} columns={columns} rows={shown.rows ?? []} onChange={onChoose} />
        </section>
        <section className={isReading ? 'reading-side stale' : 'reading-side'} aria-label={t('import.reading')} aria-busy={isReading}>
          <header>
            <h3>{t('import.reading')}</h3>
            {conversations.length > 0 && (
              <span className="choice" role="radiogroup" aria-label={t('import.reading')}>
                {(['conversations', 'rows'] as const).map((one) => (
                  <button key={one} type="button" role="radio" aria-checked={chosenView === one} className={chosenView === one ? 'button on' : 'button'} onClick={() => setView(one)}>
                    {t(`import.view_${one}`)}
                  </button>
                ))}
              </span>
            )}
          </header>
          {chosenView === 'conversations'
            ? <ConversationsPreview conversations={conversations} />
            : <RowsPreview rows={shown.rows ?? []} mapping={mapping} columns={columns} />}
        </section>
      </div>
    </details>
  )
}
