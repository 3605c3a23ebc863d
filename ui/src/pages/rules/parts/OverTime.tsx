import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { RuleDetail } from '../../../api/rules'
import { useFormat } from '../../../i18n/format'

const HEIGHT = 56
const DAY_MS = 86_400_000

/** How often it found something, day by day: bars for the eye, a table for whoever reads or hears. */
export function OverTime({ days, rule, verdict }: { days: RuleDetail['over_time']; rule: string; verdict: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (days.length === 0) return null
  const sorted = [...days].sort((a, b) => a.day_ms - b.day_ms)
  const first = sorted[0]!.day_ms
  const span = Math.max(14, Math.round((sorted[sorted.length - 1]!.day_ms - first) / DAY_MS) + 1)
  const most = Math.max(1, ...sorted.map((day) => day.found))
  const address = (day: number) => `/conversations?${new URLSearchParams({ rule, verdict, from: String(day), to: String(day + DAY_MS) })}`
  return (
    <section className="paper pane over-time" aria-labelledby="over-time" data-testid="over-time">
      <header><h2 id="over-time">{t('rules.over_time')}</h2><span className="quiet">{format.day(first)} – {format.day(sorted[sorted.length - 1]!.day_ms)} · {t('rules.most_a_day', { count: most })}</span></header>
      <svg viewBox={`0 0 ${span * 8} ${HEIGHT}`} height={HEIGHT} preserveAspectRatio="none" aria-hidden="true">
        <line x1="0" x2={span * 8} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        {sorted.map((day) => {
          const at = Math.round((day.day_ms - first) / DAY_MS) * 8
          const height = Math.max(day.found > 0 ? 2 : 0, (day.found / most) * (HEIGHT - 4))
          return <rect key={day.day_ms} x={at + 1} width="6" y={HEIGHT - 1 - height} height={height}><title>{`${format.day(day.day_ms)}: ${day.found}`}</title></rect>
        })}
      </svg>
      <details>
        <summary>{t('rules.as_table')}</summary>
        <table>
          <thead><tr><th scope="col">{t('rules.day')}</th><th scope="col" className="number">{t('rules.found_count')}</th><th scope="col" className="number">{t('rules.of_conversations')}</th></tr></thead>
          <tbody>{[...sorted].reverse().map((day) => <tr key={day.day_ms}><td><Link className="link" to={address(day.day_ms)}>{format.day(day.day_ms)}</Link></td><td className="number">{format.count(day.found)}</td><td className="number">{format.count(day.conversations)}</td></tr>)}</tbody>
        </table>
      </details>
    </section>
  )
}
