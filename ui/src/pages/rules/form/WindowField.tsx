import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../api/rules'
import { Select, Typed } from './Select'

const KINDS = ['within', 'first', 'last', 'by', 'before', 'after', 'until', 'anywhere'] as const
const SIDES = ['', 'after', 'before', 'around'] as const
const UNITS = ['turns', 'agent turns', 'customer turns', 'bot turns', 's', 'm', 'h', 'd', 'workdays', '%'] as const
export type WindowForm = Record<string, unknown>

/** "2 agent turns after" in its parts. */
function partsOf(text: string): { number: string; unit: string; side: string } {
  const found = text.match(/^([\d.]+)\s*(ms|s|m|h|d|%|(?:\w+ )?turns?|workdays?)(?: (after|before|around))?$/)
  return { number: found?.[1] ?? '2', unit: (found?.[2] ?? 'turns').replace(/turn$/, 'turns').replace(/workday$/, 'workdays'), side: found?.[3] ?? '' }
}
const joined = (number: string, unit: string, side: string) => `${number}${/^(ms|s|m|h|d|%)$/.test(unit) ? '' : ' '}${unit}${side ? ` ${side}` : ''}`

const FIRST: Record<string, unknown> = {
  within: '2 turns after', first: '2 turns', last: '2 turns', by: '30s', anywhere: true,
  before: { operator: 'says', role: 'customer', phrases: ['…'] }, after: { operator: 'says', role: 'customer', phrases: ['…'] }, until: { operator: 'says', role: 'customer', phrases: ['…'] },
}

/** Where something counts: so many turns, so long, before or after something else. */
export function WindowField({ window, isDisabled, onChange, onRemove, condition, plain }: {
  window: WindowForm; isDisabled: boolean; onChange: (window: WindowForm) => void; onRemove: () => void
  condition: (value: Condition, onChange: (value: Condition) => void) => React.ReactNode
  /** In words, for what has no fields. */
  plain: string
}) {
  const { t } = useTranslation()
  const [kind, value] = Object.entries(window)[0] ?? ['anywhere', true]
  const isDay = typeof value === 'string' && value.startsWith('end of')
  const isKnown = (KINDS as readonly string[]).includes(kind) && !isDay
  const parts = typeof value === 'string' ? partsOf(value) : null
  const unit = (word: string) => [word, t(`rules.unit.${word.replace('%', 'percent').replace(' ', '_')}`)] as const
  const units = kind === 'within' ? UNITS.filter((one) => one !== '%') : kind === 'by' ? (['s', 'm', 'h', 'd'] as const) : UNITS.filter((one) => one !== 'workdays')
  return (
    <span className="window" data-testid="window">
      {isKnown
        ? <Select label={t('rules.window')} value={kind} isDisabled={isDisabled} options={KINDS.map((one) => [one, t(`rules.windows.${one}`)] as const)} onChange={(next) => onChange({ [next]: FIRST[next] })} />
        : <span className="as-words">{plain}</span>}
      {isKnown && parts && (
        <>
          <Typed label={t('rules.how_many')} value={parts.number} size={3} isDisabled={isDisabled} testId="window-number" onChange={(number) => onChange({ [kind]: joined(number, parts.unit, parts.side) })} />
          <Select label={t('rules.unit_of')} value={parts.unit} isDisabled={isDisabled} options={[...new Set([...units, parts.unit])].map(unit)} onChange={(next) => onChange({ [kind]: joined(parts.number, next, parts.side) })} />
          {kind === 'within' && <Select label={t('rules.side')} value={parts.side} isDisabled={isDisabled} options={SIDES.map((one) => [one, t(`rules.sides.${one || 'none'}`)] as const)} onChange={(side) => onChange({ [kind]: joined(parts.number, parts.unit, side) })} />}
        </>
      )}
      {isKnown && typeof value === 'object' && value !== null && condition(value as Condition, (next) => onChange({ [kind]: next }))}
      {!isDisabled && <button type="button" className="drop" aria-label={t('rules.drop_window')} onClick={onRemove}>×</button>}
    </span>
  )
}
