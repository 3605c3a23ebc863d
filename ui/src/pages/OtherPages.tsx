import { useTranslation } from 'react-i18next'
import { Link, useRouteError } from 'react-router-dom'
import { PageState } from '../parts/PageState'

export function MissingPage() {
  const { t } = useTranslation()
  return (
    <main id="main">
      <PageState title={t('error.page_missing')}><Link className="link" to="/">{t('error.to_list')}</Link></PageState>
    </main>
  )
}

/** Shown when a page throws: what to do, and the line a maintainer needs. */
export function BrokenPage() {
  const { t } = useTranslation()
  const error = useRouteError()
  return (
    <main id="main">
      <PageState
        title={t('error.broken')} remedy={t('error.broken_remedy')}
        detail={error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
      >
        <button type="button" className="button" onClick={() => window.location.reload()}>{t('error.reload')}</button>
      </PageState>
    </main>
  )
}
