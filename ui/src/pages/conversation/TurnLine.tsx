import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Turn } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { MarkedText } from './MarkedText'
import type { Mark } from './marks'
import { SpokenText } from './SpokenText'
import { TurnSigns } from './TurnSigns'
import { unsureOf, type Unsure as UnsureWord } from './unsure'

/** Below this the recogniser is unsure enough to say so. */
const LOW_CONFIDENCE = 0.6

interface Props {
  turn: Turn
  time: string
  role: string
  isTimed: boolean
  speaker: string | null
  marks: Mark[]
  titles: Map<string, string>
  at: string | undefined
  /** A search has found it. */
  isFound: boolean
  selected: string | null
  onSelect: (key: string, isKeyed: boolean) => void
  /** With a recording: a line's time plays from there. */
  onPlay: ((ms: number) => void) | null
  /** Writes beside the line; keys reach it otherwise, so that thousands of lines are no stops. */
  onComment?: (turn: number) => void
  commentLabel?: string
}

/** Thousands of these may stand on a page, so the plain ones use no hooks. */
export const TurnLine = memo(function TurnLine({ turn, time, role, isTimed, speaker, marks, titles, at, isFound, selected, onSelect, onPlay, onComment, commentLabel }: Props) {
  const unsure = unsureOf(turn)
  const isUnsure = !turn.words && turn.confidence !== null && turn.confidence < LOW_CONFIDENCE
  return (
    <div className={`turn ${turn.role}${isFound ? ' found' : ''}`} id={`turn-${turn.index}`} data-at={at}>
      {onPlay && turn.start_ms !== null ? <PlayedTime time={time} ms={turn.start_ms} onPlay={onPlay} /> : <time>{isTimed ? time : turn.index}</time>}
      <em title={speaker ? role : undefined}>{speaker && turn.role !== 'bot' ? speaker : role}</em>
      <p>
        {turn.is_wordless && <Wordless turn={turn} onPlay={onPlay} />}
        {marks.length === 0 ? plain(turn, unsure) : <MarkedText text={turn.text} unsure={unsure} marks={marks} titles={titles} selected={selected} onSelect={onSelect} />}
        {isUnsure && <Unsure confidence={turn.confidence!} />}
        {turn.annotations && <TurnSigns signs={turn.annotations} />}
      </p>
      {onComment && <button type="button" className="comment-open" tabIndex={-1} onClick={() => onComment(turn.index)}>{commentLabel}</button>}
    </div>
  )
})

const plain = (turn: Turn, unsure: UnsureWord[]) => (unsure.length === 0 ? turn.text : <SpokenText text={turn.text} start={0} unsure={unsure} />)

function Unsure({ confidence }: { confidence: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return <small className="unsure">{t('conversation.low_confidence', { value: format.percent(confidence) })}</small>
}

function PlayedTime({ time, ms, onPlay }: { time: string; ms: number; onPlay: (ms: number) => void }) {
  const { t } = useTranslation()
  return (
    <time>
      <button type="button" className="from-here" aria-label={t('player.from', { time })} title={t('player.from', { time })} onClick={() => onPlay(ms)}>{time}</button>
    </time>
  )
}

/** A voice was heard, and nothing is written down of what it said. */
function Wordless({ turn, onPlay }: { turn: Turn; onPlay: ((ms: number) => void) | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = turn.start_ms !== null && turn.end_ms !== null
    ? t('player.wordless', { duration: format.duration(turn.end_ms - turn.start_ms) }) : t('player.wordless_plain')
  if (!onPlay || turn.start_ms === null) return <span className="wordless">{words}</span>
  return <button type="button" className="wordless" data-testid="wordless" onClick={() => onPlay(turn.start_ms!)}>{words}</button>
}
