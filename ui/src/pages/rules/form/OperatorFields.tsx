import { useTranslation } from 'react-i18next'
import type { ReactNode } from 'react'
import type { Condition, Phrase } from '../../../api/rules'
import type { Names } from '../sentence/names'
import { FIRST, SHAPES, withOperator, type Member } from './members'
import { PhraseField } from './PhraseField'
import { COMPARE_WORDS, Select, Typed } from './Select'

const COMPARES = ['>', '>=', '<', '<=', '=', '!='] as const
const ROLES = ['agent', 'first agent', 'customer', 'bot', 'system', 'anyone'] as const
const NUMBERS = new Set(['count', 'characters'])

/** An operator with its role and everything it is filled in with; what may be left out can be put in. */
export function OperatorFields({ condition, names, isBan, isDisabled, onChange, nested }: {
  condition: Condition; names: Names; isBan: boolean; isDisabled: boolean; onChange: (condition: Condition) => void
  nested: (value: Condition, onChange: (value: Condition) => void) => ReactNode
}) {
  const { t } = useTranslation()
  const operator = String(condition.operator ?? (isBan ? 'asserts' : 'says'))
  const shape = SHAPES[operator]
  if (!shape) return null
  const set = (key: string, value: unknown) => {
    const next: Condition = { ...condition }
    if (value === undefined) delete next[key]
    else next[key] = value
    onChange(next)
  }
  const label = (key: string) => t(`rules.member.${key}`)
  const field = (member: Member): ReactNode => {
    const value = condition[member.key]
    if (value === undefined) return null
    const drop = !member.isNeeded && !isDisabled && <button type="button" className="drop" aria-label={t('rules.take_away', { word: label(member.key) })} onClick={() => set(member.key, undefined)}>×</button>
    const shown = input(member, value)
    const isBare = member.isNeeded && (member.slot === 'phrases' || member.slot === 'compare')
    return <span key={member.key} className="member">{!isBare && <span className="member-name">{label(member.key)}</span>}{shown}{drop}</span>
  }
  const input = (member: Member, value: unknown): ReactNode => {
    const common = { label: label(member.key), isDisabled }
    switch (member.slot) {
      case 'flag': return null
      case 'phrases': case 'excuses': return <PhraseField {...common} phrases={value as Phrase[]} names={names} onChange={(next) => set(member.key, next)} />
      case 'compare': return <Select {...common} value={String(value)} options={COMPARES.map((one) => [one, t(`rules.compare.${COMPARE_WORDS[one]}`)] as const)} onChange={(next) => set(member.key, next)} />
      case 'role': return <Select {...common} value={String(value)} options={ROLES.filter((one) => one !== 'first agent').map((one) => [one, t(`rules.role.${one.replace(' ', '_')}`)] as const)} onChange={(next) => set(member.key, next)} />
      case 'condition': return nested(value as Condition, (next) => set(member.key, next))
      default: {
        const isField = typeof value === 'object' && value !== null && 'field' in value
        const take = (text: string) => (isField ? { field: text } : NUMBERS.has(member.slot) || (member.slot === 'number' && /^-?[\d.]+$/.test(text)) ? Number(text) || 1 : text)
        return <Typed {...common} value={String(isField ? (value as { field: string }).field : value)} size={member.slot === 'name' || member.slot === 'value' ? 10 : 5} onChange={(text) => set(member.key, take(text))} />
      }
    }
  }
  const absent = shape.members.filter((member) => !member.isNeeded && condition[member.key] === undefined)
  const put = (key: string) => {
    const member = shape.members.find((one) => one.key === key)
    if (!member) return
    const together = key === 'compare' ? { duration: condition.duration ?? FIRST.duration } : key === 'duration' ? { compare: condition.compare ?? '>' } : {}
    onChange({ ...condition, ...(shape.members.some((one) => one.key in together && !one.isNeeded) ? together : {}), [key]: FIRST[member.slot] })
  }
  return (
    <>
      {shape.role !== 'none' && (
        <Select
          label={t('rules.who')} value={String(condition.role ?? '')} isDisabled={isDisabled} testId="role"
          options={[...(shape.role === 'maybe' ? [['', t('rules.any_side')] as const] : []), ...ROLES.map((one) => [one, t(`rules.role.${one.replace(' ', '_')}`)] as const)]}
          onChange={(role) => set('role', role || undefined)}
        />
      )}
      <Select
        label={t('rules.operator')} value={operator} isDisabled={isDisabled} testId="operator" options={Object.keys(SHAPES).map((one) => [one, t(`rules.operators.${one}`)] as const)}
        onChange={(next) => onChange(withOperator(condition, next) as Condition)}
      />
      {shape.members.map(field)}
      {absent.length > 0 && !isDisabled && (
        <Select className="plus" label={t('rules.more_of', { what: t(`rules.operators.${operator}`) })} value="" options={[['', '+'] as const, ...absent.map((member) => [member.key, label(member.key)] as const)]} onChange={put} />
      )}
    </>
  )
}
