import { useTranslation } from 'react-i18next'
import { player } from './player'
import { usePlayerState } from './usePlayer'

/** Why nothing sounds, and what to do about it. */
export function SoundFailure() {
  const { t } = useTranslation()
  const { failure } = usePlayerState()
  if (!failure) return null
  const { error, detail } = failure
  const isSilent = error?.status === 0
  // The server speaks one language; what happens often is said in the reader's, and its words stay behind it.
  const title = error && t(`player.refused.${error.code}`, { defaultValue: '' })
  const remedy = error && t(`player.refused_remedy.${error.code}`, { defaultValue: '' })
  return (
    <p className="sound-failure" role="alert" data-testid="sound-failure">
      <b>{isSilent ? t('error.code.unreachable.title') : error ? title || t('player.failed') : t('player.unplayable')}</b>{' '}
      {error && !isSilent && !title && <span>{error.message}</span>}{' '}
      <span>{isSilent ? t('error.code.unreachable.remedy') : error ? remedy || error.remedy : t('player.unplayable_remedy')}</span>{' '}
      <code>{error ? (isSilent ? '' : [`${error.status} ${error.code}`, title && error.message].filter(Boolean).join(': ')) : detail}</code>
      <button type="button" className="button" onClick={() => player.play()}>{t('app.retry')}</button>
    </p>
  )
}
