import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { startLanguages } from './i18n/language'
import './theme/tokens.css'
import './theme/base.css'
import './theme/print.css'
import './parts/parts.css'

startLanguages()
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
