import { useTranslation } from 'react-i18next'
import { chooseTheme, THEMES, useThemeChoice } from '../theme/choice'

const DRAWINGS = {
  system: 'M3 4h14v9H3zM7 16.5h6M10 13v3.5',
  light: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.5 4.5l1 1M14.5 14.5l1 1M15.5 4.5l-1 1M5.5 14.5l-1 1',
  dark: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5z',
} as const

/** As the system, light, dark: each press takes the next one. */
export function ThemeSwitch() {
  const { t } = useTranslation()
  const choice = useThemeChoice()
  const next = THEMES[(THEMES.indexOf(choice) + 1) % THEMES.length]!
  const says = t('theme.says', { now: t(`theme.${choice}`), next: t(`theme.${next}`) })
  return (
    <button type="button" className="place" title={says} onClick={() => chooseTheme(next)} data-testid="theme" data-choice={choice}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d={DRAWINGS[choice]} /></svg>
      {t(`theme.${choice}`)}<span className="unseen"> {says}</span>
    </button>
  )
}
