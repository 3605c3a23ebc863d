import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { changePassword } from '../../api/account'
import { Field } from './Field'
import { accountWords } from './signInWords'

export function PasswordForm() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () => changePassword(current, password),
    onSuccess: () => {
      setCurrent('')
      setPassword('')
      setAgain('')
      void queries.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const differs = again !== '' && again !== password
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <section aria-label={t('access.change_password')}>
      <h2>{t('access.change_password')}</h2>
      <form className="paper access-form" onSubmit={submit} data-testid="password-form">
        <Field label={t('access.current')} value={current} onChange={setCurrent} type="password" autoComplete="current-password" maxLength={200} testId="current" />
        <Field label={t('access.new')} value={password} onChange={setPassword} type="password" autoComplete="new-password" maxLength={200} hint={t('access.password_hint')} testId="password" />
        <Field label={t('access.again')} value={again} onChange={setAgain} type="password" autoComplete="new-password" maxLength={200} hint={differs ? t('access.differs') : undefined} testId="again" />
        {change.error && <p className="error-line" role="alert" data-testid="access-error">{accountWords(change.error, t)}</p>}
        {change.isSuccess && <p role="status" data-testid="password-done">{t('access.password_done')}</p>}
        <div className="acts"><button type="submit" className="button strong" disabled={change.isPending || !current || !password || again !== password} data-testid="submit">{change.isPending ? t('app.wait') : t('access.change_password')}</button></div>
      </form>
    </section>
  )
}
