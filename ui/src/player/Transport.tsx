import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Side } from '../api/client'
import type { Recording } from '../api/types'
import { useFormat } from '../i18n/format'
import { RATES } from './choices'
import { player } from './player'
import { lanesOf } from './sides'
import { usePlayerState, usePositionSeconds } from './usePlayer'
import type { View } from './useView'

/** A click with the mouse leaves the focus where it is, so that the next space plays rather than presses again. */
const keepFocus = (event: MouseEvent) => event.preventDefault()

function Choice({ name, isOn, title, onChoose, children }: {
  name: string; isOn: boolean; title?: string; onChoose: () => void; children: ReactNode
}) {
  return (
    <button type="button" className={isOn ? 'choice on' : 'choice'} aria-pressed={isOn} title={title} data-testid={name} onMouseDown={keepFocus} onClick={onChoose}>
      {children}
    </button>
  )
}

export function PlayButton() {
  const { t } = useTranslation()
  const { status } = usePlayerState()
  const isOn = status === 'playing' || status === 'waiting'
  return (
    <button
      type="button" className={status === 'waiting' ? 'play waiting' : 'play'} aria-label={isOn ? t('player.pause') : t('player.play')}
      title={`${isOn ? t('player.pause') : t('player.play')} (${t('player.space')})`} aria-keyshortcuts="Space" data-testid="play" data-status={status}
      onMouseDown={keepFocus} onClick={() => player.toggle()}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d={isOn ? 'M4.5 3h2.6v10H4.5zM8.9 3h2.6v10H8.9z' : 'M5 2.8v10.4L13 8z'} /></svg>
    </button>
  )
}

export function PlayTime({ durationMs }: { durationMs: number }) {
  const format = useFormat()
  const seconds = usePositionSeconds()
  return (
    <span className="play-time" data-testid="play-time">
      <b>{format.clock(seconds * 1000)}</b> / {format.clock(durationMs)}
    </span>
  )
}

export function SpeedChoice() {
  const { t } = useTranslation()
  const { rate } = usePlayerState()
  return (
    <span className="choices" role="group" aria-label={t('player.speed')}>
      {RATES.map((one) => (
        <Choice key={one} name={`rate-${one}`} isOn={one === rate} title={`${t('player.speed')} (< >)`} onChoose={() => player.setRate(one)}>{one}×</Choice>
      ))}
    </span>
  )
}

export function SkipChoice() {
  const { t } = useTranslation()
  const { isSkipping } = usePlayerState()
  return (
    <span className="choices">
      <Choice name="skip-silence" isOn={isSkipping} title={`${t('player.skip_why')} (s)`} onChoose={() => player.setSkipping(!isSkipping)}>{t('player.skip')}</Choice>
    </span>
  )
}

export function SideChoice({ recording }: { recording: Recording }) {
  const { t } = useTranslation()
  const { side } = usePlayerState()
  const lanes = lanesOf(recording)
  if (lanes.length < 2) return null
  const choice = (value: Side, label: string) => (
    <Choice key={value} name={`side-${value}`} isOn={side === value} onChoose={() => player.setSide(value)}>{label}</Choice>
  )
  return (
    <span className="choices" role="group" aria-label={t('player.sides')}>
      {choice('both', t('player.both'))}
      {lanes.map(({ side: one, tone }) => choice(
        one.channel === 1 ? '1' : '2', tone === 'other' ? t('player.channel', { channel: one.channel }) : t(`role.${one.role}`),
      ))}
    </span>
  )
}

export function ZoomChoice({ view }: { view: View }) {
  const { t } = useTranslation()
  return (
    <span className="choices zoom" role="group" aria-label={t('player.zoom')}>
      <button type="button" className="choice" disabled={view.isWhole} aria-label={t('player.zoom_out')} title={`${t('player.zoom_out')} (-)`} data-testid="zoom-out" onMouseDown={keepFocus} onClick={() => view.zoom(0.5)}>−</button>
      <button type="button" className="choice" disabled={!view.canZoomIn} aria-label={t('player.zoom_in')} title={`${t('player.zoom_in')} (+)`} data-testid="zoom-in" onMouseDown={keepFocus} onClick={() => view.zoom(2)}>+</button>
    </span>
  )
}
