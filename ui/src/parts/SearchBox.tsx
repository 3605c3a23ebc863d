import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeyboard } from './keyboard'

const PAUSE_MS = 300

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
    else timer.current = window.setTimeout(() => search.current(next.trim(), false), PAUSE_MS)
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
        aria-keyshortcuts="/" data-testid="search"
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
    </form>
  )
}
