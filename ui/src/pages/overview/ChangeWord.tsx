import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'

/** Less than a tenth is no change. */
const LEAST = 0.05

/** How much more or less than before; green and red say whether that is good, the arrow says which way. */
export function ChangeWord({ by, isBetterUp, unit = '' }: { by: number; isBetterUp: boolean; unit?: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (Math.abs(by) < LEAST) return <span className="change" title={t('overview.change_none')}>±0</span>
  const isGood = by > 0 === isBetterUp
  return (
    <span className={isGood ? 'change good' : 'change bad'} title={t(isGood ? 'overview.change_good' : 'overview.change_bad', { by: `${format.change(by)}${unit}` })}>
      <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span>{format.mean(Math.abs(by))}{unit}
      <span className="unseen"> {t(isGood ? 'overview.better' : 'overview.worse')}</span>
    </span>
  )
}
