import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Clause, Condition, Form, RuleStatement, Statement } from '../../../api/rules'
import type { Channel } from '../../../api/types'
import { useFormat } from '../../../i18n/format'
import { chinese } from '../sentence/chinese'
import { english } from '../sentence/english'
import { sayFields } from '../sentence/grammar'
import type { Names } from '../sentence/names'
import { ruleOf } from '../sentence/sentence'
import { ConditionField } from './ConditionField'
import { EffectsField } from './EffectsField'
import { ListRow } from './ListRow'
import { Select, Typed } from './Select'

const CHANNELS: readonly Channel[] = ['call', 'chat', 'email', 'ticket', 'survey', 'video']
const FRESH: Condition = { operator: 'says', role: 'agent', phrases: ['…'] }
type ClauseKey = 'when' | 'expect' | 'never' | 'waived_by'

function without(clause: Clause, key: 'once' | 'strict'): Clause {
  const rest = { ...clause }
  delete rest[key]
  return rest
}

interface Props { form: Form | null; rule: string; names: Names; isDisabled: boolean; onChange: (form: Form) => void }

/** The rule as fields: the same as its text, each changing the other. What has no field is told in words. */
export function RuleForm({ form, rule, names, isDisabled, onChange }: Props) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const one = ruleOf(form, rule)
  if (!form || !one) return <p className="quiet form-none">{t('rules.form_none')}</p>
  const put = (before: Statement, after: Statement) => onChange({ ...form, statements: form.statements.map((statement) => (statement === before ? after : statement)) })
  const set = (key: keyof RuleStatement & string, value: unknown) => {
    const next: RuleStatement = { ...one }
    if (value === undefined) delete next[key]
    else next[key] = value
    put(one, next)
  }
  const row = (name: string, body: ReactNode, onDrop?: () => void) => (
    <div className="clause" role="group" aria-label={name}>
      <span className="clause-name">{name}{onDrop && !isDisabled && <button type="button" className="drop" aria-label={t('rules.take_away', { word: name })} onClick={onDrop}>×</button>}</span>      <div className="clause-body">{body}</div>
    </div>
  )
  const clause = (key: ClauseKey) => {
    const found = one[key] as Clause | undefined
    if (!found) return null
    const isSteps = Array.isArray((found.condition as Condition | undefined)?.steps)
    const body = !found.condition || isSteps
      ? <span className="as-words">{t('rules.only_text')}</span>
      : (
        <>
          <ConditionField condition={found.condition} names={names} isBan={key === 'never'} isDisabled={isDisabled} onChange={(condition) => set(key, { ...found, condition })} />
          {key === 'when' && (
            <Select
              label={t('rules.how_often')} value={found.once === true ? 'once' : found.once ? 'per demand' : 'each'} isDisabled={isDisabled}
              options={[['each', t('rules.each_time')], ['once', t('rules.once')], ['per demand', t('rules.per_demand')]]}
              onChange={(often) => {
                const rest = without(found, 'once')
                set(key, often === 'each' ? rest : { ...rest, once: often === 'once' ? true : 'per demand' })
              }}
            />
          )}
          {key === 'expect' && (
            <label className="check">
              <input
                type="checkbox" checked={!!found.strict} disabled={isDisabled} onChange={(event) => {
                  const rest = without(found, 'strict')
                  set(key, event.target.checked ? { ...rest, strict: true } : rest)
                }}
              />{t('rules.strict')}
            </label>
          )}
        </>
      )
    const isNeeded = key === 'expect' || key === 'never' || (key === 'when' && one.kind === 'flag')
    return row(t(`rules.clause.${key}`), body, isNeeded ? undefined : () => set(key, undefined))
  }
  const channels = one.for?.channels ?? []
  const effectsKey = one.kind === 'flag' ? 'then' : 'else'
  const lists = form.statements.filter((statement): statement is Extract<Statement, { kind: 'words' }> => statement.kind === 'words')
  const missing = (['when', 'waived_by', 'prompt'] as const).filter((key) => one[key] === undefined && !(one.kind === 'flag' && key !== 'when'))
  return (
    <fieldset className="rule-form" aria-label={t('rules.form')} data-testid="rule-form">
      {row(t('rules.clause.title'), (['zh', 'en'] as const).map((each) => (
        <Typed key={each} label={t(`rules.title_${each}`)} value={one.title?.[each] ?? ''} size={24} isDisabled={isDisabled} testId={`title-${each}`} onChange={(text) => set('title', each === 'en' && !one.title?.zh ? { zh: text, en: text } : { ...one.title, [each]: text })} />
      )))}
      {row(t('rules.clause.for'), (
        <>
          {CHANNELS.map((channel) => (
            <label key={channel} className="check">
              <input
                type="checkbox" checked={channels.includes(channel)} disabled={isDisabled} onChange={(event) => {
                  const next = CHANNELS.filter((each) => (each === channel ? event.target.checked : channels.includes(each)))
                  const where = one.for?.where
                  set('for', next.length > 0 || where ? { ...(next.length > 0 ? { channels: next } : {}), ...(where ? { where } : {}) } : undefined)
                }}
              />{t(`channel.${channel}`)}
            </label>
          ))}
          {channels.length === 0 && <span className="quiet">{t('rules.every_channel')}</span>}
          {one.for?.where && <span className="as-words" title={t('rules.only_text')}>{sayFields(one.for.where, language === 'zh' ? chinese : english)}</span>}
        </>
      ))}
      {clause('when')}{clause('expect')}{clause('never')}{clause('waived_by')}
      {one.prompt && row(t('rules.clause.prompt'), (
        <>
          <Typed label={t('rules.prompt_at')} value={one.prompt.at ?? ''} size={4} isDisabled={isDisabled} onChange={(at) => set('prompt', { ...one.prompt, at })} />
          <Typed label={t('rules.prompt_text')} value={one.prompt.text} size={32} isDisabled={isDisabled} onChange={(text) => set('prompt', { ...one.prompt, text })} />
        </>
      ), () => set('prompt', undefined))}
      {row(t(`rules.clause.${effectsKey}`), <EffectsField effects={one[effectsKey] ?? []} isDisabled={isDisabled} onChange={(effects) => set(effectsKey, effects)} />)}
      {lists.map((list) => <ListRow key={list.name} list={list} names={names} isDisabled={isDisabled} onChange={(next) => put(list, next)} />)}
      {!isDisabled && missing.length > 0 && (
        <p className="more-clauses">
          {missing.map((key) => (
            <button key={key} type="button" className="add-part" onClick={() => set(key, key === 'prompt' ? { at: '10s', text: '…' } : { condition: key === 'when' ? { ...FRESH, role: 'customer' } : FRESH })}>+ {t(`rules.clause.${key}`)}</button>
          ))}
        </p>
      )}
    </fieldset>
  )
}
