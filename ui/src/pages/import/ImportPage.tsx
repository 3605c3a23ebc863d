import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { isAtRest, type Import } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { useForgetRead, useImport } from './importQueries'
import { Outcome } from './Outcome'
import { Preparation } from './Preparation'
import { Running } from './Running'
import { StateChip } from './StateChip'
import './import.css'

/** One import, wherever it stands: being prepared, running, or over. Its address finds it again after a reload. */
export function ImportPage() {
  const { t } = useTranslation()
  const { number = '' } = useParams()
  const found = useImport(Number(number))
  const one = found.data
  const name = one ? one.name || t('import.unnamed', { number: one.number }) : undefined
  usePageTitle(name ?? t('import.page'))

  const forgetRead = useForgetRead()
  const before = useRef(one?.state)
  useEffect(() => {
    if (one && before.current && before.current !== one.state && isAtRest(one.state)) forgetRead()
    before.current = one?.state
  }, [one, forgetRead])

  const isMissing = found.error instanceof ApiError && found.error.status === 404
  const back = <Link className="link" to="/import">{t('import.to_imports')}</Link>
  return (
    <>
      <PlainBar where={<><Link to="/import">{t('import.page')}</Link>{name && <> / <strong>{name}</strong></>}</>} />
      <main id="main" className="import-page">
        {!one && isMissing && <PageState title={t('import.missing')} remedy={t('import.missing_remedy')} detail={number}>{back}</PageState>}
        {!one && found.error && !isMissing && <FailedState error={found.error} onRetry={() => void found.refetch()}>{back}</FailedState>}
        {found.isPending && (
          <div aria-busy="true">
            <span className="unseen" role="status">{t('app.loading')}</span>
            <span className="ghost" style={{ width: 320, height: 26 }} /><span className="ghost" style={{ height: 160, marginTop: 20 }} />
          </div>
        )}
        {one && name && <Head one={one} name={name} />}
        {one?.state === 'open' && <Preparation one={one} />}
        {one && !isAtRest(one.state) && <Running one={one} />}
        {one && one.state !== 'open' && isAtRest(one.state) && <Outcome one={one} />}
      </main>
    </>
  )
}

function Head({ one, name }: { one: Import; name: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <header className="import-head">
      <h1>{name}</h1>
      <p className="quiet">
        <StateChip state={one.state} /> {t(`import.how.${one.how}`)} · {format.dayTime(one.created_ms)}
        {one.ended_ms && one.started_ms && <> · {t('import.took', { duration: format.duration(Math.max(0, one.ended_ms - one.started_ms)) })}</>}
      </p>
    </header>
  )
}
