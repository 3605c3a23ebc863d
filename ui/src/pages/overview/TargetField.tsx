import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Measure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useTarget } from './figureQueries'
import { aimed } from './measureWords'

/** Targets are said in tenths: of a per cent, or of a point. */
const TENTHS = 10

/** The target, whether it is reached, and changing it in its place: Enter keeps, Escape leaves it, empty takes it away. */
export function TargetField({ measure, title }: { measure: Measure; title: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [text, setText] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const target = useTarget(measure.id, measure.target)
  const isPoints = measure.unit === 'points'
  const hundred = isPoints ? 1 : 100
  const sign = measure.direction === 'up' ? '≥' : '≤'

  if (text === null) {
    const told = measure.target === null ? t('overview.set_target') : `${sign} ${aimed(measure, measure.target, format)}`
    return (
      <button
        type="button" className={measure.target === null ? 'target unset' : 'target'} data-testid="target" title={t('overview.edit_target')}
        onClick={() => setText(measure.target === null ? '' : String(Math.round(measure.target * hundred * TENTHS) / TENTHS))}
      >
        {told}
        {measure.is_reached !== null && (
          <span className={measure.is_reached ? 'reached' : 'unreached'}>
            <span aria-hidden="true">{measure.is_reached ? '✓' : '✗'}</span><span className="unseen"> {t(measure.is_reached ? 'overview.reached' : 'overview.unreached')}</span>
          </span>
        )}
        <span className="unseen"> {t('overview.edit_target')}</span>
      </button>
    )
  }
  const number = text.trim() === '' ? null : Number(text.replace(/[%％\s]/g, '').replace(',', '.'))
  const isSound = number === null || (Number.isFinite(number) && number >= 0 && number <= 100)
  return (
    <form
      className="target-form" data-testid="target-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isSound) return input.current?.focus()
        target.mutate(number === null ? null : Math.round(number * TENTHS) / TENTHS / hundred, { onSuccess: () => setText(null) })
      }}
    >
      <label>
        {sign} <span className="unseen">{t('overview.target_of', { title })}</span>
        <input
          ref={input} value={text} inputMode="decimal" autoFocus size={5} aria-invalid={!isSound} disabled={target.isPending} data-testid="target-input"
          onChange={(event) => setText(event.target.value)} onFocus={(event) => event.target.select()}
          onKeyDown={(event) => event.key === 'Escape' && setText(null)}
        />{!isPoints && ' %'}
      </label>
      <button type="submit" className="link" disabled={target.isPending || !isSound}>{t('overview.keep')}</button>
      <button type="button" className="quiet-button" onClick={() => setText(null)}>{t('overview.leave')}</button>
      {!isSound && <p className="error-line" role="alert">{t('overview.target_range')}</p>}
      {target.error && <ErrorLine error={target.error} />}
    </form>
  )
}
