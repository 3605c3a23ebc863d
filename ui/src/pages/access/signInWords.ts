import type { TFunction } from 'i18next'
import { ApiError } from '../../api/client'

/** Why somebody is not let in, in his language. */
export function signInWords(error: Error, t: TFunction): string {
  if (!(error instanceof ApiError)) return error.message
  if (error.status === 0) return t('access.why.unreachable')
  if (error.status === 429) {
    const seconds = Number(/(\d+) seconds/.exec(error.remedy ?? '')?.[1] ?? 60)
    return t('access.why.too_often', { count: seconds })
  }
  if (error.status === 403) return /disabled/.test(error.message) ? t('access.why.disabled') : t('access.why.wrong')
  return error.message
}

/** What is wrong with an account or a password that was sent: by the field that the server names. */
export function accountWords(error: Error, t: TFunction): string {
  if (!(error instanceof ApiError)) return error.message
  if (error.status === 0) return t('access.why.unreachable')
  if (error.status === 429) return signInWords(error, t)
  if (error.place === 'password' && error.status === 400) return t(/shorter/.test(error.message) ? 'access.why.short' : 'access.why.obvious')
  if (error.place === 'current') return t('access.why.current')
  if (error.place === 'name' && error.status === 409) return t('access.why.taken')
  if (error.place === 'name') return t('access.why.name')
  if (error.place === 'agent') return t('access.why.agent')
  if (error.place === 'role' && error.status === 409) return t('access.why.last_manager')
  if (error.status === 409 && /first account/.test(error.message)) return t('access.why.second')
  if (error.status === 403 && /link/.test(error.message)) return t('access.why.old_link')
  return error.remedy ? `${error.message}: ${error.remedy}` : error.message
}
