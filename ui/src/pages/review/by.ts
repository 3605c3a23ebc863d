import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../api/review'

/** A person's name; on a machine without accounts nobody has one. */
export function useBy(): (person: Person) => string {
  const { t } = useTranslation()
  return useCallback((person: Person) => person.name || t('review.this_machine'), [t])
}
