import type { ScoreName } from '../api/types'

export type ScoreTone = 'good' | 'middling' | 'bad' | 'none'

/** Compliance and experience are good when high, risk when low. Only what is not good gets a colour. */
export function scoreTone(name: ScoreName, value: number | null): ScoreTone {
  if (value === null) return 'none'
  if (name === 'risk') return value >= 40 ? 'bad' : value >= 20 ? 'middling' : 'good'
  return value < 60 ? 'bad' : value < 80 ? 'middling' : 'good'
}
