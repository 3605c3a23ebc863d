import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Interval, Review } from '../../api/review'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'

/** What the draw says about the rule: shares with the range in which they lie, and what they were drawn from. */
export function ReviewOutcome({ review, isDone, onAgain }: { review: Review; isDone: boolean; onAgain: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { outcome, populations } = review
  const figure = (name: 'precision' | 'recall', value: Interval | null) => (
    <div className="figure" data-testid={`outcome-${name}`}>
      <span><Explained says={t(`review.${name}_means`)}>{t(`review.${name}`)}</Explained></span>
      <b>{value ? format.percent(value.share) : t('app.dash')}</b>
      <small className="quiet">{value ? t('review.interval', { low: format.percent(value.low), high: format.percent(value.high) }) : name === 'recall' ? t('review.recall_needs') : t('review.not_known')}</small>
    </div>
  )
  return (
    <section className="paper review-outcome" aria-labelledby="outcome-title" data-testid="review-outcome">
      <h2 id="outcome-title">{t(isDone ? 'review.done_title' : 'review.so_far')}</h2>
      <div className="figures">{figure('precision', outcome.precision)}{figure('recall', outcome.recall)}</div>
      <p>{t('review.counts', { agreed: format.count(outcome.agreed), wrong: format.count(outcome.wrong), missed: format.count(outcome.missed), passed: format.count(outcome.passed) })}</p>
      <p className="quiet">{t('review.out_of', { found: format.count(populations.found), rest: format.count(populations.passed + populations.undecided + populations.not_applicable) })}</p>
      <span className="acts">
        <button type="button" className="button" onClick={onAgain} data-testid="draw-again">{t('review.again')}</button>
        {review.rule && <Link className="link" to={`/rules/${encodeURIComponent(review.rule)}`}>{t('review.to_rule')}</Link>}
      </span>
    </section>
  )
}
