import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Phrase } from '../../../api/rules'
import type { Names } from '../sentence/names'

const wordOf = (phrase: Phrase) => (typeof phrase === 'string' ? phrase : 'list' in phrase ? phrase.list : `/${phrase.expression}/`)

/** Words, lists and expressions as chips; what is typed becomes one more. */
export function PhraseField({ label, phrases, names, isDisabled, onChange }: {
  label: string; phrases: Phrase[]; names: Names; isDisabled?: boolean; onChange: (phrases: Phrase[]) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const [typed, setTyped] = useState('')
  const add = () => {
    const word = typed.trim()
    setTyped('')
    if (!word) return
    const made: Phrase = names.lists.has(word) ? { list: word } : /^\/.+\/$/.test(word) ? { expression: word.slice(1, -1) } : word.replace(/^["“]|["”]$/g, '')
    onChange([...phrases.filter((one) => one !== '…'), made])
  }
  return (
    <span className="phrases" role="group" aria-label={label}>
      {phrases.map((phrase, at) => {
        const word = wordOf(phrase)
        const list = typeof phrase === 'object' && 'list' in phrase ? names.lists.get(phrase.list) : undefined
        return (
          <span key={`${at} ${word}`} className={typeof phrase === 'object' && 'list' in phrase ? 'phrase list' : 'phrase'}>
            {word}{list && <small> {t('rules.list_words', { count: list.length })}</small>}
            {phrases.length > 1 && !isDisabled && <button type="button" aria-label={t('rules.take_away', { word })} onClick={() => onChange(phrases.filter((_, index) => index !== at))}>×</button>}
          </span>
        )
      })}
      {!isDisabled && (
        <>
          <input
            type="text" className="add" size={8} list={id} value={typed} placeholder={t('rules.add_phrase')} aria-label={t('rules.add_phrase_to', { label })} data-testid="add-phrase"
            onChange={(event) => setTyped(event.target.value)} onBlur={add}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
                event.preventDefault()
                add()
              }
            }}
          />
          <datalist id={id}>{[...names.lists.keys()].map((name) => <option key={name} value={name} />)}</datalist>
        </>
      )}
    </span>
  )
}
