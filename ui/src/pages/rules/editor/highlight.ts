import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language'
import { tags } from '@lezer/highlight'
import { CLAUSES, englishOf, ROLES, STATEMENTS, type Lexicon } from './words'

/** Which statement the line belongs to: words of lists and of tests are what people say, no keywords. */
interface Place { statement: string | null; hasEquals: boolean; isSpeech: boolean; isFirst: boolean }

function parserOf(lexicon: Lexicon): StreamParser<Place> {
  return {
    name: 'rules',
    startState: () => ({ statement: null, hasEquals: false, isSpeech: false, isFirst: true }),
    copyState: (state) => ({ ...state }),
    blankLine: (state) => {
      state.statement = null
    },
    token(stream, state) {
      if (stream.sol()) {
        state.isFirst = true
        state.isSpeech = false
        if (!/\s/.test(stream.peek() ?? ' ') && stream.peek() !== '#') Object.assign(state, { statement: null, hasEquals: false })
      }
      if (stream.eatSpace()) return null
      if (stream.match(/^#.*/)) return 'comment'
      if (state.isSpeech) {
        stream.skipToEnd()
        return 'string'
      }
      if (stream.match(/^"[^"\n]*"?/) || stream.match(/^“[^”\n]*”?/)) return 'string'
      if (stream.match(/^\/(?:\\.|[^/\n\\])+\//)) return 'regexp'
      if (stream.match(/^(→|->)/)) return 'keyword'
      if (stream.match(/^[-+−]?\d+(?:[.:]\d+)*(?:%|毫秒|分钟|小时|秒|天|ms|s|m|h|d)?(?![\w-])/)) return 'number'
      if (stream.match(/^[=＝]/)) {
        state.hasEquals = true
        return 'operator'
      }
      if (stream.match(/^[|｜,，()（）:：<>!]+/)) return 'operator'
      if (!stream.match(/^[^\s"“”|｜,，:：=＝()（）<>!#/]+/)) {
        stream.next()
        return null
      }
      return wordToken(stream.current(), state, lexicon)
    },
  }
}

function wordToken(word: string, state: Place, lexicon: Lexicon): string {
  const english = englishOf(word, lexicon)
  const isFirst = state.isFirst
  state.isFirst = false
  if (state.statement === null) {
    state.statement = english && STATEMENTS.includes(english) ? english : ''
    return state.statement ? 'keyword' : 'variableName'
  }
  if ((state.statement === 'words' || state.statement === 'pairs') && state.hasEquals) return 'string'
  if (state.statement === 'test') {
    if (isFirst && english && ROLES.includes(english.replace(/\?$/, ''))) state.isSpeech = true
    return english ? (ROLES.includes(english) ? 'typeName' : 'keyword') : 'variableName'
  }
  if (isFirst && english && CLAUSES.includes(english)) return 'keyword'
  if (english && ROLES.includes(english)) return 'typeName'
  return english ? 'operatorKeyword' : 'variableName'
}

const style = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '650' },
  { tag: tags.operatorKeyword, color: 'var(--accent)' },
  { tag: tags.typeName, color: 'var(--agent)', fontWeight: '600' },
  { tag: [tags.string, tags.regexp], color: 'var(--customer)' },
  { tag: tags.number, color: 'var(--agent)' },
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: tags.operator, color: 'var(--ink-2)' },
])

export const highlighting = (lexicon: Lexicon) => [StreamLanguage.define(parserOf(lexicon)), syntaxHighlighting(style)]
