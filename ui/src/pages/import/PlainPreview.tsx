import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Preview } from '../../api/imports'
import { ConversationsPreview } from './ConversationsPreview'

/** Files that say by themselves what is what: the first conversations of the first of them. */
export function PlainPreview({ files, isOpen: isOpenAtFirst }: { files: Preview[]; isOpen: boolean }) {
  const { t } = useTranslation()
  const [isOpen] = useState(isOpenAtFirst)
  const first = files[0]!
  return (
    <details className="sheet paper" open={isOpen} data-testid="plain" data-file={first.file}>
      <summary>
        <h2>{t('import.kind.conversations')} <span className="quiet">{files.length === 1 ? first.file : t('import.sheet_files', { file: first.file, count: files.length })}</span></h2>
        <span className="quiet">{t('import.plain_says')}</span>
      </summary>
      <div className="plain-body"><ConversationsPreview conversations={first.conversations ?? []} /></div>
    </details>
  )
}
