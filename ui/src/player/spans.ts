import type { Conversation } from '../api/types'

/** A stretch of a recording. */
export interface Span { from_ms: number; to_ms: number }

/** A pause this long is drawn, and read out in the dialogue. */
export const SILENCE_MS = 3_000
/** Skipping leaves shorter pauses alone, and a breath on either side of the longer ones. */
const SKIPPED_MS = 1_500
const BREATH_MS = 300

/** Spans joined where they touch or overlap, in the order of time. */
export function joined(spans: Span[]): Span[] {
  const out: Span[] = []
  for (const { from_ms, to_ms } of [...spans].sort((a, b) => a.from_ms - b.from_ms)) {
    const last = out[out.length - 1]
    if (last && from_ms <= last.to_ms) last.to_ms = Math.max(last.to_ms, to_ms)
    else out.push({ from_ms, to_ms })
  }
  return out
}

/** What `spans` leave free of the time from the first beginning to the last end, where it is longer than `most`. */
export function gapsBetween(spans: Span[], most: number): Span[] {
  const all = joined(spans)
  return all.slice(1).map((next, index) => ({ from_ms: all[index]!.to_ms, to_ms: next.from_ms }))
    .filter((gap) => gap.to_ms - gap.from_ms > most)
}

/** From a hold to the resumption, the hand-over or the end. */
export function holdsOf(conversation: Conversation): Span[] {
  const holds: Span[] = []
  let since: number | null = null
  for (const { kind, at_ms } of conversation.events) {
    if (at_ms === null) continue
    if (kind === 'hold') since ??= at_ms
    else if (since !== null && (kind === 'resume' || kind === 'transfer' || kind === 'hang-up')) {
      holds.push({ from_ms: since, to_ms: at_ms })
      since = null
    }
  }
  if (since !== null) holds.push({ from_ms: since, to_ms: conversation.recording?.duration_ms ?? conversation.duration_ms ?? since })
  return holds
}

/** What "skip silence" jumps over: where nobody speaks and nothing is announced, the beginning and the end included. */
export function skippedOf(conversation: Conversation): Span[] {
  const { recording, voices } = conversation
  if (!recording || voices.length === 0) return []
  const announced = recording.sounds.filter((sound) => sound.kind === 'announcement')
  const edges = [{ from_ms: 0, to_ms: 0 }, { from_ms: recording.duration_ms, to_ms: recording.duration_ms }]
  return gapsBetween([...voices, ...announced, ...edges], SKIPPED_MS)
    .map(({ from_ms, to_ms }) => ({ from_ms: from_ms + BREATH_MS, to_ms: to_ms - BREATH_MS }))
}

/** The span that holds the moment, among spans in the order of time that don't overlap. */
export function spanAt(spans: Span[], ms: number): Span | undefined {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.to_ms <= ms) low = middle + 1
    else high = middle
  }
  const span = spans[low]
  return span && span.from_ms <= ms ? span : undefined
}
