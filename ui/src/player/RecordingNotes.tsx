import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Recording } from '../api/types'
import { useFormat } from '../i18n/format'
import { lanesOf } from './sides'

/** What was found out about the recording, in plain words; what it means stands behind each word. */
export function RecordingNotes({ recording }: { recording: Recording }) {
  const { t } = useTranslation()
  const format = useFormat()
  const lanes = lanesOf(recording)
  const level = (db: number) => t('player.decibels', { value: format.count(db) })
  const nameOf = (index: number) => {
    const lane = lanes.find((one) => one.index === index)
    if (!lane || lane.place === 'both') return ''
    return lane.tone === 'other' ? t('player.channel', { channel: lane.side.channel }) : t(`role.${lane.side.role}`)
  }
  const measured: Record<string, (index: number) => string> = {
    noisy: (index) => t('player.measured.noise', { noise: level(recording.sides[index]!.noise_db), speech: level(recording.sides[index]!.speech_db) }),
    quiet: (index) => t('player.measured.speech', { speech: level(recording.sides[index]!.speech_db) }),
    clipped: (index) => t('player.measured.clipped', { percent: format.percent(recording.sides[index]!.clipped_percent / 100) }),
    echo: (index) => t('player.measured.echo', { percent: format.percent(recording.sides[index]!.echo_percent / 100), lag: format.count(recording.sides[index]!.echo_lag_ms) }),
  }
  const figures = (note: string) => (measured[note]
    ? lanes.map(({ index }) => `${nameOf(index)} ${measured[note]!(index)}`.trim()).join(t('player.semicolon')) : '')

  const notes = recording.notes.map((note) => ({
    key: note, word: t(`player.note.${note}`, { defaultValue: note }), why: [t(`player.note_why.${note}`, { defaultValue: '' }), figures(note)].filter(Boolean).join(' '),
  }))
  if (recording.decided_by && lanes.length > 1) {
    const sure = recording.confidence === null ? '' : t('player.sure', { percent: format.percent(recording.confidence) })
    notes.push({ key: 'decided', word: t('player.decided'), why: `${t(`player.decided_by.${recording.decided_by}`, { defaultValue: recording.decided_by })}${sure}` })
  }
  if (notes.length === 0) return null
  return (
    <ul className="sound-notes" aria-label={t('player.notes')} data-testid="sound-notes">
      {notes.map(({ key, word, why }) => <li key={key}>{why ? <Note name={key} word={word} why={why} /> : <span className="chip noted">{word}</span>}</li>)}
    </ul>
  )
}

function Note({ name, word, why }: { name: string; word: string; why: string }) {
  const id = useId()
  return (
    <>
      <button type="button" className="chip noted" aria-describedby={id} data-testid={`note-${name}`}>{word}</button>
      <span role="tooltip" id={id} className="tip">{why}</span>
    </>
  )
}
