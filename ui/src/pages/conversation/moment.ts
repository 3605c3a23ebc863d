import type { TFunction } from 'i18next'
import type { Conversation, Evidence } from '../../api/types'
import { clockText } from '../../i18n/format'

/** Says when: 02:17 into a call, 10:32 in a chat, "turn 9" where nothing is timed. */
export interface Moment {
  at(ms: number | null | undefined, turn: number | null | undefined): string
  of(evidence: Evidence): string
}

export function isSpoken(conversation: Pick<Conversation, 'channel'>): boolean {
  return conversation.channel === 'call' || conversation.channel === 'video' || conversation.channel === 'unknown'
}

export function makeMoment(conversation: Conversation, t: TFunction): Moment {
  const isWallClock = !isSpoken(conversation) && conversation.started_ms !== null
  const at: Moment['at'] = (ms, turn) => {
    if (!conversation.is_timed || ms === null || ms === undefined) return turn ? t('time.turn', { turn }) : ''
    if (!isWallClock) return clockText(ms)
    const time = new Date(conversation.started_ms! + ms)
    return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`
  }
  return {
    at,
    // A time worked out from the place inside the turn is no measurement: the turn's own start is.
    of: (evidence) => {
      const turn = evidence.turn ? conversation.turns[evidence.turn - 1] : undefined
      return at(evidence.interpolated ? turn?.start_ms ?? evidence.at_ms : evidence.at_ms ?? turn?.start_ms, evidence.turn)
    },
  }
}
