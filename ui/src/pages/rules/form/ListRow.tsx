import { useTranslation } from 'react-i18next'
import type { Statement } from '../../../api/rules'
import type { Names } from '../sentence/names'
import { PhraseField } from './PhraseField'

type Words = Extract<Statement, { kind: 'words' }>
const MOST_SHOWN = 60

const bare = (item: string) => item.replace(/^"(.*)"$/, '$1')
/** Marks of the language would cut a phrase in two. */
const written = (word: string) => (/[|"#=:,()]/.test(word) && !/^\/.*\/$/.test(word) ? `"${word.replace(/"/g, '')}"` : word)

/** A list of words that only this rule uses; its lines stay as they were written. */
export function ListRow({ list, names, isDisabled, onChange }: { list: Words; names: Names; isDisabled: boolean; onChange: (list: Words) => void }) {
  const { t } = useTranslation()
  const items = list.lines.flat()
  const take = (next: string[]) => {
    const gone = items.findIndex((item, at) => next[at] !== bare(item))
    if (next.length < items.length) {
      let at = 0
      const lines = list.lines.map((line) => line.filter(() => at++ !== (gone < 0 ? items.length - 1 : gone))).filter((line) => line.length > 0)
      onChange({ ...list, lines })
    } else onChange({ ...list, lines: [...list.lines.slice(0, -1), [...(list.lines[list.lines.length - 1] ?? []), written(next[next.length - 1]!)]] })
  }
  return (
    <div className="clause">
      <span className="clause-name">{t('rules.list')} <b>{list.name}</b></span>
      <div className="clause-body">
        {items.length > MOST_SHOWN
          ? <span className="as-words">{t('rules.list_long', { count: items.length })}</span>
          : <PhraseField label={list.name} phrases={items.map(bare)} names={{ ...names, lists: new Map() }} isDisabled={isDisabled} onChange={(next) => take(next.map((one) => (typeof one === 'string' ? one : 'expression' in one ? `/${one.expression}/` : one.list)))} />}
      </div>
    </div>
  )
}
