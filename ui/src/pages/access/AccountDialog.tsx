import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { addAccount, changeAccount, ROLES, type AccountRow, type Role } from '../../api/account'
import { ApiError } from '../../api/client'
import { Field } from './Field'
import { accountWords } from './signInWords'
import { useAgentNames } from './useAgentNames'

/** A new account, or what can be changed of one. Two who change the same see both, and the second decides. */
export function AccountDialog({ row, onClose }: { row: AccountRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const dialog = useRef<HTMLDialogElement>(null)
  const [base, setBase] = useState(row)
  const [name, setName] = useState(row?.name ?? '')
  const [role, setRole] = useState<Role>(row?.role ?? 'agent')
  const [agent, setAgent] = useState(row?.agent ?? '')
  const [password, setPassword] = useState('')
  const [isDisabled, setDisabled] = useState(row?.is_disabled ?? false)
  const agents = useAgentNames()
  useEffect(() => dialog.current?.showModal(), [])
  const save = useMutation({
    mutationFn: () => {
      const draft = { name: name.trim(), role, agent: agent.trim(), ...(password ? { password } : {}) }
      return base ? changeAccount(base.number, { ...draft, is_disabled: isDisabled, changes: base.changes }) : addAccount(draft)
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['accounts'] })
      void queries.invalidateQueries({ queryKey: ['me'] })
      onClose()
    },
  })
  const now = save.error instanceof ApiError ? (save.error.body as { now?: AccountRow } | null)?.now : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const isReady = name.trim() !== '' && (base !== null || password !== '') && (role !== 'agent' || agent.trim() !== '')
  return (
    <dialog ref={dialog} className="confirm access-dialog" aria-label={base ? base.name : t('access.add')} onClose={onClose} data-testid="account-dialog">
      <h2>{base ? base.name : t('access.add')}</h2>
      <form onSubmit={submit}>
        <Field label={t('access.name')} value={name} onChange={setName} maxLength={64} autoComplete="off" hint={base ? undefined : t('access.name_hint')} testId="account-name" />
        <fieldset className="access-roles">
          <legend>{t('access.role_name')}</legend>
          {ROLES.map((one) => (
            <label key={one}><input type="radio" name="role" checked={role === one} onChange={() => setRole(one)} data-testid={`role-${one}`} /> <b>{t(`access.role.${one}`)}</b> <span className="quiet">{t(`access.role_may.${one}`)}</span></label>
          ))}
        </fieldset>
        <Field label={t('access.agent')} value={agent} onChange={setAgent} maxLength={200} autoComplete="off" list="agents" hint={t('access.agent_hint')} testId="account-agent" />
        <datalist id="agents">{agents.map((one) => <option key={one} value={one} />)}</datalist>
        <Field label={t(base ? 'access.reset' : 'access.password')} value={password} onChange={setPassword} type="password" maxLength={200} autoComplete="new-password" hint={t(base ? 'access.reset_hint' : 'access.password_hint')} testId="account-password" />
        {base && <label className="access-off"><input type="checkbox" checked={isDisabled} onChange={(event) => setDisabled(event.target.checked)} data-testid="account-disabled" /> {t('access.disable')} <span className="quiet">{t('access.disable_says')}</span></label>}
        {save.error && !now && <p className="error-line" role="alert" data-testid="access-error">{accountWords(save.error, t)}</p>}
        {now && (
          <div className="access-conflict" role="alert" data-testid="conflict">
            <p><b>{t('access.changed_meanwhile')}</b></p>
            <p>{now.name} · {t(`access.role.${now.role}`)}{now.agent && ` · ${now.agent}`}{now.is_disabled && ` · ${t('access.disabled')}`}</p>
            <p className="choices">
            <button type="button" className="button" onClick={() => { setBase(now); save.reset() }} data-testid="keep-mine">{t('access.keep_mine')}</button>
            <button type="button" className="button" onClick={() => { setBase(now); setName(now.name); setRole(now.role); setAgent(now.agent); setDisabled(now.is_disabled); save.reset() }} data-testid="take-theirs">{t('access.take_theirs')}</button>
            </p>
          </div>
        )}
        <div className="acts">
          <button type="button" className="button" onClick={onClose}>{t('access.back')}</button>
          <button type="submit" className="button strong" disabled={!isReady || save.isPending || now !== undefined} data-testid="save">{save.isPending ? t('app.wait') : t('access.save')}</button>
        </div>
      </form>
    </dialog>
  )
}
