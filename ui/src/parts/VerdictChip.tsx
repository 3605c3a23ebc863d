import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Verdict } from '../api/types'

const TONE: Record<Verdict, string> = {
  hit: 'hit', missed: 'missed', undecided: 'undecided', noted: 'noted', met: 'met', clean: 'met',
  not_noted: 'noted', not_applicable: 'noted',
}

/** The colour family of a verdict; the four colours mean verdicts and nothing else. */
export function verdictTone(verdict: Verdict): string {
  return TONE[verdict] ?? 'noted'
}

export function VerdictChip({ verdict, children }: { verdict: Verdict; children?: ReactNode }) {
  const { t } = useTranslation()
  const word = t(`verdict.${verdict}`)
  return (
    <span className={`chip ${verdictTone(verdict)}`} title={children ? `${word}${typeof children === 'string' ? ` ${children}` : ''}` : undefined}>
      {children ? <><span className="unseen">{word} </span>{children}</> : word}
    </span>
  )
}
