import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router-dom'
import { accountQuery, makeFirst } from '../../api/account'
import { noticeSignedIn } from '../../api/session'
import { AccessFrame } from './AccessFrame'
import { Field } from './Field'
import { accountWords } from './signInWords'

/** Behind the link that the server prints at its first start: the first manager. */
export function FirstAccountPage() {
  const { t } = useTranslation()
  const { token = '' } = useParams()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { data } = useQuery(accountQuery)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  if (data?.has_accounts)
    return (
      <AccessFrame title={t('access.first')} says={t('access.first_done')}>
        <Link className="button strong wide" to="/">{t('access.to_start')}</Link>
      </AccessFrame>
    )
  const differs = again !== '' && again !== password
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const account = await makeFirst(token, name.trim(), password)
      queries.setQueryData(accountQuery.queryKey, account)
      noticeSignedIn()
      navigate('/accounts', { replace: true })
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <AccessFrame title={t('access.first')} says={t('access.first_says')}>
      <form onSubmit={(event) => void submit(event)} data-testid="first">
        <Field label={t('access.name')} value={name} onChange={setName} autoComplete="username" autoFocus maxLength={64} hint={t('access.name_hint')} testId="name" />
        <Field label={t('access.password')} value={password} onChange={setPassword} type="password" autoComplete="new-password" maxLength={200} hint={t('access.password_hint')} testId="password" />
        <Field label={t('access.again')} value={again} onChange={setAgain} type="password" autoComplete="new-password" maxLength={200} hint={differs ? t('access.differs') : undefined} testId="again" />
        {error && <p className="error-line" role="alert" data-testid="access-error">{accountWords(error, t)}</p>}
        <button type="submit" className="button strong wide" disabled={isBusy || !name.trim() || !password || password !== again} data-testid="submit">{isBusy ? t('app.wait') : t('access.first_make')}</button>
      </form>
    </AccessFrame>
  )
}
