import { useTranslation } from 'react-i18next'
import { useKeyboard } from '../../parts/keyboard'
import '../../player/player.css'

/** Where the player would be, for a conversation that has no recording. */
export function SilentBar({ title, onClose }: { title: string; onClose: () => void }) {
  const { t } = useTranslation()
  useKeyboard({ Escape: onClose })
  return (
    <section className="player-bar player" aria-label={t('player.region')} data-testid="silent-bar">
      <span className="now" role="status"><b>{title}</b><span className="quiet">{t('player.none')}</span></span>
      <span className="strip-place" />
      <span className="acts">
        <button type="button" className="button" title={`${t('app.close')} (Esc)`} aria-label={t('player.close')} data-testid="bar-close" onClick={onClose}>×</button>
      </span>
    </section>
  )
}
