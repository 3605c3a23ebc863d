import { Fragment, memo } from 'react'
import { conversationAddress } from '../../api/filter'
import type { ListItem, Verdict } from '../../api/types'
import { piecesOf, type Chunks } from './chunks'
import type { Chosen } from './chosen'
import type { ColumnName } from './columns'
import { ConversationRow } from './ConversationRow'
import { MatchRow } from './MatchRow'

interface Shared {
  items: ListItem[]
  columns: readonly ColumnName[]
  filter: URLSearchParams
  chosen: Chosen
  verdict: Verdict | null
  selected: string | null
  playing: string | null
  onOpen: (id: string) => void
  onPlay: (id: string) => void
  onPoint: (id: string | null) => void
}

/** The rows around the screen, in pieces that keep their place; what is beyond is as high as its rows. */
export function TableRows({ chunks, ...shared }: Shared & { chunks: Chunks }) {
  const space = (px: number, name: string) => px > 0 && <tbody aria-hidden="true" className="space" key={name}><tr style={{ height: px }}><td colSpan={shared.columns.length + 1} /></tr></tbody>
  return (
    <>
      {space(chunks.above, 'above')}
      {piecesOf(chunks.first, chunks.last).map(({ chunk, from, to }) => <Piece key={chunk} chunk={chunk} from={from} to={to} {...shared} />)}
      {space(chunks.below, 'below')}
    </>
  )
}

const Piece = memo(function Piece({ chunk, from, to, items, columns, filter, chosen, verdict, selected, playing, onOpen, onPlay, onPoint }: Shared & { chunk: number; from: number; to: number }) {
  return (
    <tbody role="rowgroup" data-chunk={chunk}>
      {items.slice(from, to).map((item, index) => (
        <Fragment key={item.id}>
          <ConversationRow
            item={item} index={from + index + 1} address={conversationAddress(item.id, filter, item.matches?.[0]?.turn)} columns={columns} verdict={verdict}
            isSelected={item.id === selected} isChosen={chosen.has(item.id)} isPlaying={item.id === playing} onOpen={onOpen} onPlay={onPlay} onPoint={onPoint} onChoose={chosen.toggle}
          />
          {item.matches && item.matches.length > 0 && <MatchRow item={item} columns={columns.length + 1} filter={filter} isSelected={item.id === selected} onOpen={onOpen} />}
        </Fragment>
      ))}
    </tbody>
  )
}, (before, after) => (
  // A piece is drawn again for its own rows only: not because more were read, or one elsewhere is selected.
  before.from === after.from && before.to === after.to && before.columns === after.columns && before.filter === after.filter && before.verdict === after.verdict &&
  before.chosen === after.chosen && before.playing === after.playing && before.onOpen === after.onOpen && before.onPlay === after.onPlay &&
  (before.selected === after.selected || !after.items.slice(after.from, after.to).some((item) => item.id === before.selected || item.id === after.selected)) &&
  before.items.slice(before.from, before.to).every((item, index) => item === after.items[after.from + index])
))
