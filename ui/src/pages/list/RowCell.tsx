import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { ListItem, ScoreName, Verdict } from '../../api/types'
import { SCORE_NAMES } from '../../api/types'
import type { Format } from '../../i18n/format'
import { scoreTone } from '../../parts/score'
import { VerdictChip } from '../../parts/VerdictChip'
import { columnClass } from './columnClass'
import type { ColumnName } from './columns'

/** More than two do not fit a line; the rest is told as a number. */
const CHIPS = 2
const COUNTS = ['hit', 'missed', 'undecided', 'met'] as const

/** One cell beside the title, drawn by its row: thousands of them come and go, none listens to anything by itself.
 * `verdict`: of the rule that the list is of. */
export function rowCell(item: ListItem, name: ColumnName, label: string, verdict: Verdict | null, t: TFunction, format: Format): ReactNode {
  const dash = <span className="faint">{t('app.dash')}</span>
  const time = (ms: number | null | undefined) => (ms == null ? dash : <time dateTime={new Date(ms).toISOString()}>{format.dayTime(ms)}</time>)
  const score = SCORE_NAMES.find((one) => one === name)
  if (score) return scoreCell(item, score, t, format)
  const count = COUNTS.find((one) => one === name)
  if (count) {
    const value = item.counts[count]
    return <td key={name} role="cell" className={`c-count c-${count} number ${value > 0 ? `count-${count}` : 'none'}`} data-label={label}>{value > 0 ? value : <span aria-label="0" role="img">·</span>}</td>
  }
  switch (name) {
    case 'agent':
      return <td key={name} role="cell" className="c-agent" title={[item.agent, item.team].filter(Boolean).join(' · ')}>{item.agent ?? (item.team ? '' : t('app.dash'))} {item.team && <span className="quiet">{item.team}</span>}</td>
    case 'team': case 'queue': case 'customer':
      return <td key={name} role="cell" className={`c-${name}`} title={item[name] ?? undefined} data-label={label}>{item[name] ?? dash}</td>
    case 'channel':
      return <td key={name} role="cell" className="c-channel">{t(`channel.${item.channel}`, { defaultValue: item.channel })}</td>
    case 'started':
      return <td key={name} role="cell" className="c-started">{time(item.started_ms)}</td>
    case 'seen':
      return <td key={name} role="cell" className="c-seen quiet" data-label={label}>{time(item.seen_ms)}</td>
    case 'duration':
      return <td key={name} role="cell" className="c-duration number quiet">{item.duration_ms === null ? t('app.dash') : format.clock(item.duration_ms)}</td>
    case 'turns': case 'judged':
      return <td key={name} role="cell" className={`${columnClass(name)} number quiet`} data-label={label}>{format.count(item[name] ?? 0)}</td>
    case 'verdict':
      return <td key={name} role="cell" className="c-verdict">{verdict ? <VerdictChip verdict={verdict} /> : dash}</td>
    case 'worst': {
      const others = item.counts.hit + item.counts.missed + item.counts.undecided + item.counts.noted - Math.min(CHIPS, item.worst.length)
      return (
        <td key={name} role="cell" className="c-worst">
          <span className="chips">
            {item.worst.slice(0, CHIPS).map((one) => <VerdictChip key={one.rule} verdict={one.verdict}>{format.title(one.title, one.rule)}</VerdictChip>)}
            {others > 0 && <span className="faint" title={t('list.others', { count: others })}>+{others}</span>}
          </span>
        </td>
      )
    }
    default: return null
  }
}

function scoreCell(item: ListItem, name: ScoreName, t: TFunction, format: Format): ReactNode {
  const value = item.scores[name]
  return (
    <td key={name} role="cell" className={`c-score number tone-${scoreTone(name, value)}`} data-label={t(`score.${name}`)}>
      {value === null ? <span title={t('list.score_none')} aria-label={t('list.score_none')} role="img">{t('app.dash')}</span> : format.count(value)}
    </td>
  )
}
