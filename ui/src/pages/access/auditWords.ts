import type { TFunction } from 'i18next'

export const ACTION_NOUNS = ['session', 'account', 'key', 'conversation', 'person', 'conversations', 'rule'] as const

/** What was done, in words; an action that has none here is shown as it is written. */
export function actionWords(action: string, t: TFunction): string {
  const key = `access.action.${action.replace('.', '_')}`
  return t(key, { defaultValue: action })
}

const PLAIN = new Set(['agent', 'reviewer', 'manager'])
const DETAILS = new Set(['disabled', 'enabled', 'own', 'all', 'with keys', 'new password', 'the first'])

/** What the server adds to what was done to accounts, in the reader's language; of anything else it is shown as it is. */
export function detailWords(action: string, detail: string, t: TFunction): string {
  if (!/^(account|session\.end|key)/.test(action)) return detail
  return detail.split(', ').map((part) => {
    if (PLAIN.has(part)) return t(`access.role.${part}`)
    if (DETAILS.has(part)) return t(`access.detail.${part.replace(' ', '_')}`)
    return part.startsWith('agent ') ? t('access.detail.agent', { name: part.slice(6) }) : part
  }).join(t('app.separator'))
}
