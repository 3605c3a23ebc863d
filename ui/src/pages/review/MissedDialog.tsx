import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, RuleResult } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { ReasonAsk } from './ReasonAsk'

const MOST_SHOWN = 60
/** So much of a line tells which one it is. */
const LINE_POINTS = 24

/** A rule should have found something: which rule, in which line, and why it did not. All by keyboard. */
export function MissedDialog({ conversation, turn, rule, isBusy, onSay, onClose, children }: {
  conversation: Conversation; turn: number | null; rule: string | null; isBusy: boolean
  onSay: (rule: string, turn: number | null, reason: string | null, note: string | null) => void; onClose: () => void
  /** What went wrong. */
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [chosen, setChosen] = useState<string | null>(rule)
  const [line, setLine] = useState(turn)
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal()
  }, [])
  const title = (one: RuleResult) => format.title(one.title, one.rule)
  const rules = useMemo(() => {
    const sought = text.trim().toLowerCase()
    return conversation.rules.filter((one) => !sought || `${one.title.zh} ${one.title.en} ${one.rule}`.toLowerCase().includes(sought)).slice(0, MOST_SHOWN)
  }, [conversation, text])
  const active = rules[Math.min(at, rules.length - 1)]
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((now) => Math.min(Math.max(now + (event.key === 'ArrowDown' ? 1 : -1), 0), rules.length - 1))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (active) setChosen(active.rule)
    }
  }
  const chosenRule = conversation.rules.find((one) => one.rule === chosen)
  return (
    <dialog ref={dialog} className="missed-form" aria-labelledby={`${list}-title`} onClose={onClose} data-testid="missed-dialog">
      <form method="dialog" onSubmit={(event) => event.preventDefault()}>
        <h2 id={`${list}-title`}>{t('review.missed_title')}</h2>
        {chosenRule
          ? <p><b>{title(chosenRule)}</b> <button type="button" className="link" onClick={() => setChosen(null)}>{t('review.other_rule')}</button></p>
          : (
            <label>
              {t('review.which_rule')}
              <input
                autoFocus role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={active && `${list}-${active.rule}`} value={text}
                onChange={(event) => {
                  setText(event.target.value)
                  setAt(0)
                }}
                onKeyDown={onKey} data-testid="missed-rule"
              />
              <ul id={list} className="missed-rules" role="listbox" aria-label={t('review.which_rule')} tabIndex={0}>
                {rules.map((one) => <li key={one.rule} id={`${list}-${one.rule}`} role="option" aria-selected={one === active} onClick={() => setChosen(one.rule)}>{title(one)}</li>)}
                {rules.length === 0 && <li role="option" aria-selected="false" aria-disabled="true">{t('review.no_rule')}</li>}
              </ul>
            </label>
          )}
        <label>
          {t('review.which_turn')}
          <select value={line ?? 0} onChange={(event) => setLine(Number(event.target.value) || null)} data-testid="missed-turn">
            <option value={0}>{t('review.whole')}</option>
            {conversation.turns.map((one) => (
              <option key={one.index} value={one.index}>{`${one.index} ${t(`role.${one.role}`)} ${Array.from(one.text).slice(0, LINE_POINTS).join('')}`}</option>
            ))}
          </select>
        </label>
        {chosen && <ReasonAsk answer="missed" isBusy={isBusy} onSay={(reason, note) => onSay(chosen, line, reason, note)} onCancel={onClose} />}
        {children}
        {!chosen && <span className="acts"><button type="button" className="link" onClick={onClose}>{t('review.cancel')}</button></span>}
      </form>
    </dialog>
  )
}
