import { useTranslation } from 'react-i18next'
import { SCORE_NAMES, type Conversation, type ScoreName, type Term } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { scoreTone } from '../../parts/score'
import { whyNoScore } from './TitleBlock'

/** Each score as a sum one can check: 100 − 10 − 15 = 75. Each term opens its finding. */
export function Arithmetic({ conversation, onSelect }: {
  conversation: Conversation; onSelect: (finding: number | null, rule: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const share = (value: number | null) => (value === null ? t('app.dash') : format.percent(value))
  const titleOf = (name: string) => format.title(conversation.rules.find((rule) => rule.rule === name)?.title, name)

  const term = (one: Term) => (
    <span key={one.rule} className="term">
      {one.fatal ? '→' : one.points < 0 ? '−' : '+'}{' '}
      <button type="button" title={t('arithmetic.open', { title: titleOf(one.rule) })} onClick={() => onSelect(one.finding, one.rule)}>
        {titleOf(one.rule)}
      </button>{' '}
      {one.fatal ? t('arithmetic.fatal') : format.count(Math.abs(one.points))}
      {one.count > 1 && <span className="faint"> ({t('arithmetic.times', { count: one.count })})</span>}
    </span>
  )
  const row = (name: ScoreName) => {
    const sum = conversation.arithmetic[name]
    const why = sum.total === null && (whyNoScore(conversation, name) === 'share'
      ? t('conversation.no_score_share', { percent: format.percent(sum.decided_share ?? 0) }) : t('conversation.no_score_empty'))
    return (
      <div key={name} data-testid={`sum-${name}`}>
        <span>
          {t(`score.${name}`)} {format.count(sum.start)} {sum.terms.map(term)}
          {why && <small>{why}</small>}
        </span>
        <b className={`tone-${scoreTone(name, sum.total)}`}>{sum.total === null ? t('app.dash') : <><span className="equals">=</span> {format.count(sum.total)}</>}</b>
      </div>
    )
  }
  return (
    <section className="sums" aria-labelledby="sums-title">
      <h2 id="sums-title">{t('arithmetic.title')}</h2>
      {SCORE_NAMES.map(row)}
      <div
        title={t('arithmetic.shares', Object.fromEntries(SCORE_NAMES.map((name) => [name, share(conversation.arithmetic[name].decided_share)])) as Record<ScoreName, string>)}
      >
        <span>{t('arithmetic.decided')}</span>
        <b>{share(conversation.decided_share)}</b>
      </div>
    </section>
  )
}
