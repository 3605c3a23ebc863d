import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { Language } from '../../../i18n/language'
import { BEHIND_ROLE, CHANNELS, CLAUSES, COMBINING, EFFECTS, englishOf, isChineseText, OPERATORS, ROLES, STATEMENTS, VERDICTS, WINDOWS, type Lexicon } from './words'

const WORD = /[^\s"“”|｜,，:：=＝()（）<>!#/]+$/

/** Which words can stand here, by what stands before them in the line and above it. */
function placeOf(before: string, above: string, lexicon: Lexicon): { words: string[]; names: string[] } {
  const spoken = before.trim().split(/[\s|｜,，()（）]+/).filter(Boolean).map((word) => englishOf(word, lexicon) ?? word)
  const last = spoken[spoken.length - 1]
  const statement = englishOf(above.match(/^[^\s#]\S*(?=.*$)/gm)?.pop() ?? '', lexicon)
  if (!/^\s/.test(before) && spoken.length === 0) return { words: STATEMENTS, names: [] }
  if (statement === 'words' || statement === 'pairs') return { words: [], names: [] }
  if (statement === 'test') {
    if (last === '→' || last === '->') return { words: [], names: ['rule'] }
    if (spoken[0] === '→' || spoken[0] === '->') return { words: spoken.length === 2 ? VERDICTS : ['at'], names: [] }
    return spoken.length === 0 ? { words: ['for', ...ROLES, 'event'], names: [] } : spoken[0] === 'for' ? { words: [...CHANNELS, 'where'], names: [] } : { words: [], names: [] }
  }
  if (spoken.length === 0) return statement === 'let' ? { words: ['or', 'and', 'unless', ...WINDOWS], names: [] } : { words: [...CLAUSES, 'and', 'or', 'unless', ...WINDOWS], names: [] }
  if (spoken[0] === 'for') return { words: [...CHANNELS, 'where', 'in'], names: [] }
  if (spoken[0] === 'else' || spoken[0] === 'then') return { words: [...EFFECTS, 'each', 'max', 'fatal', 'high-risk'], names: [] }
  if (spoken[0] === 'prompt') return { words: ['at'], names: [] }
  if (spoken[0] === 'title') return { words: [], names: [] }
  if (last === 'waived') return { words: ['by'], names: [] }
  if (last && ROLES.includes(last)) return { words: [...BEHIND_ROLE, 'turns'], names: ['list'] }
  if (last === 'unless') return { words: ['in'], names: [] }
  if (last && ['says', 'asserts', 'like', 'to', 'of', 'model', 'intent'].includes(last)) return { words: ['any', 'all', 'none', 'at'], names: ['list'] }
  if (spoken[spoken.length - 2] === 'unless' && last === 'in') return { words: [], names: ['list'] }
  if (last && ['plain'].includes(last)) return { words: [], names: ['pairs'] }
  if (last === 'fact') return { words: [], names: ['fact'] }
  if (last && [...CLAUSES, 'by', 'and', 'or', 'not', 'before', 'after', 'until', 'between'].includes(last)) return { words: [...ROLES, ...OPERATORS.filter((one) => !BEHIND_ROLE.includes(one)), ...COMBINING], names: ['let'] }
  return { words: ['unless', 'in', ...WINDOWS, 'and', 'or', 'once', 'strict', 'turns', ...ROLES, 'near', 'characters'], names: ['list', 'let'] }
}

const TYPES: Record<string, string> = { statement: 'keyword', clause: 'keyword', role: 'type', operator: 'function', window: 'interface', effect: 'enum' }

export function completionOf(lexicon: Lexicon, language: Language, kindWord: (kind: string) => string) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const typed = context.matchBefore(WORD)
    if (!typed && !context.explicit) return null
    const before = line.text.slice(0, (typed?.from ?? context.pos) - line.from)
    if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return null
    const text = context.state.doc.toString()
    const isChinese = isChineseText(text) || (language === 'zh' && !/^(words|rule|flag|let|test|pairs|calendar)\s/m.test(text))
    const place = placeOf(before, context.state.doc.sliceString(0, line.to), lexicon)
    const options: Completion[] = []
    for (const name of place.words) {
      const word = lexicon.byWord.get(name)
      if (!word) continue
      const spelled = isChinese ? [word.zh, word.word] : [word.word, word.zh]
      spelled.forEach((label, index) => options.push({
        label, detail: spelled[1 - index], type: TYPES[word.kind] ?? 'keyword', info: word.help?.[language] || undefined, boost: index === 0 ? 10 : -10,
      }))
    }
    const own = [...text.matchAll(/^(words|词表|let|定义|pairs|对照)\s+([^\s=＝]+)/gm)].map((found) => ({ name: found[2]!, kind: { words: 'list', 词表: 'list', let: 'let', 定义: 'let' }[found[1]!] ?? 'pairs' }))
    const names = new Map([...lexicon.vocabulary.names, ...own].map((one) => [`${one.kind} ${one.name}`, one]))
    const isWanted = (kind: string) => place.names.includes(kind) || (kind === 'pairs' && place.names.includes('list'))
    for (const one of names.values()) if (isWanted(one.kind)) options.push({ label: one.name, detail: kindWord(one.kind), type: 'variable' })
    return options.length > 0 ? { from: typed?.from ?? context.pos, options, validFor: /^[^\s"|,:=()<>!#/]*$/ } : null
  }
}
