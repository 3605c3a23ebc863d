import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate } from 'react-router-dom'
import { fetchConversations } from '../api/client'
import { useKeyboard } from '../parts/keyboard'
import { useAnchor } from './anchor'
import { TOUR } from './tourSteps'
import { rememberTour, useIsOffered } from './tourOffer'
import './tour.css'

export interface TourState {
  step: number | null
  start: () => void
  go: (step: number) => void
  leave: () => void
}

/** Five steps through the pages: offered once while the demo is all there is, found again in the help. */
export function useTour(): TourState {
  const navigate = useNavigate()
  const [step, setStep] = useState<number | null>(null)
  const riskiest = useRef<string | null>(null)
  const go = useCallback(async (next: number) => {
    const { address } = TOUR[next]!
    if (address.includes(':riskiest') && !riskiest.current) {
      const list = await fetchConversations(new URLSearchParams({ sort: '-risk', limit: '1' }), null, new AbortController().signal).catch(() => null)
      riskiest.current = list?.items[0]?.id ?? null
    }
    // Without a conversation the step is told where one is.
    if (!address.includes(':riskiest') || riskiest.current) navigate(address.replace(':riskiest', riskiest.current ?? ''))
    setStep(next)
  }, [navigate])
  const leave = useCallback(() => {
    setStep(null)
    rememberTour()
  }, [])
  return { step, start: useCallback(() => void go(0), [go]), go: useCallback((next: number) => void go(next), [go]), leave }
}

export function Tour({ tour }: { tour: TourState }) {
  if (tour.step === null) return <Offer tour={tour} />
  return <Step key={tour.step} tour={tour} step={tour.step} />
}

function Offer({ tour }: { tour: TourState }) {
  const { t } = useTranslation()
  const isOffered = useIsOffered()
  // On the first page alone: elsewhere it would lie over what somebody came for.
  if (useLocation().pathname !== '/overview' || !isOffered) return null
  return (
    <section className="tour-card offer" aria-label={t('tour.title')} data-testid="tour-offer">
      <p><b>{t('tour.offer')}</b> {t('tour.offer_what')}</p>
      <div className="acts">
        <button type="button" className="button" onClick={tour.leave} data-testid="tour-no">{t('tour.not_now')}</button>
        <button type="button" className="button strong" onClick={tour.start} data-testid="tour-yes">{t('tour.start')}</button>
      </div>
    </section>
  )
}

function Step({ tour, step }: { tour: TourState; step: number }) {
  const { t } = useTranslation()
  const { name, anchors } = TOUR[step]!
  const card = useRef<HTMLDivElement>(null)
  const { ring, place } = useAnchor(anchors, card)
  const isLast = step === TOUR.length - 1
  const on = () => (isLast ? tour.leave() : tour.go(step + 1))
  const back = step > 0 ? () => tour.go(step - 1) : undefined
  // Again when what it points at is there: a page that opens takes the focus for itself.
  const isThere = ring !== undefined
  useEffect(() => card.current?.focus({ preventScroll: true }), [isThere])
  useKeyboard({ Escape: tour.leave })
  return (
    <>
      {ring && <div className="tour-ring" style={ring} aria-hidden="true" />}
      <div
        ref={card} className="tour-card" style={place} role="dialog" aria-modal="false" aria-labelledby="tour-title" tabIndex={-1} data-testid="tour" data-step={name}
        onKeyDown={(event) => {
          const act = event.key === 'ArrowRight' ? on : event.key === 'ArrowLeft' ? back : event.key === 'Enter' && event.target === card.current ? on : undefined
          if (!act) return
          event.preventDefault()
          event.stopPropagation()
          act()
        }}
      >
        <h2 id="tour-title">{t(`tour.step.${name}.title`)}</h2>
        <p>{t(`tour.step.${name}.says`)}</p>
        <div className="acts">
          <span className="quiet" aria-live="polite">{t('tour.of', { step: step + 1, steps: TOUR.length })}</span>
          <button type="button" className="quiet-button" onClick={tour.leave} data-testid="tour-leave">{t('tour.leave')}</button>
          {back && <button type="button" className="button" onClick={back} data-testid="tour-back">{t('tour.back')}</button>}
          <button type="button" className="button strong" onClick={on} data-testid="tour-on">{t(isLast ? 'tour.done' : 'tour.on')}</button>
        </div>
      </div>
    </>
  )
}
