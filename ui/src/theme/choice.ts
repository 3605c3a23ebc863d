import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type ThemeChoice = typeof THEMES[number]

/** theme.js reads it too, before the page is drawn. */
const STORED = 'callscope.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function stored(): ThemeChoice {
  try {
    return THEMES.find((one) => one === localStorage.getItem(STORED)) ?? 'system'
  } catch {
    return 'system' // storage may be forbidden
  }
}

let choice = stored()

const isDark = () => choice === 'dark' || (choice === 'system' && system.matches)

function show() {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  listeners.forEach((listener) => listener())
}

system.addEventListener('change', show)
// Paper is light.
window.addEventListener('beforeprint', () => (document.documentElement.dataset.theme = 'light'))
window.addEventListener('afterprint', show)
// Chosen in another tab.
window.addEventListener('storage', (event) => {
  if (event.key !== STORED && event.key !== null) return
  choice = stored()
  show()
})

export function chooseTheme(next: ThemeChoice) {
  choice = next
  try {
    localStorage.setItem(STORED, next)
  } catch {
    // Not remembered; still switched.
  }
  show()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useThemeChoice = () => useSyncExternalStore(subscribe, () => choice)
export const useIsDark = () => useSyncExternalStore(subscribe, isDark)
