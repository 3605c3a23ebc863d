import type { Vocabulary, VocabularyWord } from '../../../api/rules'

/** The words of the language by either spelling. */
export interface Lexicon { byWord: Map<string, VocabularyWord>; vocabulary: Vocabulary }

export function lexiconOf(vocabulary: Vocabulary): Lexicon {
  const byWord = new Map<string, VocabularyWord>()
  // What explains itself stands before the small words inside others, which may be spelled alike.
  const rank = (word: VocabularyWord) => (word.help ? 0 : 1)
  for (const word of [...vocabulary.words].sort((a, b) => rank(a) - rank(b))) {
    for (const spelled of [word.word, word.zh]) if (!byWord.has(spelled)) byWord.set(spelled, word)
  }
  return { byWord, vocabulary }
}

export const STATEMENTS = ['words', 'pairs', 'let', 'rule', 'flag', 'test', 'calendar']
export const CLAUSES = ['title', 'for', 'when', 'expect', 'never', 'waived', 'prompt', 'else', 'then']
export const ROLES = ['agent', 'customer', 'bot', 'system', 'anyone', 'undecided']
export const CHANNELS = ['call', 'chat', 'email', 'ticket', 'survey', 'video']
export const WINDOWS = ['within', 'before', 'after', 'until', 'between', 'first', 'last', 'by', 'anywhere']
export const EFFECTS = ['compliance', 'experience', 'risk', 'mark', 'tag', 'alert', 'list', 'open']
export const VERDICTS = ['met', 'missed', 'hit', 'clean', 'noted', 'not-noted', 'undecided', 'not-applicable']
export const OPERATORS = [
  'says', 'asserts', 'sounds', 'plain', 'similar', 'fact', 'entity', 'intent', 'topic', 'emotion', 'answers', 'model', 'repeats', 'asks', 'silence',
  'response', 'overlap', 'interrupts', 'pace', 'loudness', 'pitch', 'hold', 'transfer', 'hang-up', 'event', 'duration', 'turns', 'talk', 'field',
]
/** Operators that stand behind a role; the others begin a condition. */
export const BEHIND_ROLE = OPERATORS.slice(0, 14).concat('response', 'overlap', 'interrupts', 'pace', 'loudness', 'pitch', 'turns', 'talk')
export const COMBINING = ['and', 'or', 'not', 'count', 'nth', 'in', 'steps']

/** The English word of a keyword in either language. */
export function englishOf(word: string, lexicon: Lexicon): string | null {
  return lexicon.byWord.get(word)?.word ?? null
}

export const isChineseText = (text: string) => /^(词表|规则|标记|定义|测试|对照|日历)\s/m.test(text)
