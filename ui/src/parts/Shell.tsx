import { createContext, useCallback, useContext, useMemo, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet, ScrollRestoration } from 'react-router-dom'
import { useKeyboard } from './keyboard'
import { KeysDialog } from './KeysDialog'

const ShowKeys = createContext<() => void>(() => {})
export const useShowKeys = () => useContext(ShowKeys)

/** The rail and the page beside it. The rail names only pages that exist. */
export function Shell({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const show = useCallback(() => dialog.current?.showModal(), [])
  useKeyboard(useMemo(() => ({ '?': show }), [show]))
  return (
    <ShowKeys.Provider value={show}>
      <div className="shell">
        <a className="skip" href="#main">{t('app.skip')}</a>
        <nav className="rail" aria-label={t('app.main')}>
          <Link to="/" className="logo" aria-label="callscope">微</Link>
          <Link to="/" className="place on" aria-current="page">
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 4h12v9H9l-4 3v-3H4z" /></svg>
            {t('app.conversations')}
          </Link>
        </nav>
        <div>{children ?? <Outlet />}</div>
      </div>
      <KeysDialog ref={dialog} />
      <ScrollRestoration />
    </ShowKeys.Provider>
  )
}
