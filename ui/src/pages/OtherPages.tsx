import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation, useRouteError } from 'react-router-dom'
import { PageState } from '../parts/PageState'

/** The overview; an address with a filter is that of a list. */
export function FirstPage() {
  const { search } = useLocation()
  return <Navigate to={search ? `/conversations${search}` : '/overview'} replace />
}

/** Where a link to sign in leads once that is done: to where one wanted to go, inside. */
export function SignedIn() {
  const to = new URLSearchParams(useLocation().search).get('to') ?? '/'
  return <Navigate to={/^\/(?![/\\])/.test(to) ? to : '/'} replace />
}

export function MissingPage() {
  const { t } = useTranslation()
  return (
    <main id="main">
      <PageState title={t('error.page_missing')}><Link className="link" to="/conversations">{t('error.to_list')}</Link></PageState>
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
