import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage } from '../../i18n/language'
import { usePageTitle } from '../../parts/pageTitle'
import './access.css'

/** A page for whoever is not inside yet: a sheet in the middle, and the language. */
export function AccessFrame({ title, says, children }: { title: string; says: string; children: ReactNode }) {
  const { t, i18n } = useTranslation()
  const isChinese = i18n.language === 'zh'
  usePageTitle(title)
  return (
    <div className="access-out">
      <main id="main" className="access-sheet paper">
        <p className="access-brand"><span aria-hidden="true">微</span> callscope</p>
        <h1>{title}</h1>
        <p className="quiet">{says}</p>
        {children}
      </main>
      <button type="button" className="access-language quiet-button" onClick={() => chooseLanguage(isChinese ? 'en' : 'zh')} data-testid="language">
        {isChinese ? <b>中</b> : '中'} / {isChinese ? 'EN' : <b>EN</b>}<span className="unseen"> {t('app.language')}</span>
      </button>
    </div>
  )
}
