import { forwardRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router-dom'
import { unfoldHelp } from '../help/folded'
import KEYS from '../help/keys.json'
import { helpKey } from '../help/pages'
import { Words } from '../help/Words'

const PLACES = [...new Set(KEYS.map(({ place }) => place))]

/** Help, shown with `?`: what this page is for, what the keys do on each page (help/keys.json), the tour, and the words. */
export const KeysDialog = forwardRef<HTMLDialogElement, { onTour: () => void }>(function KeysDialog({ onTour }, dialog) {
  const { t, i18n } = useTranslation()
  const page = helpKey(useLocation().pathname, (key) => i18n.exists(key))
  const named = (key: string) => (key === 'Space' ? t('player.space') : key)
  return (
    <dialog ref={dialog} className="keys" aria-label={t('help.title')} data-testid="keys">
      <header>
        <h2>{t('help.title')}</h2>
        <form method="dialog"><button className="link">{t('app.close')}</button></form>
      </header>
      <div className="about">
        {page && <><p>{t(`help.page.${page}.for`)}</p><p>{t(`help.page.${page}.how`)}</p></>}
        <form method="dialog" className="acts">
          <button className="button" onClick={onTour} data-testid="start-tour">{t('tour.again')}</button>
          <button className="button" onClick={unfoldHelp} data-testid="unfold-help">{t('help.unfold')}</button>
        </form>
      </div>
      <h2>{t('app.keys')}</h2>
      <div className="columns">
        {PLACES.map((place) => (
          <section key={place}>
            <h3>{t(`keys.place.${place}`)}</h3>
            <dl>
              {KEYS.filter((row) => row.place === place).map((row) => (
                <div key={row.keys.join(' ')} data-testid="key-row" data-place={place} data-keys={row.keys.join(' ')}>
                  <dt>{row.keys.map((key) => <kbd key={key}>{named(key)}</kbd>)}</dt>
                  <dd>{t(row.says)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Words />
    </dialog>
  )
})
