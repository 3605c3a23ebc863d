import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Measure, TrendPoint, TrendStep } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import type { Scale } from './TrendPage'
import { firstDay, pointAddress, valueWords, whenWords } from './trendWords'
import { useWidth } from './useWidth'

interface Props {
  points: TrendPoint[]
  scale: Scale
  by: TrendStep
  title: string
  target: number | null
  measure: Measure | undefined
  counted: URLSearchParams
}

/** Pieces of a line between places where nothing was counted. */
function piecesOf(points: TrendPoint[]): { at: number; value: number }[][] {
  const pieces: { at: number; value: number }[][] = []
  let isOpen = false
  points.forEach((point, at) => {
    if (point.value === null) {
      isOpen = false
      return
    }
    if (!isOpen) pieces.push([])
    isOpen = true
    pieces[pieces.length - 1]!.push({ at, value: point.value })
  })
  return pieces
}

const HEIGHT = 260
const EDGE = { left: 46, right: 14, top: 14, bottom: 26 }
const LABEL_PX = 76

/** Round numbers around what is to be shown; a share never leaves 0 to 1, a score never 0 to 100. */
function axisOf(values: number[], scale: Scale): number[] {
  const most = scale === 'share' ? 1 : scale === 'score' ? 100 : Infinity
  let low = scale === 'count' ? 0 : Math.min(...values)
  let high = Math.max(...values)
  if (high - low < most / 20 && scale !== 'count') {
    low = Math.max(0, low - most / 20)
    high = Math.min(most, high + most / 20)
  }
  const rough = Math.max((high - low) / 4, scale === 'share' ? 0.005 : scale === 'score' ? 0.5 : 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power * 10
  const ticks: number[] = []
  for (let at = Math.floor(low / step); at <= Math.ceil(high / step); at++) ticks.push(at * step)
  return ticks.filter((tick) => tick >= 0 && tick <= most + 1e-9)
}

export function TrendChart({ points, scale, by, title, target, measure, counted }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const [frame, width] = useWidth<HTMLDivElement>()
  const [at, setAt] = useState<number | null>(null)
  const values = points.flatMap((point) => (point.value === null ? [] : [point.value]))
  const ticks = axisOf(target === null ? values : [...values, target], scale)
  const low = ticks[0]!
  const high = ticks[ticks.length - 1]!
  const inner = Math.max(width - EDGE.left - EDGE.right, 40)
  const x = (index: number) => EDGE.left + (points.length === 1 ? inner / 2 : index / (points.length - 1) * inner)
  const y = (value: number) => EDGE.top + (high === low ? 0.5 : (high - value) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom)
  const every = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor(inner / LABEL_PX))))
  const chosen = at === null ? undefined : points[at]
  const tick = (value: number) => (scale === 'share' ? format.percent(value) : format.count(value))
  return (
    <div className="trend-chart" ref={frame} onPointerLeave={() => setAt(null)}>
      <svg
        width={width} height={HEIGHT} role="group" aria-label={title} data-testid="trend-chart"
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          const near = Math.round((event.clientX - box.left - EDGE.left) / inner * (points.length - 1))
          setAt(Math.min(Math.max(near, 0), points.length - 1))
        }}
      >
        {ticks.map((value) => (
          <g key={value} className="axis">
            <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} />
            <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">{tick(value)}</text>
          </g>
        ))}
        {points.map((point, index) => index % every === 0 && (
          <text key={point.from_ms} className="when" x={x(index)} y={HEIGHT - 8} textAnchor={index === 0 ? 'start' : x(index) > width - LABEL_PX / 2 ? 'end' : 'middle'}>{by === 'week' ? firstDay(point, format) : whenWords(point, by, format)}</text>
        ))}
        {target !== null && <line className="target" x1={EDGE.left} x2={width - EDGE.right} y1={y(target)} y2={y(target)} />}
        {chosen && <line className="cross" x1={x(at!)} x2={x(at!)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />}
        <polyline className="bridge" points={points.flatMap((one, index) => (one.value === null ? [] : [`${x(index).toFixed(1)},${y(one.value).toFixed(1)}`])).join(' ')} />
        {piecesOf(points).map((piece) => (
          <polyline key={piece[0]!.at} points={piece.map((one) => `${x(one.at).toFixed(1)},${y(one.value).toFixed(1)}`).join(' ')} />
        ))}
        {points.map((point, index) => point.value !== null && (
          <Link
            key={point.from_ms} to={pointAddress(point, measure, counted)} data-testid="trend-point" onFocus={() => setAt(index)}
            aria-label={`${whenWords(point, by, format)} ${valueWords(point.value, scale, t, format)}`}
          >
            <circle className={index === at ? 'on' : ''} cx={x(index)} cy={y(point.value)} r={points.length > 90 && index !== at ? 2 : 3.5} />
          </Link>
        ))}
      </svg>
      <p className="trend-words" aria-live="polite">
        {chosen
          ? (
            <>
              <b>{whenWords(chosen, by, format)}</b> {valueWords(chosen.value, scale, t, format)}
              {measure?.unit === 'share' && <span className="quiet"> · {t('verdict.met')} {format.count(chosen.met)} · {t('overview.missed')} {format.count(chosen.missed)} · {t('verdict.undecided')} {format.count(chosen.undecided)}</span>}
              {scale !== 'count' && <span className="quiet"> · {t('list.flag_count', { count: chosen.conversations })}</span>}
            </>
          )
          : <span className="quiet">{t('overview.trend_hint')}</span>}
      </p>
    </div>
  )
}
