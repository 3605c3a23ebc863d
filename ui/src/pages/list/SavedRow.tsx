import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { isFiltered, listAddress, readFilter } from '../../api/filter'
import { savedAddress, useSavedFilters, type SavedFilter } from '../../api/saved'
import { SavedDialog } from './SavedDialog'

/** Filters that were kept, one press away; and keeping the one that is set. */
export function SavedRow({ filter }: { filter: URLSearchParams }) {
  const { t } = useTranslation()
  const saved = useSavedFilters()
  const [edited, setEdited] = useState<SavedFilter | 'new' | null>(null)
  const list = saved.data?.filters ?? []
  const here = readFilter(filter).toString()
  const current = list.find((one) => savedAddress(one).toString() === here)
  if (list.length === 0 && !isFiltered(filter)) return null
  return (
    <nav className="saved" aria-label={t('saved.title')} data-testid="saved">
      {list.map((one) => (
        <span key={one.number} className={one === current ? 'saved-one on' : 'saved-one'}>
          <Link to={listAddress(savedAddress(one))} preventScrollReset aria-current={one === current ? 'true' : undefined} title={one.is_shared ? t('saved.of_all', { owner: one.owner || t('saved.somebody') }) : t('saved.mine')} data-testid="saved-filter">{one.name}{one.is_shared && <span className="quiet"> {t('saved.badge')}</span>}</Link>
          {one === current && one.may_change && <button type="button" className="quiet-button" aria-label={t('saved.edit', { name: one.name })} onClick={() => setEdited(one)} data-testid="saved-edit">✎</button>}
        </span>
      ))}
      {isFiltered(filter) && !current && <button type="button" className="link" onClick={() => setEdited('new')} data-testid="save-filter">{t('saved.save')}</button>}
      {edited && <SavedDialog saved={edited === 'new' ? null : edited} others={list.filter((one) => one.may_change && one !== edited)} filter={filter} onClose={() => setEdited(null)} />}
    </nav>
  )
}
