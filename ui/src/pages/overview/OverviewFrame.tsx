import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { overviewAddress } from './figureFilter'
import { SpanRow } from './SpanRow'
import type { Overview } from './useOverview'
import './overview.css'

const PAGES = [['', 'overview.figures'], ['heat', 'overview.heat'], ['trend', 'overview.trend']] as const

/** What the overview's pages have in common: where one is, the days, the filter; and what stands there while nothing is known. */
export function OverviewFrame({ page, overview, children }: { page: '' | 'heat' | 'trend'; overview: Overview; children: ReactNode }) {
  const { t } = useTranslation()
  const { search, facets } = overview
  usePageTitle(page ? t(`overview.${page}`) : t('overview.page'))
  return (
    <>
      <PlainBar where={page ? <><Link to={overviewAddress('', search)}>{t('overview.page')}</Link> / <strong>{t(`overview.${page}`)}</strong></> : <strong>{t('overview.page')}</strong>} />
      <main id="main" className="overview-page">
        {overview.error && <FailedState error={overview.error} onRetry={overview.retry} />}
        {facets && facets.channels.length === 0 && (
          <PageState title={t('overview.empty')} remedy={t('overview.empty_remedy')}><Link className="link" to="/import">{t('joins.to_import')}</Link></PageState>
        )}
        {!overview.error && facets?.channels.length !== 0 && (
          <>
            <nav className="overview-tabs" aria-label={t('overview.pages')}>
              {PAGES.map(([place, name]) => (
                <Link key={place} to={overviewAddress(place, search)} className={place === page ? 'on' : ''} aria-current={place === page ? 'page' : undefined} data-testid={`tab-${place || 'figures'}`}>{t(name)}</Link>
              ))}
            </nav>
            <SpanRow overview={overview} />
            {children}
          </>
        )}
      </main>
    </>
  )
}

/** Figures that may change by themselves soon, or leave something out, say so. */
export function FigureNotes({ isSettled, countedMs = null, stale = 0 }: { isSettled: boolean; countedMs?: number | null; stale?: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {!isSettled && <p className="figure-note" role="status" data-testid="unsettled">{t('overview.unsettled')}{countedMs !== null && <> {t('overview.counted', { time: format.dayTime(countedMs) })}</>}</p>}
      {stale > 0 && <p className="figure-note stale" data-testid="stale">{t('overview.stale', { count: stale })}</p>}
    </>
  )
}
