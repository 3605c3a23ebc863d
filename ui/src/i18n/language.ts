import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json'
import zh from './zh.json'

export type Language = 'zh' | 'en'

const STORED = 'callscope.language'

function stored(): string | null {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null // storage may be forbidden; the browser's language then decides each time
  }
}

function initial(): Language {
  const choice = stored()
  if (choice === 'zh' || choice === 'en') return choice
  const first = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en'
  return first.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

function showOnPage(language: string) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

export function startLanguages() {
  void i18next.use(initReactI18next).init({
    resources: { zh: { translation: zh }, en: { translation: en } },
    lng: initial(),
    fallbackLng: 'en',
    interpolation: { escapeValue: false }, // React escapes
  })
  showOnPage(i18next.language)
  i18next.on('languageChanged', showOnPage)
}

export function chooseLanguage(language: Language) {
  void i18next.changeLanguage(language)
  try {
    localStorage.setItem(STORED, language)
  } catch {
    // Not remembered; still switched.
  }
}
