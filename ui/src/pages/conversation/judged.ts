import { createContext, useContext } from 'react'
import type { Answer, Judgement, Said } from '../../api/review'
import { standingAt } from '../review/useSaid'
import type { Found } from './found'

/** What was said about each finding, by its key: pins show it without being drawn anew for anything else. */
export const Judged = createContext<ReadonlyMap<string, Answer>>(new Map())
export const useJudged = (key: string): Answer | undefined => useContext(Judged).get(key)

export const turnOf = (found: Found): number | null => found.finding.at?.turn ?? null

export function judgedOf(findings: Found[], said: Said | undefined): ReadonlyMap<string, Answer> {
  const judged = new Map<string, Answer>()
  for (const found of findings) {
    const standing = standingAt(said, found.rule.rule, turnOf(found))
    if (standing) judged.set(found.key, standing.answer)
  }
  return judged
}

/** What was said of rules at places where they have no finding now: missed ones, and those of earlier inspections. */
export function judgedElsewhere(findings: Found[], said: Said | undefined): Judgement[] {
  return (said?.judgements ?? []).filter((one) => one.stands && !findings.some((found) => found.rule.rule === one.rule && turnOf(found) === one.turn))
}

export function beforeOf(said: Said | undefined, one: Judgement): Judgement[] {
  return (said?.judgements ?? []).filter((other) => !other.stands && other.rule === one.rule && other.turn === one.turn)
}
