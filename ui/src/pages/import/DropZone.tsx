import { useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { chosenFiles, droppedFiles, type DroppedFile } from './dropped'

/** Where files and folders are dropped, or chosen. */
export function DropZone({ isSmall = false, isBusy = false, onFiles }: { isSmall?: boolean; isBusy?: boolean; onFiles: (files: DroppedFile[]) => void }) {
  const { t } = useTranslation()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [isReading, setReading] = useState(false)

  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (isBusy) return
    setReading(true)
    try {
      const found = await droppedFiles(event.dataTransfer)
      if (found.length > 0) onFiles(found)
    } finally {
      setReading(false)
    }
  }
  const choose = (list: FileList | null) => {
    const found = list ? chosenFiles(list) : []
    if (found.length > 0) onFiles(found)
  }
  const input = (ref: typeof files, isFolder: boolean) => (
    <input
      ref={ref} type="file" multiple hidden data-testid={isFolder ? 'choose-folder' : 'choose-files'} {...(isFolder ? { webkitdirectory: '' } : {})}
      onChange={(event) => {
        choose(event.target.files)
        event.target.value = '' // the same files may be chosen again
      }}
    />
  )
  return (
    <section
      className={`drop${isSmall ? ' small' : ''}${isOver ? ' over' : ''}`} aria-label={t('import.drop_region')} aria-busy={isBusy || isReading} data-testid="drop"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => void drop(event)}
    >
      <p className="lead">{isReading || isBusy ? t('app.wait') : t(isSmall ? 'import.drop_more' : 'import.drop')}</p>
      <p className="acts">
        <button type="button" className={isSmall ? 'button' : 'button strong'} disabled={isBusy} onClick={() => files.current?.click()}>{t('import.choose_files')}</button>
        <button type="button" className="button" disabled={isBusy} onClick={() => folder.current?.click()}>{t('import.choose_folder')}</button>
      </p>
      {!isSmall && <p className="quiet kinds">{t('import.drop_kinds')}</p>}
      {input(files, false)}
      {input(folder, true)}
    </section>
  )
}
