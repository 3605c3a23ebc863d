import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { useAccount } from '../../api/account'
import { createImport } from '../../api/imports'
import { ErrorLine } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { nameOf, type DroppedFile } from './dropped'
import { DropZone } from './DropZone'
import { History } from './History'
import { addUploads } from './uploads'
import './import.css'

/** Where data comes in, and what came in before. */
export function ImportsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { account, may } = useAccount()
  const mayImport = !account || may('manager')
  usePageTitle(t('import.page'))
  const create = useMutation({
    mutationFn: (files: DroppedFile[]) => createImport(nameOf(files, (file, count) => t('import.sheet_files', { file, count }))),
    onSuccess: ({ number }, files) => {
      addUploads(number, files)
      navigate(`/import/${number}`)
    },
  })
  return (
    <>
      <PlainBar where={<strong>{t('import.page')}</strong>} />
      <main id="main" className="import-page">
        <h1>{t('import.headline')}</h1>
        {mayImport && <DropZone isBusy={create.isPending} onFiles={(files) => create.mutate(files)} />}
        {create.error && <ErrorLine error={create.error} />}
        <History />
      </main>
    </>
  )
}
