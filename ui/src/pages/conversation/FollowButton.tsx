import { useTranslation } from 'react-i18next'
import { usePlayerState } from '../../player/usePlayer'

/** Shown while it plays and the reader has scrolled elsewhere. */
export function FollowButton({ onFollow }: { onFollow: () => void }) {
  const { t } = useTranslation()
  const { status } = usePlayerState()
  if (status !== 'playing' && status !== 'waiting') return null
  return (
    <button type="button" className="button follow" data-testid="follow" onClick={onFollow}>
      <kbd>f</kbd> {t('player.follow')}
    </button>
  )
}
