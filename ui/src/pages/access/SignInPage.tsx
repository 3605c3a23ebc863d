import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { accountQuery, signIn } from '../../api/account'
import { noticeSignedIn } from '../../api/session'
import { AccessFrame } from './AccessFrame'
import { Field } from './Field'
import { signInWords } from './signInWords'

/** Name and password, nothing else. Where one wanted to go is the address, and stays it. */
export function SignInPage() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const account = await signIn(name.trim(), password)
      queries.setQueryData(accountQuery.queryKey, account)
      noticeSignedIn()
    } catch (failure) {
      setError(failure as Error)
      setPassword('')
      setBusy(false)
    }
  }
  return (
    <AccessFrame title={t('access.sign_in')} says={t('access.sign_in_says')}>
      <form onSubmit={(event) => void submit(event)} data-testid="sign-in">
        <Field label={t('access.name')} value={name} onChange={setName} autoComplete="username" autoFocus maxLength={64} testId="name" />
        <Field label={t('access.password')} value={password} onChange={setPassword} type="password" autoComplete="current-password" maxLength={200} testId="password" />
        {error && <p className="error-line" role="alert" data-testid="access-error">{signInWords(error, t)}</p>}
        <button type="submit" className="button strong wide" disabled={isBusy || !name.trim() || !password} data-testid="submit">{isBusy ? t('app.wait') : t('access.sign_in')}</button>
      </form>
      <p className="quiet">{t('access.forgotten')}</p>
    </AccessFrame>
  )
}
