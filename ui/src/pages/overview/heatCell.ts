import type { Tally } from '../../api/figures'
import type { Verdict } from '../../api/types'
import { GOOD_OF } from './figureFilter'

/** Up to each of these shares a colour goes; the last is for all beyond. */
const STEPS = [0.02, 0.1, 0.2, 0.35, 0.55] as const

/** Shares of so few say little: their colour goes no further than this. */
const FEW = 5
const MOST_OF_FEW = 2

export interface HeatCell { tone: string; share: number | null; decided: number; verdict: Verdict }

export function heatCell(tally: Tally, bad: Verdict): HeatCell {
  const decided = tally.met + tally.missed
  const share = decided > 0 ? tally.missed / decided : null
  const found = share === null ? 0 : STEPS.findIndex((step) => share <= step)
  const step = found < 0 ? STEPS.length : found
  // The gravest of what is there.
  const verdict = tally.missed > 0 ? bad : decided === 0 ? 'undecided' : GOOD_OF[bad] ?? 'met'
  return {
    tone: share === null ? 'heat-open' : `heat-${decided < FEW ? Math.min(step, MOST_OF_FEW) : step}${tally.undecided > decided ? ' mostly-open' : ''}`,
    share, decided, verdict,
  }
}
