import { hoverTooltip } from '@codemirror/view'
import type { SharedPart } from '../../../api/rules'
import type { Language } from '../../../i18n/language'
import type { Lexicon } from './words'

const WORD = /[^\s"“”|｜,，:：=＝()（）<>!#/]+/g
const MOST_CHARACTERS = 400

function element(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

/** What a word of the language means and how it is written; what a shared list or condition holds. */
export function hoverOf(lexicon: Lexicon, shared: SharedPart[], language: Language) {
  return hoverTooltip((view, position) => {
    const line = view.state.doc.lineAt(position)
    const found = [...line.text.matchAll(WORD)].find((one) => line.from + one.index <= position && position <= line.from + one.index + one[0].length)
    if (!found) return null
    const part = shared.find((one) => one.name === found[0])
    const word = lexicon.byWord.get(found[0])
    if (!part && !word?.help) return null
    const from = line.from + found.index
    return {
      pos: from, end: from + found[0].length, above: true,
      create() {
        const dom = element('div', 'rule-hover', '')
        if (part) {
          const text = part.text.length > MOST_CHARACTERS ? `${part.text.slice(0, MOST_CHARACTERS)}…` : part.text
          dom.append(element('pre', 'hover-text', text))
        } else if (word) {
          dom.append(element('b', '', `${word.word} ${word.zh}`), element('p', '', word.help?.[language] || word.help?.en || ''))
          if (word.usage) dom.append(element('code', '', word.usage[language] || word.usage.en))
        }
        return { dom }
      },
    }
  })
}
