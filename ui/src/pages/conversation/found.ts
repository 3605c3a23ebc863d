import type { Conversation, Finding, RuleResult } from '../../api/types'

/** A finding with its rule and a key that is unique in the conversation. */
export interface Found {
  key: string
  rule: RuleResult
  finding: Finding
}

const FOR_A_PERSON = new Set(['hit', 'missed', 'noted', 'undecided'])

/** Undecided only because nothing was written down: a recording without transcript has dozens, and they are told as one. */
export function lacksWords(rule: RuleResult): boolean {
  const isPlaced = (finding: Finding) => (finding.at?.turn ?? finding.at?.at_ms ?? null) !== null
  const reasons = rule.findings.length > 0 ? rule.findings.map((finding) => (isPlaced(finding) ? null : finding.reason)) : [rule.reason]
  return rule.verdict === 'undecided' && reasons.every((reason) => reason === 'no_words')
}

/** What a person must look at: in the order of the conversation, the undecided last. */
export function findingsOf(conversation: Conversation): Found[] {
  const found = conversation.rules.filter((rule) => !lacksWords(rule)).flatMap((rule): Found[] => {
    const own = rule.findings.filter((finding) => finding.number !== null || FOR_A_PERSON.has(finding.verdict))
    // A verdict without a finding still deserves its card.
    const findings: Finding[] = own.length > 0 || !FOR_A_PERSON.has(rule.verdict) ? own : [
      { number: null, ordinal: 1, verdict: rule.verdict, reason: rule.reason ?? rule.findings[0]?.reason ?? null, participant: null, at: null, evidence: [] },
    ]
    return findings.map((finding) => ({ key: `${rule.rule}-${finding.ordinal}`, rule, finding }))
  })
  const order = (one: Found) => (one.finding.verdict === 'undecided' ? 1e9 : 0) + (one.finding.number ?? 1e8)
  return found.sort((a, b) => order(a) - order(b))
}

export function foundByNumber(found: Found[], number: number | null): Found | undefined {
  return number === null ? undefined : found.find((one) => one.finding.number === number)
}
