import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeyboard } from './keyboard'
import { SearchHelp } from './SearchHelp'

const PAUSE_MS = 300

/** A phrase that is still being written is no query yet. */
const isHalf = (text: string) => (text.match(/["＂“”]/g)?.length ?? 0) % 2 === 1

interface Props {
  value: string
  placeholder?: string
  /** `isFinal` is true on Enter, false when typing has paused. */
  onSearch: (text: string, isFinal: boolean) => void
}

export function SearchBox({ value, placeholder, onSearch }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  const [isFocused, setFocused] = useState(false)
  /** The box of conversations knows a syntax; others take words as they are. */
  const hasSyntax = placeholder === undefined
  const timer = useRef<number>()
  const search = useRef(onSearch)
  search.current = onSearch

  useEffect(() => {
    if (document.activeElement !== input.current) setText(value)
  }, [value])
  useEffect(() => () => window.clearTimeout(timer.current), [])
  useKeyboard(useMemo(() => ({ '/': () => input.current?.select() }), []))

  const say = (next: string, isFinal: boolean) => {
    window.clearTimeout(timer.current)
    if (isFinal) search.current(next.trim(), true)
    else if (!(hasSyntax && isHalf(next))) timer.current = window.setTimeout(() => search.current(next.trim(), false), PAUSE_MS)
  }
  return (
    <form
      className="find" role="search"
      onSubmit={(event) => {
        event.preventDefault()
        say(text, true)
        input.current?.blur()
      }}
    >
      <input
        ref={input} type="text" enterKeyHint="search" value={text} placeholder={placeholder ?? t('app.search')} aria-label={placeholder ?? t('app.search')}
        aria-keyshortcuts="/" data-testid="search" autoComplete="off" spellCheck={false} onFocus={() => setFocused(true)} onBlur={() => setFocused(false)}
        onChange={(event) => {
          setText(event.target.value)
          // While an input method composes, the text is not yet what the user means.
          if (!(event.nativeEvent as InputEvent).isComposing) say(event.target.value, false)
        }}
        onCompositionEnd={(event) => say(event.currentTarget.value, false)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text) {
            setText('')
            say('', true)
          } else input.current?.blur()
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      {hasSyntax && isFocused && text.trim() === '' && (
        <SearchHelp
          onTake={(example) => {
            setText(example)
            say(example, false)
          }}
        />
      )}
    </form>
  )
}
