import { useTranslation } from 'react-i18next'

const EXAMPLES = ['all', 'phrase', 'agent', 'customer', 'near', 'or', 'not', 'prefix'] as const

/** How the search box is written in, by examples that can be taken over. */
export function SearchHelp({ onTake }: { onTake: (example: string) => void }) {
  const { t } = useTranslation()
  return (
    <section className="search-help" aria-label={t('search.help')} data-testid="search-help">
      <h2>{t('search.help')}</h2>
      <ul>
        {EXAMPLES.map((name) => (
          <li key={name}>
            {/* Pressing must not take the focus from the box. */}
            <button type="button" tabIndex={-1} onPointerDown={(event) => event.preventDefault()} onClick={() => onTake(t(`search.ex_${name}`))}>
              <code>{t(`search.ex_${name}`)}</code><span className="quiet">{t(`search.help_${name}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="quiet">{t('search.help_more')}</p>
    </section>
  )
}
