import type { TFunction } from 'i18next'
import type { Conversation, Evidence, Finding } from '../../api/types'
import type { Moment } from './moment'
import { sliceOf } from './marks'

const MOST_MATCHES = 3

/** What is needed to put a finding into words. */
export interface Speech {
  t: TFunction
  moment: Moment
  conversation: Conversation
}

const tidy = (text: string) => text.replace(/\s{2,}/g, ' ').trim()

function wordsOf(evidence: Evidence, { conversation }: Speech): string {
  if (evidence.matched) return evidence.matched
  const turn = evidence.turn ? conversation.turns[evidence.turn - 1] : undefined
  if (!turn || typeof evidence.from !== 'number' || typeof evidence.to !== 'number') return ''
  return sliceOf(turn.text, evidence.from, evidence.to)
}

/** "silence > 4.0 s", "Hung up", "book: 6年": for what has no words, and beside those that were measured. */
export function measuredText(evidence: Evidence, { t }: Speech): string {
  if (!evidence.measured) return ''
  if (evidence.how === 'event') return t(`conversation.event.${evidence.measured}`, { defaultValue: evidence.measured })
  return t(`finding.how.${evidence.how ?? 'text'}`, { measured: evidence.measured, defaultValue: evidence.measured })
}

export function quoteOf(evidence: Evidence, speech: Speech): string {
  const text = wordsOf(evidence, speech)
  const measured = text ? '' : measuredText(evidence, speech)
  return text ? speech.t('app.quote', { text }) : measured && speech.t('app.measure', { measured })
}

function roleOf(evidence: Evidence, { conversation, t }: Speech): string {
  const role = evidence.turn ? conversation.turns[evidence.turn - 1]?.role : undefined
  return role ? t(`role.${role}`) : ''
}

/** "2 chances to speak searched (turns 9–13), up to the number of turns allowed". */
export function searchedText(window: Evidence, speech: Speech, isFull = false): string {
  const { t, conversation } = speech
  const last = conversation.turns.length
  const from = window.turn ?? 1
  const to = window.to_turn ?? null
  const plain = to === null || to >= last
    ? (from <= 1 ? t('conversation.range_all') : t('conversation.range_end', { from }))
    : to <= from ? t('conversation.range_turn', { from }) : t('conversation.range_turns', { from, to })
  const closed = isFull ? closedText(window, speech) : ''
  const range = closed ? t('conversation.range_closed', { range: plain, closed }) : plain
  return typeof window.turns_searched === 'number' ? t('conversation.searched', { count: window.turns_searched, range }) : range
}

export function closedText(window: Evidence, { t }: Speech): string {
  return window.closed_by ? t(`conversation.closed_by.${window.closed_by}`, { defaultValue: '' }) : ''
}

export function whyText(evidence: Evidence, { t }: Speech): string {
  const key = `conversation.why.${evidence.why ?? 'other'}`
  const plain = t(key, { defaultValue: t('conversation.why.other') })
  return evidence.by ? t(`${key}_by`, { by: evidence.by, defaultValue: plain }) : plain
}

export function nearestText(finding: Finding, speech: Speech): string | null {
  const near = finding.evidence.find((one) => one.kind === 'near_miss')
  if (!near) return null
  return tidy(speech.t('conversation.nearest', {
    moment: speech.moment.of(near), quote: quoteOf(near, speech), why: whyText(near, speech),
  }))
}

/** Which step is missing, or that nothing was seen where it was due. */
export function lackText(finding: Finding, speech: Speech, isFull = false): string {
  const { t } = speech
  if (finding.reason === 'too_early') return t('finding.too_early')
  if (finding.reason === 'step') {
    const steps = finding.evidence.filter((one) => one.kind === 'step')
    const missing = steps.filter((one) => (one.turn ?? null) === null).map((one) => t('finding.step_missing', { step: one.step }))
    const early = steps.filter((one) => one.why === 'too_early').map((one) => (
      one.by === 'if' ? t('finding.step_uncalled', { step: one.step }) : t('finding.step_early', { step: one.step, before: one.by })
    ))
    return missing.concat(early).join('') || t('finding.step_unnamed')
  }
  const window = finding.evidence.find((one) => one.kind === 'window')
  return window ? t('finding.found_nothing', { searched: searchedText(window, speech, isFull) }) : t('finding.not_seen')
}

export function reasonText(reason: string | null | undefined, t: TFunction): string {
  return reason ? t(`finding.reason.${reason}`, { defaultValue: reason }) : ''
}

function said(evidence: Evidence[], speech: Speech): string[] {
  return evidence.slice(0, MOST_MATCHES).map((one) => {
    const words = wordsOf(one, speech)
    const measured = measuredText(one, speech)
    const moment = speech.moment.of(one)
    if (!words) return tidy(measured ? speech.t('finding.measured', { moment, measured }) : moment && speech.t('finding.happened', { moment }))
    const plain = speech.t('finding.said', { moment, role: roleOf(one, speech), quote: quoteOf(one, speech) })
    return tidy(measured ? speech.t('finding.with_measure', { plain, measured }) : plain)
  })
}

/** Why the verdict is what it is, in sentences; the first is enough for a card. */
export function sentencesOf(finding: Finding, speech: Speech): string[] {
  const { t, moment } = speech
  const of = (kind: Evidence['kind']) => finding.evidence.filter((one) => one.kind === kind)
  const trigger = of('trigger')[0]
  const lines: string[] = []

  if (finding.verdict === 'missed') {
    const due = trigger
      ? t('finding.triggered', { moment: moment.of(trigger), quote: quoteOf(trigger, speech) })
      : t('finding.untriggered')
    lines.push(tidy(due + lackText(finding, speech)))
    const nearest = nearestText(finding, speech)
    if (nearest) lines.push(nearest)
  } else {
    if (finding.verdict === 'undecided' || finding.verdict === 'not_applicable') lines.push(reasonText(finding.reason, t))
    lines.push(...said([...of('match'), ...of('step').filter((one) => one.turn)], speech))
    if (lines.length === 0 && trigger) lines.push(...said([trigger], speech))
    if (finding.verdict === 'undecided' && trigger && of('match').length === 0) lines.push(...said([trigger], speech))
  }
  for (const kind of ['waiver', 'excuse'] as const) {
    for (const one of of(kind)) lines.push(tidy(t(`finding.${kind}`, { moment: moment.of(one), quote: quoteOf(one, speech) })))
  }
  return [...new Set(lines.filter(Boolean))]
}
