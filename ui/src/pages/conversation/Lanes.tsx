import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, Role } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { Pin } from '../../player/Pin'
import { placePins } from '../../player/pins'
import type { Found } from './found'
import { isSpoken } from './moment'
import { silencesOf } from './silences'

const WIDTH = 1000
/** A silence narrower than this cannot be seen. */
const VISIBLE_SHARE = 0.002

/** Who speaks when: the agent above the line, the customer below, silences hatched, findings as pins on the second. */
export function Lanes({ conversation, findings, selected, onSelect }: {
  conversation: Conversation; findings: Found[]; selected: string | null; onSelect: (key: string, isKeyed: boolean) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { turns } = conversation
  const total = Math.max(conversation.duration_ms ?? 0, ...turns.slice(-50).map((turn) => turn.end_ms ?? turn.start_ms ?? 0))
  const silences = useMemo(() => silencesOf(conversation), [conversation])
  const pins = useMemo(() => placePins(findings, { from_ms: 0, to_ms: total }, total, WIDTH), [findings, total])
  if (!conversation.is_timed || !isSpoken(conversation) || total <= 0 || !turns.some((turn) => turn.end_ms !== null)) return null

  const x = (ms: number) => Math.round((ms / total) * WIDTH * 10) / 10
  const lane = (roles: Role[], top: number) => turns
    .filter((turn) => roles.includes(turn.role) && turn.start_ms !== null && turn.end_ms !== null)
    .map((turn) => `M${x(turn.start_ms!)} ${top}h${Math.max(x(turn.end_ms!) - x(turn.start_ms!) - 0.6, 0.6)}v13h-${Math.max(x(turn.end_ms!) - x(turn.start_ms!) - 0.6, 0.6)}z`)
    .join('')
  const longest = Math.max(0, ...silences.map((silence) => silence.to_ms - silence.from_ms))
  const goTo = (share: number) => {
    const turn = [...turns].reverse().find((one) => (one.start_ms ?? 0) <= share * total) ?? turns[0]
    if (turn) document.getElementById(`turn-${turn.index}`)?.scrollIntoView({ block: 'center' })
  }
  return (
    <section className="lanes" aria-label={t('conversation.lanes')}>
      <div
        className="strip"
        onClick={(event) => {
          if ((event.target as HTMLElement).closest('button')) return
          const box = event.currentTarget.getBoundingClientRect()
          goTo((event.clientX - box.left) / box.width)
        }}
      >
        {silences.filter((silence) => (silence.to_ms - silence.from_ms) / total > VISIBLE_SHARE).map((silence) => (
          <span
            key={silence.before} className="silence" title={t('conversation.silence', { duration: format.duration(silence.to_ms - silence.from_ms) })}
            style={{ left: `${(silence.from_ms / total) * 100}%`, width: `${((silence.to_ms - silence.from_ms) / total) * 100}%` }}
          />
        ))}
        <svg viewBox={`0 0 ${WIDTH} 32`} preserveAspectRatio="none" aria-hidden="true">
          <path className="agent" d={lane(['agent', 'bot'], 1)} />
          <path className="customer" d={lane(['customer'], 18)} />
          <path className="other" d={lane(['undecided', 'system'], 9)} />
        </svg>
        {pins.map((mark) => <Pin key={mark.found[0]!.key} mark={mark} selected={selected} onSelect={onSelect} />)}
      </div>
      <p className="legend">
        <span><i className="agent" />{t('role.agent')}</span>
        <span><i className="customer" />{t('role.customer')}</span>
        {silences.length > 0 && <span className="faint"><i className="hatch" />{t('conversation.silences', { count: silences.length, longest: format.duration(longest) })}</span>}
        <span className="faint end">{format.clock(total)}</span>
      </p>
    </section>
  )
}
