import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { removeFile, type Import, type ImportFile, type Preview } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { kindOf } from './mapping'
import { placeWords, sizeWords } from './outcome'
import { isMapping, isRecording, type Look } from './sheets'
import { dropUpload, retryUpload, type Upload } from './uploads'

const SHOWN = 12
const MOST_SHOWN = 500

interface Row { path: string; bytes: number; upload: Upload | undefined; look: Look | undefined; isWaiting: boolean }

/** What needs somebody comes first, then what is on its way, then tables, then the rest. */
function rank({ upload, look }: Row): number {
  if (upload?.state === 'failed' || look?.error || look?.preview?.problem) return 0
  if (upload && upload.state !== 'sent') return 1
  return look?.preview?.needs_mapping ? 2 : 3
}

export function FileList({ number, arrived, uploads, looks, waiting }: {
  number: number; arrived: ImportFile[]; uploads: ReadonlyMap<string, Upload>; looks: ReadonlyMap<string, Look>; waiting: ReadonlySet<string>
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  const [isAll, setAll] = useState(false)
  const remove = useMutation({
    mutationFn: (path: string) => removeFile(number, path),
    onSuccess: (_, path) => {
      dropUpload(number, path)
      queries.setQueryData(['import', number], (before: Import | undefined) => before && { ...before, files: before.files?.filter((file) => file.path !== path) })
      void queries.invalidateQueries({ queryKey: ['import', number] })
    },
  })

  const rows: Row[] = arrived.map((file) => ({ ...file, upload: uploads.get(file.path), look: looks.get(file.path), isWaiting: waiting.has(file.path) }))
  for (const upload of uploads.values()) if (upload.state !== 'sent') rows.push({ path: upload.path, bytes: upload.bytes, upload, look: undefined, isWaiting: false })
  rows.sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
  if (rows.length === 0) return <p className="quiet none">{t('import.files_none')}</p>

  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  const sent = rows.reduce((sum, { upload, bytes: size }) => sum + (upload && upload.state !== 'sent' ? upload.sent : size), 0)
  const isSending = rows.some(({ upload }) => upload?.state === 'waiting' || upload?.state === 'sending')
  const shown = rows.slice(0, isAll ? MOST_SHOWN : SHOWN)
  return (
    <section className="files" aria-labelledby="files-title">
      <header className="with-acts">
        <h2 id="files-title">{t('import.files', { count: rows.length, number: format.count(rows.length) })} <span className="quiet">{sizeWords(bytes, format)}</span></h2>
        {isSending && <span className="quiet" role="status">{t('import.sending', { percent: format.percent(bytes > 0 ? sent / bytes : 0) })}</span>}
      </header>
      <ul className="paper file-rows">
        {shown.map((row) => (
          <li key={row.path} data-testid="file" data-path={row.path}>
            <span className="path" title={row.path}>{row.path}</span>
            <span className="size quiet">{sizeWords(row.bytes, format)}</span>
            <FileState row={row} />
            <span className="acts">
              {row.upload?.state === 'failed' && <button type="button" className="link" onClick={() => retryUpload(number, row.path)}>{t('app.retry')}</button>}
              <button
                type="button" className="quiet-button" aria-label={t('import.remove_file', { file: row.path })} title={t('import.remove')}
                onClick={() => (row.upload && row.upload.state !== 'sent' ? dropUpload(number, row.path) : remove.mutate(row.path))}
              >
                ×
              </button>
            </span>
          </li>
        ))}
        {rows.length > shown.length && (
          <li className="rest">
            {isAll
              ? <span className="quiet">{t('import.files_rest', { count: rows.length - shown.length, number: format.count(rows.length - shown.length) })}</span>
              : <button type="button" className="link" onClick={() => setAll(true)}>{t('import.files_more', { count: rows.length - shown.length, number: format.count(rows.length - shown.length) })}</button>}
          </li>
        )}
      </ul>
      {remove.error && <ErrorLine error={remove.error} />}
    </section>
  )
}

function FileState({ row: { path, bytes, upload, look, isWaiting } }: { row: Row }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (upload?.state === 'failed') {
    const { error } = upload
    return <span className="what refused">{error?.status === 0 ? t('import.upload_failed') : `${error?.message ?? ''} ${error?.remedy ?? ''}`}</span>
  }
  if (upload?.state === 'waiting') return <span className="what quiet">{t('import.upload_waiting')}</span>
  if (upload?.state === 'sending') {
    const share = bytes > 0 ? upload.sent / bytes : 0
    return (
      <span className="what sending">
        <span className="progress" role="progressbar" aria-label={path} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(share * 100)}><span style={{ width: `${share * 100}%` }} /></span>
        <span className="quiet">{format.percent(share)}</span>
      </span>
    )
  }
  if (isMapping(path)) return <span className="what">{t('import.format.mapping')}</span>
  if (isRecording(path)) return <span className="what">{t('import.format.recording')}</span>
  if (look?.error) return <span className="what refused">{look.error.message}</span>
  if (isWaiting) return <span className="what quiet">{t('import.looking')}</span>
  // One of very many: its name has to do.
  if (!look?.preview) return <span className="what">{path.match(/\.([^./]+)$/)?.[1]?.toUpperCase()}</span>
  const { problem } = look.preview
  if (problem) return <span className="what refused" title={problem.remedy ?? undefined}><span className="quiet">{placeWords(problem.place, t)}</span> {problem.reason}</span>
  return <span className="what">{whatWords(look.preview, t)}</span>
}

/** "Call list · XLSX", with the encoding where it is not the usual one. */
function whatWords(preview: Preview, t: (key: string, options?: Record<string, unknown>) => string): string {
  const parts: string[] = []
  if (preview.mapping) parts.push(t(`import.kind.${kindOf(preview.mapping)}`))
  parts.push(t(`import.format.${preview.format}`, { defaultValue: preview.format.toUpperCase() }))
  if (preview.encoding && !/^utf-?8$/i.test(preview.encoding)) parts.push(preview.encoding.toUpperCase())
  return parts.join(' · ')
}
