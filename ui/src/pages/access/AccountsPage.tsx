import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchAccounts, useAccount, type AccountRow } from '../../api/account'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { AccountDialog } from './AccountDialog'
import './access.css'

/** Who may sign in. A row opens what can be changed of it. */
export function AccountsPage() {
  const { t } = useTranslation()
  const { account } = useAccount()
  const [open, setOpen] = useState<AccountRow | 'new' | null>(null)
  usePageTitle(t('access.accounts'))
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: ({ signal }) => fetchAccounts(signal) })
  const rows = accounts.data?.accounts
  const active = rows?.filter((row) => !row.is_disabled) ?? []
  return (
    <>
      <PlainBar where={<strong>{t('access.accounts')}</strong>} />
      <main id="main" className="access-page">
        {accounts.error && !rows && <FailedState error={accounts.error} onRetry={() => void accounts.refetch()} />}
        {accounts.isPending && !accounts.error && <div aria-busy="true"><span className="unseen" role="status">{t('app.loading')}</span><span className="ghost" style={{ width: 280, height: 26 }} /><span className="ghost" style={{ height: 160, marginTop: 20 }} /></div>}
        {rows?.length === 0 && <PageState title={t('access.nobody')} remedy={t('access.nobody_remedy')} />}
        {rows && rows.length > 0 && (
          <>
            <header className="headline access-head">
              <h1>{t('access.accounts_sum', { count: active.length, managers: active.filter(({ role }) => role === 'manager').length, reviewers: active.filter(({ role }) => role === 'reviewer').length, agents: active.filter(({ role }) => role === 'agent').length })}</h1>
              <button type="button" className="button strong" onClick={() => setOpen('new')} data-testid="new-account">{t('access.add')}</button>
            </header>
            <AccountTable rows={rows} own={account?.number ?? null} onOpen={setOpen} />
          </>
        )}
        {open && <AccountDialog row={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
      </main>
    </>
  )
}

function AccountTable({ rows, own, onOpen }: { rows: AccountRow[]; own: number | null; onOpen: (row: AccountRow) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="paper access-table">
      <table>
        <thead><tr><th scope="col">{t('access.name')}</th><th scope="col">{t('access.role_name')}</th><th scope="col">{t('access.agent')}</th><th scope="col">{t('access.last_seen')}</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.number} className={row.is_disabled ? 'off' : undefined} data-testid="account-row">
              <td>
                <button type="button" className="link" onClick={() => onOpen(row)}>{row.name}</button>
                {row.number === own && <span className="chip noted">{t('access.you')}</span>}
                {row.is_disabled && <span className="chip undecided">{t('access.disabled')}</span>}
              </td>
              <td>{t(`access.role.${row.role}`)}</td>
              <td>{row.agent || <span className="faint">{t('app.dash')}</span>}</td>
              <td>{row.seen_ms ? format.dayTime(row.seen_ms) : <span className="faint">{t('access.never')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
