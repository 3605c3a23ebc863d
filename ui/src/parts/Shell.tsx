import { createContext, useCallback, useContext, useMemo, useRef, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet, ScrollRestoration, useLocation, useNavigate } from 'react-router-dom'
import KEYS from '../help/keys.json'
import '../help/help.css'
import { useAccount, type Role } from '../api/account'
import { Tour, useTour } from '../help/Tour'
import { WaitingCount } from '../pages/orders/WaitingCount'
import { AwayBar } from './AwayBar'
import { useGoKeys } from './goKeys'
import { useKeyboard } from './keyboard'
import { KeysDialog } from './KeysDialog'
import { ThemeSwitch } from './ThemeSwitch'

const ShowKeys = createContext<() => void>(() => {})
export const useShowKeys = () => useContext(ShowKeys)

/** First part of the address, key of the name, drawing. */
const PLACES = [
  ['overview', 'app.overview', 'M4 16V9M8 16V5M12 16v-6M16 16V3'],
  ['conversations', 'app.conversations', 'M4 4h12v9H9l-4 3v-3H4z'],
  ['rules', 'app.rules', 'M5 4h10M5 8h7M5 12h10M5 16h5'],
  ['review', 'app.review', 'M4 10.5l4 4 8-9'],
  ['orders', 'orders.name', 'M5 3h10v14H5zM8 7h4M8 10h4M8 13h2'],
  ['people', 'app.people', 'M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5'],
  ['joins', 'app.joins', 'M8.5 11.5l3-3M9 6l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L13.5 10.5M11 14l-1.5 1.5a3.2 3.2 0 0 1-4.5-4.5L6.5 9.5'],
  ['work', 'app.work', 'M4 5h12M4 10h12M4 15h7M14 13.5l1.5 1.5 2.5-3'],
  ['import', 'app.import', 'M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12'],
] as const

/** From which role on a place is shown; the others are everybody's. */
const LEAST: Partial<Record<(typeof PLACES)[number][0], Role>> = {
  rules: 'reviewer', review: 'reviewer', people: 'reviewer', joins: 'reviewer', work: 'manager', import: 'manager',
}

const HELP_DRAWING = 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM8 8a2 2 0 1 1 2.8 1.9c-.5.2-.8.6-.8 1.2v.4M10 14v.1'

/** `g` and its letter, and the place's key of the name: from the one table of keys. */
const GO = new Map(KEYS.filter(({ keys }) => keys[0]!.startsWith('g ')).map(({ keys, says }) => [keys[0]!.slice(2), says]))

/** Without the address: it may belong to the page, and a page with a draft asks before it is left. */
function skipToMain(event: MouseEvent) {
  const main = document.getElementById('main')
  if (!main) return
  event.preventDefault()
  main.tabIndex = -1
  main.focus()
  main.scrollIntoView()
}

/** The rail and the page beside it. The rail names only pages that exist. */
export function Shell({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const here = pathname.split('/')[1]!
  const dialog = useRef<HTMLDialogElement>(null)
  const show = useCallback(() => dialog.current?.showModal(), [])
  const navigate = useNavigate()
  const tour = useTour()
  const { account, may } = useAccount()
  const places = PLACES.filter(([place]) => !account || may(LEAST[place] ?? 'agent'))
  useKeyboard(useMemo(() => ({ '?': show }), [show]))
  useGoKeys((letter) => {
    const place = places.find(([, name]) => name === GO.get(letter))
    if (place) navigate(`/${place[0]}`)
    return place !== undefined
  })
  return (
    <ShowKeys.Provider value={show}>
      <div className="shell">
        <a className="skip" href="#main" onClick={skipToMain}>{t('app.skip')}</a>
        <nav className="rail" aria-label={t('app.main')}>
          <Link to="/" className="logo" aria-label="callscope">微</Link>
          {places.map(([place, name, drawing]) => (
            <Link key={place} to={`/${place}`} className={place === here ? 'place on' : 'place'} aria-current={place === here ? 'page' : undefined}>
              <svg viewBox="0 0 20 20" aria-hidden="true"><path d={drawing} /></svg>
              {t(name)}
              {place === 'orders' && <WaitingCount />}
            </Link>
          ))}
          <div className="rail-end">
            <button type="button" className="place" onClick={show} aria-keyshortcuts="?" data-testid="help">
              <svg viewBox="0 0 20 20" aria-hidden="true"><path d={HELP_DRAWING} /></svg>
              {t('help.name')}
            </button>
            <ThemeSwitch />
          </div>
        </nav>
        <div>{children ?? <Outlet />}</div>
      </div>
      <AwayBar />
      <KeysDialog ref={dialog} onTour={tour.start} />
      <Tour tour={tour} />
      <ScrollRestoration />
    </ShowKeys.Provider>
  )
}
