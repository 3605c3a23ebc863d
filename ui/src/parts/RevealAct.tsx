import { useTranslation } from 'react-i18next'
import type { Reveal } from './useReveal'
import { RevealDialog } from './RevealDialog'
import './reveal.css'

/** Shows numbers as they are, for a reason; says that they are shown, and covers them again. */
export function RevealAct({ reveal, of }: { reveal: Reveal; of: 'conversation' | 'person' }) {
  const { t } = useTranslation()
  return (
    <span className="reveal" data-testid="reveal" data-state={reveal.shown ? 'shown' : 'covered'}>
      {reveal.shown
        ? (
          <>
            <b role="status">{t('reveal.shown')}</b>
            <button type="button" className="link" onClick={reveal.cover} data-testid="reveal-cover">{t('reveal.cover')}</button>
          </>
        )
        : (
          <button type="button" className="link" disabled={reveal.isBusy} onClick={reveal.ask} title={t('reveal.says')} data-testid="reveal-show">
            {reveal.isBusy ? t('app.wait') : t('reveal.show')}
          </button>
        )}
      {reveal.isAsking && <RevealDialog reveal={reveal} of={of} />}
    </span>
  )
}
