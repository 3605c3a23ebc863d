import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Heat, HeatGroup, HeatRow, Tally } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { listOf } from './figureFilter'
import { heatCell } from './heatCell'

type Named = HeatRow & { name: string }

interface Props { heat: Heat; by: HeatGroup; counted: URLSearchParams; chosen: string | null; choose: (name: string) => void }

/** On a phone: one person at a time, rule under rule, the worst first. */
export function HeatOne({ heat, by, counted, chosen, choose }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  // Of whom it is not known there is no list.
  const rows = heat.rows.filter((one): one is Named => one.name !== null)
  const row = rows.find((one) => one.name === chosen) ?? rows[0]
  if (!row) return null
  const at = rows.indexOf(row)
  const missedShare = (tally: Tally) => (tally.met + tally.missed > 0 ? tally.missed / (tally.met + tally.missed) : -1)
  const lines = heat.rules.flatMap((rule, index) => {
    const tally = row.cells[index]
    return tally && tally.met + tally.missed + tally.undecided > 0 ? [{ rule, tally }] : []
  }).sort((a, b) => missedShare(b.tally) - missedShare(a.tally) || b.tally.missed - a.tally.missed)
  const step = (to: number, label: string) => (
    <button type="button" className="button" disabled={!rows[to]} onClick={() => choose(rows[to]!.name)} aria-label={label} title={label}>{to < at ? '‹' : '›'}</button>
  )
  return (
    <section className="heat-one" aria-label={row.name} data-testid="heat-one">
      <div className="who">
        {step(at - 1, t('conversation.previous'))}
        <Select
          value={row.name} onChange={choose} showSearch={rows.length > 8} options={rows.map((one) => ({ value: one.name, label: one.name }))} aria-label={t(`overview.by.${by}`)}
        />
        {step(at + 1, t('conversation.next'))}
        <Link className="link" to={listOf(counted, { [by]: row.name })}>{t('list.flag_count', { count: row.conversations })}</Link>
      </div>
      <ul className="paper">
        {lines.map(({ rule, tally }) => {
          const cell = heatCell(tally, rule.verdict)
          return (
            <li key={rule.rule}>
              <Link to={listOf(counted, { rule: rule.rule, verdict: cell.verdict, [by]: row.name })}>
                <span className={`box ${cell.tone}`}>{cell.share === null ? '?' : format.percent(cell.share)}</span>
                <span className="name">{format.title(rule.title, rule.rule)}</span>
                <span className="quiet of">
                  {format.count(tally.missed)} / {format.count(cell.decided)}{tally.undecided > 0 && <> · {t('list.undecided_apart', { count: tally.undecided })}</>}
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
