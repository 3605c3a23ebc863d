import { useTranslation } from 'react-i18next'
import type { Measure } from '../../api/figures'
import { useFormat } from '../../i18n/format'

/** How a measure is counted, in words and with the numbers of these days. */
export function MeasureFormula({ measure }: { measure: Measure }) {
  const { t } = useTranslation()
  const format = useFormat()
  const all = measure.met + measure.missed
  return (
    <>
      <b>{format.title(measure.formula, '')}</b>
      {measure.unit === 'share' && <span>{t('overview.of', { of: format.count(measure.counts === 'met' ? measure.met : measure.missed), among: format.count(all) })}</span>}
      {measure.unit === 'share' && (measure.undecided > 0 || measure.not_applicable > 0) && <span>{t('overview.apart', { undecided: format.count(measure.undecided), not_applicable: format.count(measure.not_applicable) })}</span>}
    </>
  )
}
