import type { Condition, Phrase, Step } from '../../../api/rules'
import type { Names } from './names'

/** How something is told: that it is so, that it is not, that it is owed, that it is forbidden. */
export type Mood = 'fact' | 'lack' | 'duty' | 'ban'
/** With a subject somebody does it; without one it comes to pass. `third`: as a fact of one person, where the language tells it apart. */
export interface Saying { subject?: string; verb: string; third?: string }
export type Window = Record<string, unknown>

/** What a sentence is made with; what does not count is told after it. */
export interface Speech { names: Names; excuses: string[]; say: (condition: Condition, mood: Mood) => string }

/** What a language knows about saying conditions. */
export interface Grammar {
  operator(condition: Condition, speech: Speech, isBan: boolean): Saying | null
  window(window: Window, say: (condition: Condition, mood: Mood) => string): string | null
  compose(saying: Saying, mood: Mood, windows: string[]): string
  around(inner: string, windows: string[]): string
  join(parts: string[], word: 'and' | 'or'): string
  brackets(inner: string): string
  deny(inner: string): string
  count(inner: string, compare: string, number: number, mood: Mood): string
  nth(inner: string, number: number, mood: Mood): string
  inOrder(parts: string[], mood: Mood): string
  reply(inner: string, to: string): string
  steps(steps: { name: string; what: string; if: string | null }[]): string
  named(name: string, mood: Mood): string
  field(condition: Condition): string
}

export class Unsayable extends Error {}

const DEEPEST = 12
export const isList = (value: unknown): value is Condition[] => Array.isArray(value)
export const phrasesOf = (value: unknown) => (Array.isArray(value) ? (value as Phrase[]) : [])

/** A condition in words; throws where the language has no words for it. */
export function sayCondition(condition: Condition, mood: Mood, names: Names, grammar: Grammar, excuses: string[], depth = 0): string {
  if (depth > DEEPEST) throw new Unsayable()
  const say = (inner: Condition, how: Mood) => sayCondition(inner, how, names, grammar, excuses, depth + 1)
  const windows: string[] = []
  let base = condition
  while (base.of && base.window) {
    const words = grammar.window(base.window as Window, say)
    if (words === null) throw new Unsayable()
    windows.unshift(words)
    base = base.of as Condition
  }
  if (isOperator(base)) {
    const saying = grammar.operator(base, { names, excuses, say }, mood === 'ban')
    if (!saying) throw new Unsayable()
    return grammar.compose(saying, mood, windows)
  }
  const inner = sayPlain(base, mood, names, grammar, say)
  return windows.length > 0 ? grammar.around(inner, windows) : inner
}

/** An operator, or phrases alone behind a role: said, or in `never` asserted. */
const isOperator = (condition: Condition) => typeof condition.operator === 'string' || (typeof condition.role === 'string' && Array.isArray(condition.phrases))

/** One operator, perhaps under a name or in windows: it can be denied itself. */
function isSimple(condition: Condition, names: Names): boolean {
  let at: Condition | undefined = condition
  for (let depth = 0; at && depth < DEEPEST; depth++) {
    if (isOperator(at)) return true
    at = at.of && at.window ? (at.of as Condition) : typeof at.name === 'string' ? names.lets.get(at.name) : undefined
  }
  return false
}

function sayPlain(base: Condition, mood: Mood, names: Names, grammar: Grammar, say: (condition: Condition, mood: Mood) => string): string {
  for (const word of ['and', 'or'] as const) {
    const parts = base[word]
    if (!isList(parts)) continue
    const other = word === 'and' ? 'or' : 'and'
    return grammar.join(parts.map((part) => (isList(part[other]) ? grammar.brackets(say(part, mood)) : say(part, mood))), word)
  }
  if (base.not) {
    const inner = base.not as Condition
    if (mood === 'duty') return say(inner, 'ban')
    return mood === 'fact' && isSimple(inner, names) ? say(inner, 'lack') : grammar.deny(say(inner, 'fact'))
  }
  if (mood === 'lack') return grammar.deny(sayPlain(base, 'fact', names, grammar, say))
  if (base.count) return grammar.count(say(base.count as Condition, 'fact'), String(base.compare), Number(base.number), mood)
  if (base.nth) return grammar.nth(say(base.nth as Condition, 'fact'), Number(base.number), mood)
  if (isList(base.in_order)) return grammar.inOrder(base.in_order.map((part) => say(part, 'fact')), mood)
  if (base.of && base.in_reply_to) return grammar.reply(say(base.of as Condition, mood), say(base.in_reply_to as Condition, 'fact'))
  if (Array.isArray(base.steps)) {
    return grammar.steps((base.steps as Step[]).map((step) => ({ name: step.name, what: say(step.what, 'fact'), if: step.if ? say(step.if, 'fact') : null })))
  }
  if (typeof base.name === 'string') {
    const meaning = names.lets.get(base.name)
    return meaning ? say(meaning, mood) : grammar.named(base.name, mood)
  }
  throw new Unsayable()
}

/** Conditions on fields of the record. */
export function sayFields(condition: Condition, grammar: Grammar): string {
  for (const word of ['and', 'or'] as const) {
    const parts = condition[word]
    if (isList(parts)) return grammar.join(parts.map((part) => sayFields(part, grammar)), word)
  }
  if (condition.not) return grammar.deny(sayFields(condition.not as Condition, grammar))
  return grammar.field(condition)
}
