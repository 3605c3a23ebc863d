import type { Language } from '../../../i18n/language'
import type { Condition, Form, Phrase, Statement } from '../../../api/rules'

/** What the names of a rule stand for, as far as it is known: words of a list, the condition of a let. */
export interface Names {
  lists: Map<string, Phrase[]>
  lets: Map<string, Condition>
  /** Whose words are told first where a list has those of both languages. */
  language: Language
}

/** `词表 a | "b" | /c/` as the form keeps it, one item after the other. */
function itemOf(text: string): Phrase {
  const plain = text.trim()
  if (/^\/.*\/$/.test(plain)) return { expression: plain.slice(1, -1) }
  return /^["“].*["”]$/.test(plain) ? plain.slice(1, -1) : plain
}

function take(statement: Statement, names: Names) {
  if (!('name' in statement) || typeof statement.name !== 'string') return
  if (statement.kind === 'let') names.lets.set(statement.name, statement.condition as Condition)
  const lines = (statement as { lines?: unknown }).lines
  if (statement.kind === 'words' && Array.isArray(lines)) names.lists.set(statement.name, (lines as string[][]).flat().map(itemOf))
  if (statement.kind === 'pairs' && Array.isArray(lines)) {
    names.lists.set(statement.name, (lines as string[][]).flat().map((pair) => itemOf(pair.split(/[:：]/)[0] ?? pair)))
  }
}

export function namesOf(language: Language, ...forms: (Form | null | undefined)[]): Names {
  const names: Names = { lists: new Map(), lets: new Map(), language }
  for (const form of forms) form?.statements.forEach((statement) => take(statement, names))
  return names
}

export interface Spoken { examples: string[]; count: number; isAnything: boolean; expressions: string[] }

/** Some of the words, fairly from each list, and how many there are. */
export function spokenOf(phrases: Phrase[], names: Names, most: number): Spoken {
  const groups = phrases.map((phrase): Phrase[] => (typeof phrase === 'object' && 'list' in phrase ? names.lists.get(phrase.list) ?? [{ list: phrase.list }] : [phrase]))
  const all = groups.flat()
  const expressions = all.flatMap((one) => (typeof one === 'object' && 'expression' in one ? [one.expression] : []))
  const said = groups.map((group) => group.flatMap((one) => (typeof one === 'string' ? [one] : 'list' in one ? [one.list] : [])))
  const isOwn = (word: string) => /[\u3400-\u9fff]/.test(word) === (names.language === 'zh')
  const own = said.map((group) => group.filter(isOwn)).filter((group) => group.length > 0)
  const from = own.length > 0 ? own : said
  const examples: string[] = []
  for (let round = 0; examples.length < most && from.some((group) => group.length > round); round++) {
    for (const group of from) if (group[round] !== undefined && examples.length < most && !examples.includes(group[round]!)) examples.push(group[round]!)
  }
  return { examples, count: all.length, isAnything: all.length === 1 && expressions[0] === '.', expressions }
}
