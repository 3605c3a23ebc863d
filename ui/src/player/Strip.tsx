import { useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useWaveform } from '../api/queries'
import type { Recording } from '../api/types'
import { useFormat } from '../i18n/format'
import type { Found } from '../pages/conversation/found'
import type { Silence } from '../pages/conversation/silences'
import { Pin } from './Pin'
import { placePins } from './pins'
import { player } from './player'
import { lanesOf } from './sides'
import type { Span } from './spans'
import { useMove, usePlayerState } from './usePlayer'
import type { View } from './useView'
import { BAR_PIXELS, Wave } from './Wave'

interface Props {
  id: string
  recording: Recording
  silences: Silence[]
  findings: Found[]
  selected: string | null
  view: View
  height: number
  onSelect: (key: string, isKeyed: boolean) => void
  /** A click or a drag has moved it. */
  onSeek?: () => void
}

/** A stretch narrower than this cannot be seen. */
const VISIBLE_SHARE = 0.002
const WHEEL_ZOOM = 1.25
/** Pixels that a word below the wave needs. */
const LABELLED_WIDTH = 60
const LABELLED_HEIGHT = 60

/** The recording as one sees it: who is loud when, what is silent, where the findings are. A click or a drag seeks. */
export function Strip({ id, recording, silences, findings, selected, view, height, onSelect, onSeek }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const frame = useRef<HTMLDivElement>(null)
  const slider = useRef<HTMLDivElement>(null)
  const pointer = useRef<HTMLSpanElement>(null)
  const isDragged = useRef(false)
  const width = useWidth(slider)
  const { from_ms, to_ms } = view
  const total = recording.duration_ms
  const lanes = useMemo(() => lanesOf(recording), [recording])
  const waveform = useWaveform(id, from_ms, to_ms, Math.floor(width / BAR_PIXELS))
  const { failure } = usePlayerState()
  const { isError: lacksWave, refetch } = waveform
  // What could not be read while the server was away is read when it is back.
  useEffect(() => {
    if (!failure && lacksWave) void refetch()
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [failure])
  const pins = useMemo(() => placePins(findings, { from_ms, to_ms }, total, width), [findings, from_ms, to_ms, total, width])

  const show = (ms: number) => {
    const share = (ms - from_ms) / (to_ms - from_ms)
    frame.current?.style.setProperty('--played', `${Math.min(Math.max(share, 0), 1) * 100}%`)
    frame.current?.toggleAttribute('data-outside', share < 0 || share > 1)
    slider.current?.setAttribute('aria-valuenow', String(Math.floor(ms / 1000)))
    slider.current?.setAttribute('aria-valuetext', t('player.position', { position: format.clock(ms), duration: format.clock(total) }))
  }
  useMove((ms) => {
    if (!isDragged.current) show(ms)
  })
  useLayoutEffect(() => show(player.positionMs))
  // What the pointer pointed at is elsewhere now.
  useLayoutEffect(() => {
    pointer.current!.textContent = ''
  }, [from_ms, to_ms])
  useZoomByWheel(slider, view)

  const momentAt = (event: PointerEvent) => {
    const box = slider.current!.getBoundingClientRect()
    return from_ms + Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * (to_ms - from_ms)
  }
  const point = (event: PointerEvent) => {
    const ms = momentAt(event)
    const tip = pointer.current!
    tip.textContent = format.clock(ms)
    tip.style.left = `${((ms - from_ms) / (to_ms - from_ms)) * 100}%`
    if (isDragged.current) show(ms)
  }
  const drop = (event: PointerEvent) => {
    if (!isDragged.current) return
    isDragged.current = false
    if (event.type === 'pointerup') {
      player.seek(momentAt(event))
      onSeek?.()
    } else show(player.positionMs)
  }
  const place = (span: Span) => ({
    left: `${((Math.max(span.from_ms, from_ms) - from_ms) / (to_ms - from_ms)) * 100}%`,
    width: `${((Math.min(span.to_ms, to_ms) - Math.max(span.from_ms, from_ms)) / (to_ms - from_ms)) * 100}%`,
  })
  const isSeen = (span: Span) => (
    span.from_ms < to_ms && span.to_ms > from_ms && (span.to_ms - span.from_ms) / (to_ms - from_ms) > VISIBLE_SHARE
  )
  const hasRoom = (span: Span) => (
    height >= LABELLED_HEIGHT && ((span.to_ms - span.from_ms) / (to_ms - from_ms)) * width >= LABELLED_WIDTH
  )
  const silenceTitle = (silence: Silence) => {
    const length = t('conversation.silence', { duration: format.duration(silence.to_ms - silence.from_ms) })
    return silence.owed_by ? t('player.owed', { silence: length, owed: t(`conversation.owed_${silence.owed_by}`) }) : length
  }
  const placeOf = (channel: number) => lanes.find((lane) => lane.side.channel === channel)?.place ?? 'both'

  return (
    <div className="sound-strip" ref={frame} data-testid="strip" style={{ '--reach': `${height}px` } as CSSProperties}>
      <div
        ref={slider} className="seek" style={{ height }} role="slider" tabIndex={0} data-testid="seek" aria-label={t('player.seek')}
        aria-valuemin={0} aria-valuemax={Math.floor(total / 1000)} aria-valuenow={0}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          isDragged.current = true
          event.currentTarget.setPointerCapture(event.pointerId)
          point(event)
        }}
        onPointerMove={point} onPointerUp={drop} onPointerCancel={drop}
      >
        {silences.filter(isSeen).map((silence) => (
          <span key={silence.from_ms} className="silence" title={silenceTitle(silence)} style={place(silence)} data-testid="silence" />
        ))}
        {width > 0 && waveform.data && <Wave recording={recording} lanes={lanes} data={waveform.data} view={view} width={width} height={height} />}
        {waveform.isError && <span className="wave-failed">{failure ? t('player.no_wave_either') : t('player.no_wave')}</span>}
        <i className="middle" />
        {recording.sounds.filter((sound) => sound.kind !== 'echo' && isSeen(sound)).map((sound, index) => (
          <span
            key={index} className={`heard ${placeOf(sound.channel)}`} style={place(sound)} data-testid={`heard-${sound.kind}`}
            title={t('player.sound', { kind: t(`player.sounds.${sound.kind}`), duration: format.duration(sound.to_ms - sound.from_ms) })}
          >
            {hasRoom(sound) && <b>{t(`player.sounds.${sound.kind}`)}</b>}
          </span>
        ))}
        <i className="playhead" />
        <span className="pointed" ref={pointer} aria-hidden="true" />
      </div>
      {pins.map((mark) => <Pin key={mark.found[0]!.key} mark={mark} selected={selected} onSelect={onSelect} />)}
      {!view.isWhole && (
        <i className="part" aria-hidden="true" data-testid="part"><u style={{ left: `${(from_ms / total) * 100}%`, width: `${((to_ms - from_ms) / total) * 100}%` }} /></i>
      )}
    </div>
  )
}

function useWidth(element: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measured = element.current!
    const measure = () => setWidth(Math.floor(measured.clientWidth))
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(measured)
    return () => watch.disconnect()
  }, [element])
  return width
}

/** Ctrl and the wheel zoom around the pointer; sideways it moves a view that shows a part. */
function useZoomByWheel(element: React.RefObject<HTMLElement>, view: View) {
  const latest = useRef(view)
  latest.current = view
  useEffect(() => {
    const turned = element.current!
    const onWheel = (event: WheelEvent) => {
      const { from_ms, to_ms, isWhole, zoom, pan } = latest.current
      const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0)
      if (event.ctrlKey || event.metaKey) {
        const box = turned.getBoundingClientRect()
        zoom(event.deltaY < 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM, from_ms + ((event.clientX - box.left) / box.width) * (to_ms - from_ms))
      } else if (!isWhole && sideways) pan((sideways / turned.clientWidth) * (to_ms - from_ms))
      else return
      event.preventDefault()
    }
    // React listens passively, and a passive listener cannot keep the browser from zooming the page.
    turned.addEventListener('wheel', onWheel, { passive: false })
    return () => turned.removeEventListener('wheel', onWheel)
  }, [element])
}
