import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import type { ListItem, Verdict } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useColumnLabel } from './columnLabel'
import type { ColumnName } from './columns'
import { rowCell } from './RowCell'

interface Props {
  item: ListItem
  /** From 1, in the whole list. */
  index: number
  address: string
  columns: readonly ColumnName[]
  verdict: Verdict | null
  isSelected: boolean
  isChosen: boolean
  isPlaying: boolean
  onOpen: (id: string) => void
  onPlay: (id: string) => void
  onPoint: (id: string | null) => void
  onChoose: (id: string, isRange: boolean) => void
}

export const ConversationRow = memo(function ConversationRow({ item, index, address, columns, verdict, isSelected, isChosen, isPlaying, onOpen, onPlay, onPoint, onChoose }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const label = useColumnLabel()
  const navigate = useNavigate()
  const title = item.title || item.external_id
  const isUnseen = item.seen_ms === null
  return (
    <tr
      role="row" aria-rowindex={index + 1} aria-selected={isSelected} data-testid="conversation-row" data-id={item.id} className={`${isUnseen ? 'unseen-row' : ''}${isChosen ? ' chosen' : ''}`}
      onClick={(event) => {
        // The whole row opens, except where the click selects text or belongs to the link.
        if ((event.target as HTMLElement).closest('a, button, label, input') || window.getSelection()?.toString()) return
        onOpen(item.id)
        navigate(address)
      }}
    >
      <td role="cell" className="c-choose">
        <label><input type="checkbox" checked={isChosen} onChange={(event) => onChoose(item.id, (event.nativeEvent as MouseEvent).shiftKey)} data-testid="choose" /><span className="unseen">{t('bulk.choose', { title })}</span></label>
      </td>
      {columns.map((name) => (name === 'title'
        ? (
          <td role="cell" className="c-title" key={name}>
            {item.has_recording && (
              <button
                type="button" className={isPlaying ? 'row-play on' : 'row-play'} aria-pressed={isPlaying} data-testid="row-play" data-plays={isPlaying || undefined}
                aria-label={t('list.play', { title })} title={t('list.play_hint')} onClick={() => onPlay(item.id)}
                onPointerEnter={() => onPoint(item.id)} onPointerLeave={() => onPoint(null)} onFocus={() => onPoint(item.id)} onBlur={() => onPoint(null)}
              >
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 2.8v10.4L13 8z" /></svg>
              </button>
            )}
            <Link to={address} onClick={() => onOpen(item.id)} title={`${title} · ${item.external_id}`}>{title}{isUnseen && <span className="unseen"> {t('list.unseen_mark')}</span>}</Link>
            {item.high_risk && <span className="chip hit risk-mark">{t('list.high_risk_mark')}</span>}
          </td>
        )
        : rowCell(item, name, label(name), verdict, t, format)))}
    </tr>
  )
})
