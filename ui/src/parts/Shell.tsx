import { createContext, useCallback, useContext, useMemo, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet, ScrollRestoration, useLocation } from 'react-router-dom'
import { useKeyboard } from './keyboard'
import { KeysDialog } from './KeysDialog'

const ShowKeys = createContext<() => void>(() => {})
export const useShowKeys = () => useContext(ShowKeys)

/** First part of the address, key of the name, drawing. */
const PLACES = [
  ['', 'app.conversations', 'M4 4h12v9H9l-4 3v-3H4z'],
  ['people', 'app.people', 'M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5'],
  ['joins', 'app.joins', 'M8.5 11.5l3-3M9 6l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L13.5 10.5M11 14l-1.5 1.5a3.2 3.2 0 0 1-4.5-4.5L6.5 9.5'],
  ['import', 'app.import', 'M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12'],
] as const

/** The rail and the page beside it. The rail names only pages that exist. */
export function Shell({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const first = pathname.split('/')[1]!
  const here = first === 'conversations' ? '' : first
  const dialog = useRef<HTMLDialogElement>(null)
  const show = useCallback(() => dialog.current?.showModal(), [])
  useKeyboard(useMemo(() => ({ '?': show }), [show]))
  return (
    <ShowKeys.Provider value={show}>
      <div className="shell">
        <a className="skip" href="#main">{t('app.skip')}</a>
        <nav className="rail" aria-label={t('app.main')}>
          <Link to="/" className="logo" aria-label="callscope">微</Link>
          {PLACES.map(([place, name, drawing]) => (
            <Link key={place} to={`/${place}`} className={place === here ? 'place on' : 'place'} aria-current={place === here ? 'page' : undefined}>
              <svg viewBox="0 0 20 20" aria-hidden="true"><path d={drawing} /></svg>
              {t(name)}
            </Link>
          ))}
        </nav>
        <div>{children ?? <Outlet />}</div>
      </div>
      <KeysDialog ref={dialog} />
      <ScrollRestoration />
    </ShowKeys.Provider>
  )
}
