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
  return (
    <p className="sound-failure" role="alert" data-testid="sound-failure">
      <b>{isSilent ? t('error.unreachable') : error ? t('player.failed') : t('player.unplayable')}</b>{' '}
      {error && !isSilent && <span>{error.message}</span>}{' '}
      <span>{isSilent ? t('error.unreachable_remedy') : error ? error.remedy : t('player.unplayable_remedy')}</span>{' '}
      <code>{error ? (isSilent ? '' : `${error.status} ${error.code}`) : detail}</code>
      <button type="button" className="button" onClick={() => player.play()}>{t('app.retry')}</button>
    </p>
  )
}
