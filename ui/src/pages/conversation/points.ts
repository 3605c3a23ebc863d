import type { TFunction } from 'i18next'
import type { Conversation, ScoreName } from '../../api/types'
import { SCORE_NAMES } from '../../api/types'
import type { Format } from '../../i18n/format'
import type { Found } from './found'

export interface Effect { score: ScoreName | null; text: string; isBad: boolean }

/**
 * What a finding did to the scores, read from the arithmetic, so that card and sum never disagree. A rule that costs
 * once stands at its first finding; its others say where they were counted.
 */
export function effectsOf(found: Found, conversation: Conversation, t: TFunction, format: Format): Effect[] {
  const { rule, finding } = found
  if (finding.verdict === 'undecided') return [{ score: null, text: t('finding.free'), isBad: false }]
  const effects: Effect[] = []
  for (const score of SCORE_NAMES) {
    const term = conversation.arithmetic[score].terms.find((one) => one.rule === rule.rule)
    if (!term) continue
    const isHere = term.finding === null || term.finding === finding.number
    if (!isHere) effects.push({ score: null, text: t('finding.counted_with', { number: term.finding }), isBad: false })
    else if (term.fatal) effects.push({ score, text: t('finding.fatal', { score: t(`score.${score}`) }), isBad: true })
    else effects.push({ score, text: t('finding.points', { score: t(`score.${score}`), points: format.signed(term.points) }), isBad: true })
  }
  if (effects.length === 0 && finding.verdict !== 'noted') return [{ score: null, text: t('finding.free'), isBad: false }]
  return effects.filter((one, index) => effects.findIndex((other) => other.text === one.text) === index)
}
