import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchMapping, saveMapping, type Mapping } from '../../api/imports'
import { ErrorLine } from '../../parts/PageState'
import { useMappings } from './importQueries'

/** Choosing a mapping that was saved, and saving this one under a name. */
export function SavedMappings({ mapping, saved, isChanged, onChoose }: {
  mapping: Mapping; saved: string | null; isChanged: boolean; onChoose: (mapping: Mapping) => void
}) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mappings = useMappings()
  const [chosen, setChosen] = useState<{ name: string; text: string } | null>(null)
  const [name, setName] = useState<string | null>(null)
  const items = mappings.data?.items ?? []
  const text = JSON.stringify(mapping)
  // One that was changed since is nobody's.
  const current = chosen && chosen.text === text ? chosen.name : saved ?? ''
  const choose = useMutation({
    mutationFn: fetchMapping,
    onSuccess: (read, of) => {
      setChosen({ name: of, text: JSON.stringify(read) })
      onChoose(read)
    },
  })
  const save = useMutation({
    mutationFn: (as: string) => saveMapping(as, mapping),
    onSuccess: (_, as) => {
      setChosen({ name: as, text })
      setName(null)
      void queries.invalidateQueries({ queryKey: ['mappings'] })
    },
  })
  const isThere = items.some((one) => one.name === name?.trim())
  return (
    <>
      {(items.length > 0 || saved) && (
        <label>
          {t('import.saved')}
          <select value={current} data-testid="saved" onChange={(event) => event.target.value && choose.mutate(event.target.value)}>
            <option value="" disabled={current !== ''}>{t(isChanged ? 'import.saved_changed' : 'import.saved_none')}</option>
            {[...new Set([...(current ? [current] : []), ...items.map((one) => one.name)])].map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      )}
      {name === null
        ? <button type="button" className="quiet-button" onClick={() => setName('')} data-testid="save-as">{t('import.save_as')}</button>
        : (
          <form
            className="save-as"
            onSubmit={(event) => {
              event.preventDefault()
              if (name.trim()) save.mutate(name.trim())
            }}
          >
            <input
              type="text" value={name} autoFocus maxLength={100} placeholder={t('import.save_name')} aria-label={t('import.save_name')} data-testid="save-name"
              onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && setName(null)}
            />
            <button type="submit" className="button" disabled={!name.trim() || save.isPending} data-testid="save">{t(isThere ? 'import.save_over' : 'import.save')}</button>
            <button type="button" className="quiet-button" onClick={() => setName(null)}>{t('import.save_no')}</button>
          </form>
        )}
      {chosen && chosen.text === text && name === null && <span className="quiet" role="status">{t('import.saved_is', { name: chosen.name })}</span>}
      {(choose.error ?? save.error) && <ErrorLine error={(choose.error ?? save.error)!} />}
    </>
  )
}
