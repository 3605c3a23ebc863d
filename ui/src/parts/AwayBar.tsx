import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { listenForReturn, useAway } from '../api/connection'

/** Says calmly that the server or its database is away, and goes by itself; what is on the page stays, what failed is read again. */
export function AwayBar() {
  const { t } = useTranslation()
  const away = useAway()
  const queries = useQueryClient()
  useEffect(() => listenForReturn(() => void queries.invalidateQueries()), [queries])
  return (
    <div role="status" className="away-frame">
      {away && (
        <p className="away" data-testid="away">
          <span className="away-mark" aria-hidden="true" />
          <b>{t(`away.${away}`)}</b> {t('away.kept')}
        </p>
      )}
    </div>
  )
}
