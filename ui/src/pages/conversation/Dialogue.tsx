import { Fragment, memo, useCallback, useMemo, useRef } from 'react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import type { Found } from './found'
import { GapNote } from './GapNote'
import { marksOf, type Mark } from './marks'
import { cutRows, rowsOf, type Row } from './rows'
import type { Speech } from './sentences'
import { TurnComments } from './TurnComments'
import { TurnLine } from './TurnLine'
import type { Comments } from './useComments'

interface Props {
  conversation: Conversation
  findings: Found[]
  speech: Speech
  selected: string | null
  /** The turn that a search has found. */
  foundTurn: number | null
  onSelect: (key: string, isKeyed: boolean) => void
  onPlay: ((ms: number) => void) | null
  comments?: Comments
  /** Only these lines, from and to, and only the marks of this finding. */
  cut?: { from: number; to: number; finding: string | null }
}

const NO_MARKS: Mark[] = []

export function Dialogue({ conversation, findings, speech, selected, foundTurn, onSelect, onPlay, comments, cut }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = useMemo(() => {
    const all = rowsOf(conversation, findings)
    return cut ? cutRows(all, cut.from, cut.to) : all
  }, [conversation, findings, cut])
  const marks = useMemo(() => marksOf(conversation), [conversation])
  const titles = useMemo(
    () => new Map(conversation.rules.map((rule) => [rule.rule, format.title(rule.title, rule.rule)])), [conversation, format],
  )
  const speakers = useMemo(() => speakersOf(conversation, t), [conversation, t])
  const areNamed = speakers.some((name) => name !== null)
  const choose = useStable(onSelect)
  const openComment = comments?.open
  const atTurn = useMemo(() => {
    const map = new Map<number, string>()
    for (const found of findings) if (found.finding.at?.turn && !map.has(found.finding.at.turn)) map.set(found.finding.at.turn, found.key)
    return map
  }, [findings])

  if (conversation.turns.length === 0) return <section className="talk"><p className="quiet">{t('conversation.no_turns')}</p></section>
  return (
    <section className={areNamed ? 'talk named' : 'talk'} aria-label={t('conversation.dialogue')}>
      {rows.map((row) => {
        if (row.kind !== 'turn') return <BetweenRow key={row.key} row={row} conversation={conversation} speech={speech} selected={row.kind === 'gap' ? selected : null} onSelect={choose} />
        const every = marks.get(row.turn.index) ?? NO_MARKS
        const own = cut ? every.filter((mark) => mark.finding === cut.finding) : every
        const line = (
          <TurnLine
            turn={row.turn} time={speech.moment.at(row.turn.start_ms, row.turn.index)} isTimed={conversation.is_timed}
            role={t(`role.${row.turn.role}`, { defaultValue: row.turn.role })}
            speaker={speakers[row.turn.participant] ?? null} marks={own} titles={titles} at={atTurn.get(row.turn.index)} isFound={row.turn.index === foundTurn}
            // Only lines that show the selection need to know it.
            selected={own.some((mark) => mark.finding === selected) ? selected : null} onSelect={choose} onPlay={onPlay}
            onComment={openComment} commentLabel={openComment && t('review.comment')}
          />
        )
        return <Fragment key={row.key}>{line}{comments && <TurnComments turn={row.turn} comments={comments} />}</Fragment>
      })}
    </section>
  )
}

/** The same function on every render, so that selecting a finding redraws only the lines that show it. */
function useStable(action: (key: string, isKeyed: boolean) => void) {
  const latest = useRef(action)
  latest.current = action
  return useCallback((key: string, isKeyed: boolean) => latest.current(key, isKeyed), [])
}

/** A speaker's name where a role alone would be ambiguous: two agents, two customers. */
function speakersOf(conversation: Conversation, t: TFunction): (string | null)[] {
  const spoke = new Set(conversation.turns.map((turn) => turn.participant))
  const crowd = new Map<string, number>()
  conversation.participants.forEach((one, index) => {
    if (spoke.has(index)) crowd.set(one.role, (crowd.get(one.role) ?? 0) + 1)
  })
  return conversation.participants.map((one) => ((crowd.get(one.role) ?? 0) > 1 ? one.name ?? channelName(one.id, t) ?? one.id : null))
}

/** Somebody who is known only by the channel on which he is heard. */
function channelName(id: string, t: TFunction): string | null {
  const channel = /^channel-(\d)$/.exec(id)?.[1]
  return channel ? t('player.channel', { channel }) : null
}

const BetweenRow = memo(function BetweenRow({ row, conversation, speech, selected, onSelect }: {
  row: Exclude<Row, { kind: 'turn' }>; conversation: Conversation; speech: Speech; selected: string | null
  onSelect: (key: string, isKeyed: boolean) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (row.kind === 'gap') return <GapNote found={row.found} speech={speech} isSelected={row.found.key === selected} onSelect={onSelect} />
  if (row.kind === 'pause') {
    const duration = format.duration(row.ms)
    const owed = row.owedBy === 'agent' ? t('conversation.owed_agent') : row.owedBy === 'customer' ? t('conversation.owed_customer') : null
    return (
      <div className="pause" data-testid="pause">
        {row.isSilence ? t('conversation.silence', { duration }) : t('conversation.interval', { duration })}{owed && ` · ${owed}`}
      </div>
    )
  }
  const { event } = row
  const word = t(`conversation.event.${event.kind}`, { defaultValue: event.kind })
  const role = event.participant === null ? null : conversation.participants[event.participant]?.role
  return (
    <div className="event" data-testid="event">
      <time>{event.at_ms === null ? '' : speech.moment.at(event.at_ms, null)}</time>
      <span>{role ? t('conversation.event.by', { event: word, role: t(`role.${role}`) }) : word}</span>
    </div>
  )
})
