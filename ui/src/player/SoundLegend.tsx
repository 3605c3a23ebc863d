import { useTranslation } from 'react-i18next'
import type { Recording } from '../api/types'
import { useFormat } from '../i18n/format'
import type { Silence } from '../pages/conversation/silences'
import { lanesOf } from './sides'

export function SoundLegend({ recording, silences }: { recording: Recording; silences: Silence[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const longest = Math.max(0, ...silences.map((silence) => silence.to_ms - silence.from_ms))
  return (
    <span className="sound-legend legend">
      {lanesOf(recording).map(({ index, side, tone, place }) => (
        <span key={index}>
          <i className={tone} />
          {place === 'both' ? t('player.all_voices') : tone === 'other' ? t('player.channel', { channel: side.channel }) : t(`role.${side.role}`)}
        </span>
      ))}
      {silences.length > 0 && (
        <span className="faint" data-testid="silences"><i className="hatch" />{t('conversation.silences', { count: silences.length, longest: format.duration(longest) })}</span>
      )}
    </span>
  )
}
