import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'

/** A page, or a part of one, that has nothing else to show: empty, failed, not found. */
export function PageState({ title, remedy, detail, children }: {
  title: string; remedy?: string; detail?: string; children?: ReactNode
}) {
  return (
    <div className="state" role="status" data-testid="state">
      <h2>{title}</h2>
      {remedy && <p>{remedy}</p>}
      {detail && <code>{detail}</code>}
      {children && <div className="acts">{children}</div>}
    </div>
  )
}

export function FailedState({ error, onRetry, children }: { error: Error; onRetry: () => void; children?: ReactNode }) {
  const { t } = useTranslation()
  const isSilent = error instanceof ApiError && error.status === 0
  const answer = error instanceof ApiError && !isSilent ? error : null
  return (
    <PageState
      title={isSilent ? t('error.unreachable') : t('error.failed')}
      remedy={isSilent ? t('error.unreachable_remedy') : answer?.remedy ?? undefined}
      detail={answer ? `${answer.status} ${answer.code}: ${answer.message}` : isSilent ? undefined : error.message}
    >
      <button type="button" className="button" onClick={onRetry}>{t('app.retry')}</button>
      {children}
    </PageState>
  )
}

/** Something that was asked for did not work; the page around it still stands. */
export function ErrorLine({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation()
  const isSilent = error instanceof ApiError && error.status === 0
  const said = isSilent ? t('error.unreachable') : error.message
  const remedy = isSilent ? t('error.unreachable_remedy') : error instanceof ApiError ? error.remedy : null
  return (
    <p className="error-line" role="alert" data-testid="error-line">
      <b>{said}</b>{remedy && <span> {remedy}</span>}
      {onRetry && <button type="button" className="link" onClick={onRetry}>{t('app.retry')}</button>}
    </p>
  )
}
