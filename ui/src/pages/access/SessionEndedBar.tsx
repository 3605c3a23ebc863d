import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { accountQuery, signIn, useAccount } from '../../api/account'
import { ApiError } from '../../api/client'
import { noticeSignedIn, useSessionEnded } from '../../api/session'
import { signInWords } from './signInWords'

/** The session ended while somebody worked: the page stays as it is, and goes on once the password is given. */
export function SessionEndedBar() {
  const { t } = useTranslation()
  const hasEnded = useSessionEnded()
  const { account } = useAccount()
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const before = useRef<Element | null>(null)
  useEffect(() => {
    if (!hasEnded) return
    before.current = document.activeElement
    const isTyping = before.current instanceof HTMLInputElement || before.current instanceof HTMLTextAreaElement
    if (!isTyping) field.current?.focus()
  }, [hasEnded])
  if (!hasEnded || !account) return null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      queries.setQueryData(accountQuery.queryKey, await signIn(account.name, password))
      setPassword('')
      noticeSignedIn()
      await queries.invalidateQueries()
      if (before.current instanceof HTMLElement) before.current.focus()
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, 'unreachable', String(failure), null))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="session-ended" role="alertdialog" aria-label={t('access.ended')} onSubmit={(event) => void submit(event)} data-testid="session-ended">
      <p><b>{t('access.ended')}</b> <span className="quiet">{t('access.ended_kept', { name: account.name })}</span></p>
      <label>
        <span className="unseen">{t('access.password')}</span>
        <input ref={field} type="password" autoComplete="current-password" placeholder={t('access.password')} value={password} onChange={(event) => setPassword(event.target.value)} />
      </label>
      <button type="submit" className="button strong" disabled={isBusy || !password}>{isBusy ? t('app.wait') : t('access.go_on')}</button>
      <button type="button" className="link" onClick={() => window.location.assign('/')}>{t('access.other_person')}</button>
      {error && <p className="error-line" role="alert">{signInWords(error, t)}</p>}
    </form>
  )
}
