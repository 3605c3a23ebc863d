import { useTranslation } from 'react-i18next'

/** The words that the pages use, from the strings under `terms`. */
export function Words() {
  const { t } = useTranslation()
  const words = Object.entries(t('terms', { returnObjects: true }) as Record<string, { name: string; means: string }>)
  return (
    <details data-testid="words">
      <summary>{t('help.words')}</summary>
      <dl className="words">
        {words.map(([word, { name, means }]) => (
          <div key={word}>
            <dt>{name}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
