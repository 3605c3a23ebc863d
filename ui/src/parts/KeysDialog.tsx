import { forwardRef } from 'react'
import { useTranslation } from 'react-i18next'

/** What the keys do, on each page. Shown with `?`. */
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
        {row([t('player.space')], t('keys.play_finding'))}
        {row(['n', 'p'], t('keys.findings_playing'))}
        {row(['Esc'], t('keys.close_player'))}
      </dl>
      <h3>{t('people.page')}</h3>
      <dl>{row(['j', 'k'], t('keys.move'))}</dl>
      <h3>{t('keys.on_conversation')}</h3>
      <dl>
        {row(['j', 'k'], t('keys.neighbours'))}
        {row(['n', 'p'], t('keys.findings'))}
        {row(['c'], t('keys.copy'))}
        {row(['Enter'], t('keys.play_selected'))}
        {row(['f'], t('keys.follow'))}
        {row(['u'], t('keys.back'))}
      </dl>
      <h3>{t('keys.on_recording')}</h3>
      <dl>
        {row([t('player.space')], t('keys.play'))}
        {row(['←', '→'], t('keys.five'))}
        {row([',', '.'], t('keys.one'))}
        {row(['<', '>'], t('keys.speed'))}
        {row(['s'], t('keys.skip'))}
        {row(['+', '-'], t('keys.zoom'))}
      </dl>
    </dialog>
  )
})
