import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem, SharedPart } from '../../../api/rules'
import type { Language } from '../../../i18n/language'
import { completionOf } from './completion'
import { highlighting } from './highlight'
import { hoverOf } from './hover'
import { look } from './look'
import type { Lexicon } from './words'

export interface EditorHandle { goTo(line: number, column: number): void; focus(): void }

interface Props {
  text: string
  problems: Problem[]
  lexicon: Lexicon
  shared: SharedPart[]
  isReadOnly?: boolean
  onChange: (text: string) => void
  onSave: () => void
  onFormat: () => void
}

/** Columns count characters, positions UTF-16 units. */
function positionOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines))
  return found.from + [...found.text].slice(0, Math.max(column - 1, 0)).join('').length
}

function diagnosticsOf(doc: Text, problems: Problem[]): Diagnostic[] {
  return problems.map(({ line, column, reason, hint }) => {
    const from = positionOf(doc, line, column)
    const end = doc.lineAt(from).to
    const word = doc.sliceString(from, end).match(/^("[^"]*"?|[^\s|,():=]+|.)/)?.[0].length ?? 0
    const start = word === 0 ? Math.max(doc.lineAt(from).from, from - 1) : from
    return { from: start, to: Math.min(end, from + word), severity: 'error', message: hint ? `${reason}\n${hint}` : reason }
  })
}

/** Replaces only what differs, so that the cursor and what was undone stay where they were. */
function replace(view: EditorView, text: string) {
  const now = view.state.doc.toString()
  if (now === text) return
  let from = 0
  while (from < now.length && from < text.length && now[from] === text[from]) from++
  let end = 0
  while (end < now.length - from && end < text.length - from && now[now.length - 1 - end] === text[text.length - 1 - end]) end++
  view.dispatch({ changes: { from, to: now.length - end, insert: text.slice(from, text.length - end) } })
}

export const CodeEditor = forwardRef<EditorHandle, Props>(function CodeEditor(props, handle) {
  const { t, i18n } = useTranslation()
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en'
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>()
  const latest = useRef(props)
  latest.current = props
  const words = useRef(new Compartment())
  const { text, problems, lexicon, shared, isReadOnly } = props

  useEffect(() => {
    const keys = [
      { key: 'Mod-s', preventDefault: true, run: () => (latest.current.onSave(), true) },
      { key: 'Shift-Alt-f', preventDefault: true, run: () => (latest.current.onFormat(), true) },
    ]
    view.current = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), highlightSelectionMatches(), closeBrackets(), EditorView.lineWrapping,
          keymap.of([...keys, ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
          words.current.of([]), look,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    return () => view.current?.destroy()
  }, [])

  useEffect(() => {
    const kindWord = (kind: string) => t(`rules.name.${kind}`, { defaultValue: kind })
    view.current?.dispatch({
      effects: words.current.reconfigure([
        highlighting(lexicon), autocompletion({ override: [completionOf(lexicon, language, kindWord)] }), hoverOf(lexicon, shared, language),
        EditorView.contentAttributes.of({ 'aria-label': t('rules.text_label'), 'data-testid': 'rule-text', spellcheck: 'false', tabindex: '0' }),
        EditorState.readOnly.of(!!isReadOnly), EditorView.editable.of(!isReadOnly),
      ]),
    })
  }, [lexicon, shared, language, isReadOnly, t])

  // At once: what is typed between drawing and a later effect would be replaced by what was drawn.
  useLayoutEffect(() => {
    if (view.current) replace(view.current, text)
  }, [text])
  useEffect(() => {
    if (view.current) view.current.dispatch(setDiagnostics(view.current.state, diagnosticsOf(view.current.state.doc, problems)))
  }, [problems])

  useImperativeHandle(handle, () => ({
    goTo(line, column) {
      const editor = view.current
      if (!editor) return
      const at = positionOf(editor.state.doc, line, column)
      editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      editor.focus()
    },
    focus: () => view.current?.focus(),
  }), [])

  return <div ref={place} className="code" />
})
