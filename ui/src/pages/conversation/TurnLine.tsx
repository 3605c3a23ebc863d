import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Turn } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { MarkedText } from './MarkedText'
import type { Mark } from './marks'

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
  selected: string | null
  onSelect: (key: string) => void
}

/** Thousands of these may stand on a page, so the plain ones use no hooks. */
export const TurnLine = memo(function TurnLine({ turn, time, role, isTimed, speaker, marks, titles, at, selected, onSelect }: Props) {
  const isUnsure = turn.confidence !== null && turn.confidence < LOW_CONFIDENCE
  return (
    <div className={`turn ${turn.role}`} id={`turn-${turn.index}`} data-at={at}>
      <time>{isTimed ? time : turn.index}</time>
      <em title={speaker ? role : undefined}>{speaker && turn.role !== 'bot' ? speaker : role}</em>
      <p>
        {marks.length === 0 ? turn.text : <MarkedText text={turn.text} marks={marks} titles={titles} selected={selected} onSelect={onSelect} />}
        {isUnsure && <Unsure confidence={turn.confidence!} />}
      </p>
    </div>
  )
})

function Unsure({ confidence }: { confidence: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return <small className="unsure">{t('conversation.low_confidence', { value: format.percent(confidence) })}</small>
}
