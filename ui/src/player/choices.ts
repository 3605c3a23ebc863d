// What a listener chose stays for the next recording and the next day.
const STORED = 'callscope.player'

export const RATES = [1, 1.5, 2] as const
export type Rate = (typeof RATES)[number]
export interface Choices { rate: Rate; isSkipping: boolean }

export function readChoices(): Choices {
  try {
    const kept = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Choices>
    return { rate: RATES.find((rate) => rate === kept.rate) ?? 1, isSkipping: kept.isSkipping === true }
  } catch {
    return { rate: 1, isSkipping: false } // storage may be forbidden, or hold something else
  }
}

export function keepChoices(choices: Choices) {
  try {
    localStorage.setItem(STORED, JSON.stringify({ rate: choices.rate, isSkipping: choices.isSkipping }))
  } catch {
    // Not remembered; still chosen.
  }
}
