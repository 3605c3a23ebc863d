import type { TFunction } from 'i18next'
import { SAID } from './mapping'

/** What a use is called: "time", "said by the agent". */
export function namedUse(use: string, t: TFunction): string {
  if (!use.startsWith(SAID)) return t(`import.use.${use}`, { defaultValue: use })
  const isTime = use.endsWith('.time')
  const speaker = use.slice(SAID.length, isTime ? -'.time'.length : undefined)
  return t(`import.use.${isTime ? 'said_time' : 'said'}.${speaker}`, { defaultValue: speaker })
}
