import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import { SCORE_NAMES, type ListItem } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { scoreTone } from '../../parts/score'
import { VerdictChip } from '../../parts/VerdictChip'

interface Props {
  item: ListItem
  address: string
  isSelected: boolean
  isPlaying: boolean
  onOpen: (id: string) => void
  onPlay: (id: string) => void
  onPoint: (id: string | null) => void
}

/** More than two do not fit a line; the rest is told as a number. */
const CHIPS = 2
const COUNTS = ['hit', 'missed', 'undecided', 'met'] as const

export const ConversationRow = memo(function ConversationRow({ item, address, isSelected, isPlaying, onOpen, onPlay, onPoint }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const title = item.title || item.external_id
  const others = item.counts.hit + item.counts.missed + item.counts.undecided + item.counts.noted - Math.min(CHIPS, item.worst.length)
  return (
    <tr
      role="row" aria-selected={isSelected} data-testid="conversation-row" data-id={item.id}
      onClick={(event) => {
        // The whole row opens, except where the click selects text or belongs to the link.
        if ((event.target as HTMLElement).closest('a, button') || window.getSelection()?.toString()) return
        onOpen(item.id)
        navigate(address)
      }}
    >
      <td role="cell" className="c-title">
        {item.has_recording && (
          <button
            type="button" className={isPlaying ? 'row-play on' : 'row-play'} aria-pressed={isPlaying} data-testid="row-play" data-plays={isPlaying || undefined}
            aria-label={t('list.play', { title })} title={t('list.play_hint')} onClick={() => onPlay(item.id)}
            onPointerEnter={() => onPoint(item.id)} onPointerLeave={() => onPoint(null)} onFocus={() => onPoint(item.id)} onBlur={() => onPoint(null)}
          >
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 2.8v10.4L13 8z" /></svg>
          </button>
        )}
        <Link to={address} onClick={() => onOpen(item.id)} title={`${title} · ${item.external_id}`}>{title}</Link>
        {item.high_risk && <span className="chip hit risk-mark">{t('list.high_risk_mark')}</span>}
      </td>
      <td role="cell" className="c-agent" title={[item.agent, item.team].filter(Boolean).join(' · ')}>
        {item.agent ?? (item.team ? '' : t('app.dash'))} {item.team && <span className="quiet">{item.team}</span>}
      </td>
      <td role="cell" className="c-channel">{t(`channel.${item.channel}`, { defaultValue: item.channel })}</td>
      <td role="cell" className="c-started">
        {item.started_ms === null
          ? <span className="faint">{t('app.dash')}</span>
          : <time dateTime={new Date(item.started_ms).toISOString()}>{format.dayTime(item.started_ms)}</time>}
      </td>
      <td role="cell" className="c-duration number quiet">{item.duration_ms === null ? t('app.dash') : format.clock(item.duration_ms)}</td>
      {SCORE_NAMES.map((name) => {
        const value = item.scores[name]
        return (
          <td role="cell" key={name} className={`c-score number tone-${scoreTone(name, value)}`} data-label={t(`score.${name}`)}>
            {value === null
              ? <span title={t('list.score_none')} aria-label={t('list.score_none')} role="img">{t('app.dash')}</span>
              : format.count(value)}
          </td>
        )
      })}
      <td role="cell" className="c-worst">
        <span className="chips">
          {item.worst.slice(0, CHIPS).map((one) => <VerdictChip key={one.rule} verdict={one.verdict}>{format.title(one.title, one.rule)}</VerdictChip>)}
          {others > 0 && <span className="faint" title={t('list.others', { count: others })}>+{others}</span>}
        </span>
      </td>
      {COUNTS.map((verdict) => {
        const count = item.counts[verdict]
        return (
          <td role="cell" key={verdict} className={`c-count c-${verdict} number ${count > 0 ? `count-${verdict}` : 'none'}`} data-label={t(`verdict.${verdict}`)}>
            {count > 0 ? count : <span aria-label="0" role="img">·</span>}
          </td>
        )
      })}
    </tr>
  )
})
