import { theme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'
import { useIsDark } from './choice'

const still = window.matchMedia('(prefers-reduced-motion: reduce)')

function usePreference(preference: MediaQueryList): boolean {
  return useSyncExternalStore(
    (changed) => {
      preference.addEventListener('change', changed)
      return () => preference.removeEventListener('change', changed)
    },
    () => preference.matches,
  )
}

/** The component library in our tokens; the same values as tokens.css, which it cannot read. */
export function useComponentTheme(): ThemeConfig {
  const isDark = useIsDark()
  const isStill = usePreference(still)
  const token = isDark
    ? { colorPrimary: '#4db6ae', colorText: '#e6e9ec', colorBgContainer: '#1b1f24', colorBgElevated: '#1f242a', colorBorder: '#30363d' }
    : { colorPrimary: '#0b6e69', colorText: '#191d22', colorBgContainer: '#fff', colorBgElevated: '#fff', colorBorder: '#e4e7ea' }
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      ...token,
      colorTextPlaceholder: isDark ? '#a8b0b9' : '#5a636e',
      fontFamily: 'var(--font)', fontSize: 13, borderRadius: 6, controlHeight: 30, motion: !isStill,
      boxShadowSecondary: '0 4px 16px rgba(25, 29, 34, .10)',
    },
    components: { Select: { optionSelectedFontWeight: 600 } },
  }
}
