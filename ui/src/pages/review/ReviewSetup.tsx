import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFacets } from '../../api/queries'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'

const TAKES = [10, 20, 50, 100]
const MOST_SEED = 1_000_000

/** What is to be drawn: of which rule, how many, by which number. */
export function ReviewSetup({ rule, take, onStart }: { rule: string; take: number; onStart: (rule: string, take: number, seed: number) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const facets = useFacets()
  const [of, setOf] = useState(rule)
  const [count, setCount] = useState(take)
  const [seed, setSeed] = useState(() => 1 + Math.floor(Math.random() * MOST_SEED))
  return (
    <form
      className="paper review-setup" data-testid="review-setup"
      onSubmit={(event) => {
        event.preventDefault()
        onStart(of, count, seed)
      }}
    >
      <h2>{t('review.setup_title')}</h2>
      <label className="whole">
        <span>{t('review.setup_rule')}</span>
        <select value={of} onChange={(event) => setOf(event.target.value)} data-testid="setup-rule">
          <option value="">{t('review.all_rules')}</option>
          {facets.data?.rules.map((one) => <option key={one.rule} value={one.rule}>{format.title(one.title, one.rule)}</option>)}
        </select>
      </label>
      {facets.error && <ErrorLine error={facets.error} onRetry={() => void facets.refetch()} />}
      <p className="quiet">{t(of ? 'review.setup_of_rule' : 'review.setup_of_all')}</p>
      <fieldset>
        <legend>{t('review.setup_take')}</legend>
        {TAKES.map((one) => (
          <label key={one}><input type="radio" name="take" value={one} checked={count === one} onChange={() => setCount(one)} /> {format.count(one)}</label>
        ))}
      </fieldset>
      <label>
        <span>{t('review.setup_seed')}</span>
        <input type="number" min={0} max={Number.MAX_SAFE_INTEGER} required value={seed} onChange={(event) => setSeed(Math.max(0, Math.floor(event.target.valueAsNumber || 0)))} data-testid="setup-seed" />
      </label>
      <p className="quiet">{t('review.setup_seed_note')}</p>
      <button type="submit" className="button primary" autoFocus data-testid="setup-start">{t('review.start')}</button>
    </form>
  )
}
