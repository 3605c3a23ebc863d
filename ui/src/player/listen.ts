import type { Conversation, Verdict } from '../api/types'
import { findingsOf, type Found } from '../pages/conversation/found'
import { LEAD_MS, player, type Track } from './player'
import { skippedOf } from './spans'

/** When a finding can be heard: its moment, or its sentence's, or its first evidence's. */
export function momentOf(found: Found | undefined, conversation: Conversation): number | null {
  if (!found) return null
  const { at, evidence } = found.finding
  const startOf = (turn: number | null | undefined) => (turn ? conversation.turns[turn - 1]?.start_ms ?? null : null)
  const shown = evidence.find((one) => one.kind !== 'window' && (one.at_ms ?? startOf(one.turn)) !== null)
  return at?.at_ms ?? startOf(at?.turn) ?? shown?.at_ms ?? startOf(shown?.turn) ?? null
}

/** Where playing starts for it. */
export function startOf(found: Found | undefined, conversation: Conversation): number {
  return Math.max(0, (momentOf(found, conversation) ?? 0) - LEAD_MS)
}

export function trackOf(conversation: Conversation): Track {
  return { id: conversation.id, durationMs: conversation.recording?.duration_ms ?? 0, skipped: skippedOf(conversation) }
}

const ORDER: Verdict[] = ['hit', 'missed', 'undecided', 'noted']
const FATAL_POINTS = 1e6

/** The finding that weighs most in the scores, by preference of one rule, among those that can be heard. */
export function gravestOf(findings: Found[], conversation: Conversation, rule: string | null): Found | undefined {
  const terms = Object.values(conversation.arithmetic).flatMap((sum) => sum.terms)
  const weight = ({ rule: { rule: name }, finding }: Found) => terms
    .filter((term) => term.rule === name && (term.finding === null || term.finding === finding.number))
    .reduce((sum, term) => sum + (term.fatal ? FATAL_POINTS : Math.abs(term.points)), 0)
  const audible = findings.filter((found) => momentOf(found, conversation) !== null)
  const asked = audible.filter((found) => found.rule.rule === rule)
  const [gravest] = (asked.length > 0 ? asked : audible).slice().sort((a, b) => (
    weight(b) - weight(a) || ORDER.indexOf(a.finding.verdict) - ORDER.indexOf(b.finding.verdict) || (a.finding.number ?? 1e9) - (b.finding.number ?? 1e9)
  ))
  return gravest
}

/** Holds a conversation ready at the finding with which the list would play it. */
export function preloadGravest(conversation: Conversation, rule: string | null) {
  if (conversation.recording) player.preload(conversation.id, startOf(gravestOf(findingsOf(conversation), conversation, rule), conversation))
}
