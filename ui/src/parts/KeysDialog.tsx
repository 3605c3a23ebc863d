import { forwardRef } from 'react'
import { useTranslation } from 'react-i18next'

/** What the keys do, on both pages. Shown with `?`. */
export const KeysDialog = forwardRef<HTMLDialogElement>(function KeysDialog(_, dialog) {
  const { t } = useTranslation()
  const row = (keys: string[], what: string) => (
    <>
      <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
      <dd>{what}</dd>
    </>
  )
  return (
    <dialog ref={dialog} className="keys" aria-label={t('app.keys')}>
      <header>
        <h2>{t('app.keys')}</h2>
        <form method="dialog"><button className="link">{t('app.close')}</button></form>
      </header>
      <dl>
        {row(['/'], t('keys.search'))}
        {row(['?'], t('keys.help'))}
      </dl>
      <h3>{t('keys.on_list')}</h3>
      <dl>
        {row(['j', 'k'], t('keys.move'))}
        {row(['Enter'], t('keys.open'))}
      </dl>
      <h3>{t('keys.on_conversation')}</h3>
      <dl>
        {row(['j', 'k'], t('keys.neighbours'))}
        {row(['n', 'p'], t('keys.findings'))}
        {row(['c'], t('keys.copy'))}
        {row(['u'], t('keys.back'))}
      </dl>
    </dialog>
  )
})
