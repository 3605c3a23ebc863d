import type { TrendPoint } from '../../api/figures'

const WIDTH = 120

/** How something went, without axes, days without anything passed over: for the number beside it. */
export function SparkLine({ points, height = 20, target = null }: { points: TrendPoint[] | undefined; height?: number; target?: number | null }) {
  const values = (points ?? []).flatMap((point) => (point.value === null ? [] : [point.value]))
  if (!points || values.length < 2) return <svg className="spark" viewBox={`0 0 ${WIDTH} ${height}`} height={height} aria-hidden="true" />
  const all = target === null ? values : [...values, target]
  const low = Math.min(...all)
  const range = Math.max(...all) - low
  const x = (at: number) => 1 + at / (points.length - 1) * (WIDTH - 2)
  const y = (value: number) => (range === 0 ? height / 2 : height - 2 - (value - low) / range * (height - 4))
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${height}`} height={height} preserveAspectRatio="none" aria-hidden="true">
      {target !== null && <line className="target" x1={0} x2={WIDTH} y1={y(target)} y2={y(target)} />}
      <polyline points={points.flatMap((one, at) => (one.value === null ? [] : [`${x(at).toFixed(1)},${y(one.value).toFixed(1)}`])).join(' ')} />
    </svg>
  )
}
