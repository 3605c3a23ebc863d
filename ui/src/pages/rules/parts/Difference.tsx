import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { differenceOf, type DiffLine } from './difference'

/** Lines of context around what changed. */
const CONTEXT = 2
const SIGNS = { same: ' ', gone: '−', new: '+' } as const

/** What changed between two texts, line by line; long stretches without a change are folded away. */
export function Difference({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation()
  const lines = useMemo(() => differenceOf(before, after), [before, after])
  if (lines.every((line) => line.kind === 'same')) return <p className="quiet">{t('rules.no_difference')}</p>
  const isNear = (at: number) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.kind !== 'same')
  const shown: (DiffLine | 'fold')[] = []
  lines.forEach((line, at) => {
    if (isNear(at)) shown.push(line)
    else if (shown[shown.length - 1] !== 'fold') shown.push('fold')
  })
  return (
    // Wide text scrolls: it must be reachable by keyboard.
    <div className="difference" role="region" tabIndex={0} aria-label={t('rules.difference')} data-testid="difference">
      {shown.map((line, at) => line === 'fold'
        ? <div key={at} className="fold">⋯</div>
        : (
          <div key={at} className={`line ${line.kind}`}>
            <span className="sign" aria-hidden="true">{SIGNS[line.kind]}</span>
            {line.kind !== 'same' && <span className="unseen">{t(`rules.line_${line.kind}`)}</span>}
            <code>{line.text || ' '}</code>
          </div>
        ))}
    </div>
  )
}
