import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHelp } from '../help/PageHelp'
import { chooseLanguage } from '../i18n/language'
import { AccountMenu } from './AccountMenu'
import { SearchBox } from './SearchBox'
import { useShowKeys } from './Shell'

interface Props {
  where: ReactNode
  steps?: ReactNode
  search: string
  /** What is searched for, where it is not conversations. */
  placeholder?: string
  onSearch: (text: string, isFinal: boolean) => void
}

export function TopBar({ where, steps, search, placeholder, onSearch }: Props) {
  const { t, i18n } = useTranslation()
  const showKeys = useShowKeys()
  const isChinese = i18n.language === 'zh'
  return (
    <>
    <header className="top">
      <span className="where">{where}</span>
      {steps}
      <SearchBox value={search} placeholder={placeholder} onSearch={onSearch} />
      <button type="button" className="plain keys-button" onClick={showKeys} aria-label={t('app.keys')}><kbd>?</kbd></button>
      <button
        type="button" className="plain" data-testid="language" title={t('app.language')}
        onClick={() => chooseLanguage(isChinese ? 'en' : 'zh')}
      >
        {isChinese ? <b>中</b> : '中'} / {isChinese ? 'EN' : <b>EN</b>}<span className="unseen"> {t('app.language')}</span>
      </button>
      <AccountMenu />
    </header>
    <PageHelp />
    </>
  )
}
