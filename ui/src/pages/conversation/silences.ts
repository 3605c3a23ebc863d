import type { Conversation, Recording, Role, Voice } from '../../api/types'
import { gapsBetween, holdsOf, SILENCE_MS, type Span } from '../../player/spans'
import { isSpoken } from './moment'

/** Nobody speaks. `before` is the turn that ends it; `owed_by` who let the other wait, where that is plain. */
export interface Silence extends Span { before: number; owed_by: 'agent' | 'customer' | null }

/** Who had to speak: the side that answers when the pause is over. */
export function owedBy(before: Role | undefined, after: Role | undefined): Silence['owed_by'] {
  if (before === 'customer' && after === 'agent') return 'agent'
  return before === 'agent' && after === 'customer' ? 'customer' : null
}

/** By what is heard, where there is a recording; else by the times of the turns. Holds, music and announcements are none. */
export function silencesOf(conversation: Conversation): Silence[] {
  const { recording, voices } = conversation
  if (!isSpoken(conversation)) return []
  return recording && voices.length > 0 ? heardSilences(conversation, recording) : writtenSilences(conversation)
}

function heardSilences(conversation: Conversation, recording: Recording): Silence[] {
  const { turns, voices, participants } = conversation
  const roleOf = (voice: Voice | undefined) => (typeof voice?.participant === 'number' ? participants[voice.participant]?.role : undefined)
  const sounds = recording.sounds.filter((sound) => sound.kind !== 'echo')
  // Somebody whose side was not recorded speaks all the same, where it is written down.
  const heard = new Set(voices.map((one) => one.participant))
  const unheard = turns.flatMap(({ participant, start_ms, end_ms }) => (
    !heard.has(participant) && start_ms !== null && end_ms !== null ? [{ from_ms: start_ms, to_ms: end_ms }] : []
  ))
  let voice = 0
  let turn = 0
  let last: Voice | undefined
  return gapsBetween([...voices, ...unheard, ...sounds, ...holdsOf(conversation)], SILENCE_MS).map((gap) => {
    for (; voice < voices.length && voices[voice]!.from_ms < gap.to_ms; voice++) {
      if (!last || voices[voice]!.to_ms >= last.to_ms) last = voices[voice]
    }
    while (turn < turns.length && (turns[turn]!.start_ms ?? -1) <= gap.from_ms) turn++
    return { ...gap, before: turn + 1, owed_by: owedBy(roleOf(last), roleOf(voices[voice])) }
  })
}

function writtenSilences(conversation: Conversation): Silence[] {
  if (!conversation.is_timed) return []
  const silences: Silence[] = []
  let heard: number | null = null
  conversation.turns.forEach((turn, index) => {
    if (turn.start_ms !== null && heard !== null && turn.start_ms - heard > SILENCE_MS) {
      silences.push({
        from_ms: heard, to_ms: turn.start_ms, before: turn.index, owed_by: owedBy(conversation.turns[index - 1]?.role, turn.role),
      })
    }
    if (turn.end_ms !== null) heard = Math.max(heard ?? 0, turn.end_ms)
  })
  return silences
}
