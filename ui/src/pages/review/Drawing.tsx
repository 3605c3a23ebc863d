import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'

const SECOND_MS = 1_000

/** While a draw is on its way: since when, and a way out of it. Leaving it stops the request. */
export function Drawing({ onStop }: { onStop: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const begun = Date.now()
    const timer = window.setInterval(() => setSeconds(Math.floor((Date.now() - begun) / SECOND_MS)), SECOND_MS)
    return () => window.clearInterval(timer)
  }, [])
  useKeyboard({ Escape: onStop })
  return (
    <div className="paper review-drawing" aria-busy="true" data-testid="drawing">
      <p role="status">{t('review.drawing')}</p>
      <progress aria-label={t('review.drawing')} />
      <p className="acts">
        <button type="button" className="button" onClick={onStop} data-testid="drawing-stop">{t('review.drawing_stop')}</button>
        <span className="quiet">{seconds > 0 && t('review.drawing_for', { count: seconds, number: format.count(seconds) })}</span>
      </p>
    </div>
  )
}
