import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../api/rules'
import { useFormat } from '../../../i18n/format'
import { chinese } from '../sentence/chinese'
import { english } from '../sentence/english'
import { sayCondition, Unsayable } from '../sentence/grammar'
import type { Names } from '../sentence/names'
import { OperatorFields } from './OperatorFields'
import { COMPARE_WORDS, Select, Typed } from './Select'
import { WindowField, type WindowForm } from './WindowField'

const FRESH: Condition = { operator: 'says', role: 'agent', phrases: ['…'] }
const COMPARES = ['>=', '>', '<', '<=', '='] as const

interface Props { condition: Condition; names: Names; isBan?: boolean; isDisabled: boolean; onChange: (condition: Condition) => void; onRemove?: () => void
  /** Inside a window, which offers what can be added. */
  isInner?: boolean
}

const isOperator = (one: Condition) => typeof one.operator === 'string' || Array.isArray(one.phrases)

/** In words, where there are no fields for it. */
function usePlain(names: Names) {
  const { language } = useFormat()
  return (condition: Condition) => {
    try {
      return sayCondition(condition, 'fact', names, language === 'zh' ? chinese : english, [])
    } catch (error) {
      if (error instanceof Unsayable) return '…'
      throw error
    }
  }
}

/** One condition, whatever it is made of: an operator, a name, several joined, within windows. */
export function ConditionField(props: Props) {
  const { condition, names, isDisabled, onChange, onRemove } = props
  const { t } = useTranslation()
  const plain = usePlain(names)
  const inner = (value: Condition, change: (next: Condition) => void, remove?: () => void, isInner?: boolean) =>
    <ConditionField isInner={isInner} condition={value} names={names} isBan={props.isBan} isDisabled={isDisabled} onChange={change} onRemove={remove} />
  const nested = (value: Condition, change: (next: Condition) => void) => <span className="nested">{inner(value, change)}</span>
  const drop = onRemove && !isDisabled && <button type="button" className="drop" aria-label={t('rules.drop_condition')} onClick={onRemove}>×</button>
  const addWindow = !isDisabled && (
    <button type="button" className="add-part" onClick={() => onChange({ of: condition, window: { within: '2 turns after' } })} data-testid="add-window">+ {t('rules.window')}</button>
  )
  const addOther = (word: 'and' | 'or') => !isDisabled && (
    <button type="button" className="add-part" onClick={() => onChange({ ...(condition.brackets ? { brackets: true } : {}), [word]: [withoutBrackets(condition), FRESH] })}>+ {t(`rules.${word}`)}</button>
  )

  const adders = !props.isInner && !isDisabled && <span className="adders">{addWindow}{addOther('or')}{addOther('and')}</span>

  if (condition.of && condition.window) {
    const setWindow = (window: WindowForm) => onChange({ ...condition, window })
    return (
      <span className="condition">
        {inner(condition.of as Condition, (of) => onChange({ ...condition, of }), undefined, true)}
        <WindowField
          window={condition.window as WindowForm} isDisabled={isDisabled} onChange={setWindow} onRemove={() => onChange(condition.of as Condition)} condition={nested}
          plain={plain({ of: { name: '…' }, window: condition.window })}
        />
        {drop}{adders}
      </span>
    )
  }
  for (const word of ['and', 'or'] as const) {
    const parts = condition[word] as Condition[] | undefined
    if (!Array.isArray(parts)) continue
    const setParts = (next: Condition[]) => onChange(next.length === 1 ? next[0]! : { ...(condition.brackets ? { brackets: true } : {}), [word]: next })
    return (
      <span className="joined">
        {parts.map((part, at) => (
          <span key={at} className="joined-part">
            {at > 0 && <em className="joint">{t(`rules.${word}`)}</em>}
            {inner(part, (next) => setParts(parts.map((one, index) => (index === at ? next : one))), parts.length > 1 ? () => setParts(parts.filter((_, index) => index !== at)) : undefined)}
          </span>
        ))}
        {!isDisabled && <button type="button" className="add-part" onClick={() => setParts([...parts, FRESH])}>+ {t(`rules.${word}`)}</button>}
        {drop}
      </span>
    )
  }
  if (condition.not) return <span className="condition"><em className="joint">{t('rules.not')}</em>{inner(condition.not as Condition, (not) => onChange({ ...condition, not }))}{drop}</span>
  if (condition.count) {
    return (
      <span className="condition">
        {nested(condition.count as Condition, (count) => onChange({ ...condition, count }))}
        <Select label={t('rules.times')} value={String(condition.compare)} isDisabled={isDisabled} options={COMPARES.map((one) => [one, t(`rules.compare.${COMPARE_WORDS[one]}`)] as const)} onChange={(compare) => onChange({ ...condition, compare })} />
        <Typed label={t('rules.times')} value={String(condition.number)} size={3} isDisabled={isDisabled} onChange={(number) => onChange({ ...condition, number: Number(number) || 1 })} /> {t('rules.times')}{drop}
      </span>
    )
  }
  if (isOperator(condition)) {
    return (
      <span className="condition">
        <OperatorFields condition={condition} names={names} isBan={!!props.isBan} isDisabled={isDisabled} onChange={onChange} nested={nested} />
        {drop}{adders}
      </span>
    )
  }
  if (typeof condition.name === 'string' && Object.keys(condition).every((key) => key === 'name' || key === 'brackets')) {
    const options = [...new Set([condition.name, ...names.lets.keys()])].map((one) => [one, one] as const)
    return (
      <span className="condition">
        <Select label={t('rules.named')} value={condition.name} isDisabled={isDisabled} options={options} onChange={(name) => onChange({ ...condition, name })} />
        <span className="as-words">{names.lets.has(condition.name) ? plain(condition) : ''}</span>{drop}{adders}
      </span>
    )
  }
  return <span className="condition"><span className="as-words" title={t('rules.only_text')}>{plain(condition)}</span>{drop}</span>
}

/** A part of a longer row keeps its own brackets only where it is joined itself. */
function withoutBrackets(condition: Condition): Condition {
  const { brackets, ...rest } = condition
  return brackets && (Array.isArray(rest.and) || Array.isArray(rest.or)) ? condition : rest
}
