import { useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router-dom'
import { foldHelp, useIsFolded } from './folded'
import { helpKey } from './pages'

/** What the page is for, in two lines, until they are folded away; `?` brings them back. Its height is told to full-height pages. */
export function PageHelp() {
  const { t, i18n } = useTranslation()
  const page = helpKey(useLocation().pathname, (key) => i18n.exists(key))
  const isFolded = useIsFolded(page)
  const line = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const root = document.documentElement.style
    const frame = line.current
    if (!frame) return
    const tell = () => root.setProperty('--help', `${frame.offsetHeight}px`)
    const watch = new ResizeObserver(tell)
    tell()
    watch.observe(frame)
    return () => {
      watch.disconnect()
      root.removeProperty('--help')
    }
  }, [isFolded, page])
  if (isFolded || !page) return null
  return (
    <section ref={line} className="page-help" aria-label={t('help.lines')} data-testid="page-help">
      <p><b>{t(`help.page.${page}.for`)}</b><span>{t(`help.page.${page}.how`)}</span></p>
      <button type="button" className="quiet-button" onClick={() => foldHelp(page)} data-testid="fold-help">{t('help.fold')}</button>
    </section>
  )
}
