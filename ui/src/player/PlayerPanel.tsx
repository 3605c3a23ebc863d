import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, Recording } from '../api/types'
import type { Found } from '../pages/conversation/found'
import { silencesOf } from '../pages/conversation/silences'
import { useKeyboard } from '../parts/keyboard'
import { RecordingNotes } from './RecordingNotes'
import { SoundFailure } from './SoundFailure'
import { SoundLegend } from './SoundLegend'
import { Strip } from './Strip'
import { PlayButton, PlayTime, SideChoice, SkipChoice, SpeedChoice, ZoomChoice } from './Transport'
import { usePlayerKeys, usePlayerState } from './usePlayer'
import { useView } from './useView'
import './player.css'

const HEIGHT = 76

/** The recording of a conversation: seen, played, and what was found out about it. */
export function PlayerPanel({ conversation, recording, findings, selected, onSelect, onSeek }: {
  conversation: Conversation; recording: Recording; findings: Found[]; selected: string | null
  onSelect: (key: string, isKeyed: boolean) => void; onSeek: () => void
}) {
  const { t } = useTranslation()
  const { status } = usePlayerState()
  const view = useView(recording.duration_ms)
  const silences = useMemo(() => silencesOf(conversation), [conversation])
  const keys = usePlayerKeys(true)
  const { zoom } = view
  useKeyboard(useMemo(() => ({ ...keys, '+': () => zoom(2), '=': () => zoom(2), '-': () => zoom(0.5) }), [keys, zoom]))
  return (
    <section className="lanes player sound-panel" aria-label={t('player.region')} aria-busy={status === 'loading' || status === 'waiting'} data-testid="player">
      <div className="sound-controls">
        <Strip
          id={conversation.id} recording={recording} silences={silences} findings={findings} selected={selected} view={view} height={HEIGHT}
          onSelect={onSelect} onSeek={onSeek}
        />
        <div className="transport">
          <PlayButton />
          <PlayTime durationMs={recording.duration_ms} />
          <SpeedChoice />
          <SkipChoice />
          <SideChoice recording={recording} />
          <ZoomChoice view={view} />
        </div>
      </div>
      <div className="sound-facts">
        <RecordingNotes recording={recording} />
        <SoundLegend recording={recording} silences={silences} />
      </div>
      <SoundFailure />
    </section>
  )
}
