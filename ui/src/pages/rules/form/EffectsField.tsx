import { useTranslation } from 'react-i18next'
import type { Effect } from '../../../api/rules'
import { Select, Typed } from './Select'

const SCORES = ['compliance', 'experience', 'risk'] as const
const ACTS = ['mark', 'tag', 'alert', 'list', 'open'] as const
const WORDS: Record<string, string> = { mark: 'high-risk', tag: '…', alert: 'supervisor', list: 'call-first', open: 'work-order' }
const isScore = (effect: string) => (SCORES as readonly string[]).includes(effect)

/** What a missed, hit or noted rule does: points, tags, marks. */
export function EffectsField({ effects, isDisabled, onChange }: { effects: Effect[]; isDisabled: boolean; onChange: (effects: Effect[]) => void }) {
  const { t } = useTranslation()
  const options = [...SCORES.map((one) => [one, t(`rules.effect.${one}`)] as const), ...ACTS.map((one) => [one, t(`rules.effect.${one}`)] as const)]
  const set = (at: number, next: Effect) => onChange(effects.map((one, index) => (index === at ? next : one)))
  const first = (effect: string): Effect => (isScore(effect) ? { effect, points: effect === 'risk' ? 10 : -5 } : { effect, words: WORDS[effect] })
  return (
    <span className="effects">
      {effects.map((one, at) => (
        <span key={at} className="effect">
          <Select label={t('rules.effect_of')} value={one.effect} options={options} isDisabled={isDisabled} onChange={(effect) => set(at, first(effect))} />
          {one.fatal && <em>{t('rules.fatal')}</em>}
          {one.points !== undefined && (
            <>
              <Typed label={t('rules.points')} value={String(one.points)} size={3} isDisabled={isDisabled} testId="points" onChange={(text) => set(at, { ...one, points: Number(text.replace('−', '-')) || -1 })} />
              <label className="check">
                <input type="checkbox" checked={!!one.each} disabled={isDisabled} onChange={(event) => set(at, { effect: one.effect, points: one.points, ...(event.target.checked ? { each: true as const } : {}) })} />{t('rules.each')}
              </label>
              {one.each && <Typed label={t('rules.at_most')} value={String(one.max ?? '')} size={3} isDisabled={isDisabled} onChange={(text) => set(at, { ...one, max: Math.abs(Number(text)) || 1 })} />}
            </>
          )}
          {one.words !== undefined && <Typed label={t('rules.effect_words')} value={one.words} size={10} isDisabled={isDisabled} onChange={(words) => set(at, { ...one, words })} />}
          {effects.length > 1 && !isDisabled && <button type="button" className="drop" aria-label={t('rules.take_away', { word: t(`rules.effect.${one.effect}`, { defaultValue: one.effect }) })} onClick={() => onChange(effects.filter((_, index) => index !== at))}>×</button>}
        </span>
      ))}
      {!isDisabled && (
        <button type="button" className="add-part" onClick={() => onChange([...effects, first([...SCORES].find((score) => !effects.some((one) => one.effect === score)) ?? 'tag')])}>
          + {t('rules.effect_of')}
        </button>
      )}
    </span>
  )
}
