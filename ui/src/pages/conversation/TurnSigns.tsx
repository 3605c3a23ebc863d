import { useTranslation } from 'react-i18next'
import type { TurnSign } from '../../api/types'

/** How it sounded, and what was heard beside words: laughter, music. */
export function TurnSigns({ signs }: { signs: TurnSign[] }) {
  const { t } = useTranslation()
  return signs.map(({ kind, label, from, to }) => (
    <small key={`${kind} ${label} ${from ?? ''}-${to ?? ''}`} className="sign" title={t(`signs.${kind}`)} data-testid="sign">
      {t(`signs.${kind}_${label}`, { defaultValue: label })}
    </small>
  ))
}
