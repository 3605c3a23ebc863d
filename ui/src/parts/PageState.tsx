import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router-dom'
import { useAccount } from '../api/account'
import { ApiError } from '../api/client'
import { errorWords } from './errorWords'

/** A page, or a part of one, that has nothing else to show: empty, failed, not found. */
export function PageState({ title, remedy, detail, kind, children }: {
  title: string; remedy?: string; detail?: string; kind?: string; children?: ReactNode
}) {
  return (
    <div className="state" role="status" data-testid="state" data-kind={kind}>
      <h2>{title}</h2>
      {remedy && <p>{remedy}</p>}
      {detail && <code>{detail}</code>}
      {children && <div className="acts">{children}</div>}
    </div>
  )
}

/** It could not be read: because nobody is signed in, because it is not one's to see, or because something is wrong. */
export function FailedState({ error, onRetry, children }: { error: Error; onRetry: () => void; children?: ReactNode }) {
  const { t, i18n } = useTranslation()
  const { pathname, search } = useLocation()
  const { account } = useAccount()
  const words = errorWords(error, t)
  const isEnglish = i18n.language === 'en'
  if (words.known === 'sign_in') {
    return (
      <PageState kind="sign_in" title={words.title!} remedy={words.remedy!}>
        <Link className="button strong" to={`/sign-in?to=${encodeURIComponent(pathname + search)}`}>{t('error.to_sign_in')}</Link>
      </PageState>
    )
  }
  if (words.known === 'forbidden') {
    // The server names roles in English: who reads another language is told his own in it.
    const role = !isEnglish && account?.role ? t('error.your_role', { role: t(`access.role.${account.role}`) }) : ''
    return <PageState kind="forbidden" title={words.title!} remedy={`${role}${words.remedy!}`} detail={isEnglish ? words.said ?? undefined : undefined}>{children}</PageState>
  }
  // The server's remedy is about this very case: where it is in the reader's language it comes first.
  const remedy = isEnglish ? words.saidRemedy ?? words.remedy : words.remedy
  return (
    <PageState
      kind="failed" title={words.known === 'unreachable' ? words.title! : t('error.failed')}
      remedy={words.known !== 'unreachable' && !isEnglish && words.title ? `${words.title}${t('error.stop')}${remedy ?? ''}` : remedy ?? undefined}
      detail={words.said === null ? undefined : error instanceof ApiError ? `${error.status} ${error.code}: ${words.said}` : words.said}
    >
      <button type="button" className="button" onClick={onRetry}>{t('app.retry')}</button>
      {children}
    </PageState>
  )
}

/** Something that was asked for did not work; the page around it still stands. */
export function ErrorLine({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t, i18n } = useTranslation()
  const words = errorWords(error, t)
  const isOwn = words.title !== null && (i18n.language !== 'en' || words.said === null)
  return (
    <p className="error-line" role="alert" data-testid="error-line">
      <b>{isOwn ? words.title : words.said}</b>
      {(isOwn ? words.remedy : words.saidRemedy) && <span> {isOwn ? words.remedy : words.saidRemedy}</span>}
      {isOwn && words.said && <span className="quiet" lang="en" data-said> {words.said}{words.saidRemedy ? `: ${words.saidRemedy}` : ''}</span>}
      {onRetry && <button type="button" className="link" onClick={onRetry}>{t('app.retry')}</button>}
    </p>
  )
}
