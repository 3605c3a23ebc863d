import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Recording, RecordingSide } from '../api/types'
import { useFormat } from '../i18n/format'
import { lanesOf, type Lane } from './sides'

/** What was found out about the recording, in plain words; what it means stands behind each word. */
export function RecordingNotes({ recording }: { recording: Recording }) {
  const { t } = useTranslation()
  const format = useFormat()
  const lanes = lanesOf(recording)
  const level = (db: number | null) => (db === null ? t('app.dash') : t('player.decibels', { value: format.count(db) }))
  const share = (percent: number | null) => format.percent((percent ?? 0) / 100)
  /** The figures of a side that bear a note out, if it is this side's. */
  const figure = (note: string, side: RecordingSide): string => {
    if (note === 'noisy' && side.line === 'noisy') return t('player.measured.noise', { noise: level(side.noise_db), speech: level(side.speech_db) })
    if (note === 'faint' && side.line === 'faint') return t('player.measured.speech', { speech: level(side.speech_db) })
    if (note === 'clipped' && side.line === 'clipped') return t('player.measured.clipped', { percent: share(side.clipped_percent) })
    if (note === 'echo' && side.echo_lag_ms !== null) return t('player.measured.echo', { percent: share(side.echo_percent), lag: format.count(side.echo_lag_ms) })
    return ''
  }
  const nameOf = ({ place, side, tone }: Lane) => (
    place === 'both' ? '' : tone === 'other' ? t('player.channel', { channel: side.channel }) : t(`role.${side.role}`)
  )
  const figures = (note: string) => lanes.map((lane) => [nameOf(lane), figure(note, lane.side)])
    .filter(([, words]) => words).map((words) => words.join(' ').trim()).join(t('player.semicolon'))

  const notes = recording.notes.map((note) => ({
    key: note, word: t(`player.note.${note}`, { defaultValue: note }), why: [t(`player.note_why.${note}`, { defaultValue: '' }), figures(note)].filter(Boolean).join(' '),
  }))
  // As registered, or as the file's name has it, goes without saying.
  if ((recording.decided_by === 'times' || recording.decided_by === 'words') && lanes.length > 1) {
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
