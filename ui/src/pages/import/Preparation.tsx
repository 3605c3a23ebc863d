import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { fetchPreview, type Import, type ImportFile, type Mapping } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine } from '../../parts/PageState'
import { DropZone } from './DropZone'
import { FileList } from './FileList'
import { useImportActs } from './importQueries'
import { SheetEditor } from './SheetEditor'
import { firstOfFolders, nameMapping, shapeOf } from './recordingNames'
import { RecordingNames } from './RecordingNames'
import { PlainPreview } from './PlainPreview'
import { isRecording, plainOf, sheetsOf, useChoices, useLooks } from './sheets'
import { addUploads, dropUploads, useUploads } from './uploads'

const NOTHING: ImportFile[] = []
/** Where the choice for the names of recordings is kept, beside those for sheets. */
const RECORDINGS = 'recordings'

/** Files arrive, the server says what they are, somebody looks over how they will be read, and starts. */
export function Preparation({ one }: { one: Import }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const uploads = useUploads(one.number)
  const [choices, choose] = useChoices(one.number)
  const { start, cancel } = useImportActs(one.number)
  const [isAsked, setAsked] = useState(false)

  const stored = one.files ?? NOTHING
  const arrived = useMemo(() => {
    const files = new Map(stored.map((file) => [file.path, file]))
    for (const { path, bytes, state } of uploads.items.values()) {
      if (state === 'sent') files.set(path, { path, bytes })
      else files.delete(path)
    }
    return [...files.values()].sort((a, b) => a.path.localeCompare(b.path))
  }, [stored, uploads])
  const all = [...uploads.items.values()]
  const sending = all.filter(({ state }) => state === 'waiting' || state === 'sending').length
  const failed = all.filter(({ state }) => state === 'failed').length
  useEffect(() => {
    if (sending === 0) void queries.invalidateQueries({ queryKey: ['import', one.number] })
  }, [sending, one.number, queries])

  const { looks, waiting } = useLooks(one.number, arrived)
  const sheets = useMemo(() => sheetsOf(arrived, looks), [arrived, looks])
  const plain = useMemo(() => plainOf(arrived, looks), [arrived, looks])
  const recordings = useMemo(() => arrived.filter(({ path }) => isRecording(path)), [arrived])
  const shape = useMemo(() => shapeOf(recordings), [recordings])
  const readings = useQueries({
    queries: sheets.map(({ key, first }) => ({
      queryKey: ['preview', one.number, first.file, JSON.stringify(choices[key] ?? null)],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchPreview(one.number, first.file, choices[key]!, signal),
      enabled: choices[key] !== undefined,
      staleTime: Infinity,
    })),
  })
  const mappingOf = (index: number): Mapping | null => choices[sheets[index]!.key] ?? sheets[index]!.first.mapping
  const readingOf = (index: number) => (choices[sheets[index]!.key] ? readings[index]?.data : sheets[index]!.first)
  const blocked = sheets.filter((sheet, index) => !mappingOf(index) || readingOf(index)?.problem || (choices[sheet.key] && readings[index]?.error))

  // They are refused with their reason; that need not keep the others waiting.
  const broken = arrived.filter(({ path }) => {
    const look = looks.get(path)
    return look?.error || (look?.preview?.problem && !look.preview.needs_mapping)
  }).length
  const ready = arrived.length - broken

  const begin = () => {
    const mappings: Record<string, Mapping> = {}
    sheets.forEach((sheet, index) => {
      const mapping = mappingOf(index)
      if (mapping) for (const { file } of sheet.files) mappings[file] = mapping
    })
    const names = shape && nameMapping(shape, choices[RECORDINGS] ?? shape.guess)
    if (names) for (const file of firstOfFolders(recordings)) mappings[file] = names
    start.mutate(mappings, { onSuccess: () => dropUploads(one.number) })
  }
  const isEmpty = arrived.length === 0 && all.length === 0
  const why = isEmpty ? t('import.start_none')
    : sending > 0 ? t('import.start_sending', { count: sending, number: format.count(sending) })
      : failed > 0 ? t('import.start_failed', { count: failed, number: format.count(failed) })
        : waiting.size > 0 ? t('import.start_looking')
          : blocked.length > 0 ? t('import.start_blocked', { file: blocked[0]!.first.file })
            : null
  return (
    <>
      <FileList number={one.number} arrived={arrived} uploads={uploads.items} looks={looks} waiting={waiting} />
      <DropZone isSmall onFiles={(files) => addUploads(one.number, files)} />
      {sheets.map((sheet, index) => (
        <SheetEditor
          key={sheet.key} number={one.number} sheet={sheet} isFirst={index === 0} choice={choices[sheet.key] ?? null}
          reading={readingOf(index)} error={choices[sheet.key] ? readings[index]?.error ?? null : null}
          isReading={!!choices[sheet.key] && !!readings[index]?.isFetching} onChoose={(mapping) => choose(sheet.key, mapping)}
        />
      ))}
      {plain.map((files) => <PlainPreview key={files[0]!.format} files={files} isOpen={sheets.length === 0} />)}
      {shape && <RecordingNames shape={shape} choice={choices[RECORDINGS] ?? null} onChoose={(mapping) => choose(RECORDINGS, mapping)} />}
      <footer className="start-bar">
        <button type="button" className="button strong" disabled={why !== null || start.isPending} onClick={begin} data-testid="start">
          {start.isPending ? t('app.wait') : t('import.start')}
        </button>
        <span className="quiet" role="status">{why ?? t('import.start_ready', { count: ready, number: format.count(ready) })}{!why && broken > 0 && <> · <span className="refused">{t('import.start_broken', { count: broken, number: format.count(broken) })}</span></>}</span>
        <button type="button" className="quiet-button" onClick={() => setAsked(true)} data-testid="discard">{t('import.discard')}</button>
      </footer>
      {start.error && <ErrorLine error={start.error} />}
      {isAsked && (
        <ConfirmDialog
          title={t('import.discard_title')} yes={t('import.discard_yes')} no={t('import.discard_no')} isBusy={cancel.isPending} onNo={() => setAsked(false)}
          onYes={() => {
            dropUploads(one.number)
            cancel.mutate(undefined, { onSuccess: () => navigate('/import'), onError: () => setAsked(false) })
          }}
        >
          <p>{t('import.discard_says')}</p>
        </ConfirmDialog>
      )}
      {cancel.error && <ErrorLine error={cancel.error} />}
    </>
  )
}
