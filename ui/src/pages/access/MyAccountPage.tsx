import { useTranslation } from 'react-i18next'
import { useAccount } from '../../api/account'
import { PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { PasswordForm } from './PasswordForm'
import { SessionTable } from './SessionTable'
import './access.css'

/** Who one is here, one's password, and where one is signed in. */
export function MyAccountPage() {
  const { t } = useTranslation()
  const { account } = useAccount()
  usePageTitle(t('access.own'))
  return (
    <>
      <PlainBar where={<strong>{t('access.own')}</strong>} />
      <main id="main" className="access-page">
        {account && !account.has_accounts && <PageState title={t('access.nobody')} remedy={t('access.nobody_remedy')} />}
        {account?.number ? (
          <>
            <header className="headline">
              <h1>{account.name}</h1>
              <p className="causes">{t(`access.role.${account.role!}`)} · {t(`access.role_says.${account.role!}`, { agent: account.agent })}</p>
            </header>
            <PasswordForm />
            <SessionTable />
          </>
        ) : null}
      </main>
    </>
  )
}
