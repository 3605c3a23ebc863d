import { useQueryClient } from '@tanstack/react-query'
import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { signOut, useAccount } from '../api/account'

/** Who is signed in, and what is his. Nothing while nobody has an account. */
export function AccountMenu() {
  const { t } = useTranslation()
  const { account, may } = useAccount()
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  if (!account?.number) return null
  const close = () => setOpen(false)
  const leave = async () => {
    await signOut().catch(() => {}) // an ended session is what was wanted
    queries.clear()
    window.location.assign('/')
  }
  const menu = (
    <div className="account-menu" data-testid="account-menu">
      <p><b>{account.name}</b><br /><span className="quiet">{t(`access.role.${account.role!}`)}{account.agent && account.agent !== account.name ? ` · ${account.agent}` : ''}</span></p>
      <ul>
        <li><Link to="/account" onClick={close}>{t('access.own')}</Link></li>
        {may('manager') && <li><Link to="/accounts" onClick={close}>{t('access.accounts')}</Link></li>}
        {may('manager') && <li><Link to="/audit" onClick={close}>{t('access.audit')}</Link></li>}
        <li><button type="button" onClick={() => void leave()} data-testid="sign-out">{t('access.sign_out')}</button></li>
      </ul>
    </div>
  )
  return (
    <Popover open={isOpen} onOpenChange={setOpen} trigger="click" placement="bottomRight" content={menu} arrow={false}>
      <button type="button" className="plain account-button" aria-haspopup="dialog" aria-expanded={isOpen} data-testid="account">
        <span className="account-mark" aria-hidden="true">{[...account.name][0]!.toUpperCase()}</span>
        <span className="account-name">{account.name}</span>
      </button>
    </Popover>
  )
}
