import { InputNumber, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SCORE_NAMES, type ScoreName } from '../../api/types'
import type { ChangeFilter } from './ListPage'

/** One score between two numbers, both inclusive. */
export function ScoreFilter({ filter, change }: { filter: URLSearchParams; change: ChangeFilter }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const current = filter.get('score') as ScoreName | null
  const [score, setScore] = useState<ScoreName>('compliance')
  const [min, setMin] = useState<number | null>(null)
  const [max, setMax] = useState<number | null>(null)

  const open = (next: boolean) => {
    if (next) {
      setScore(current ?? 'compliance')
      setMin(filter.has('min') ? Number(filter.get('min')) : null)
      setMax(filter.has('max') ? Number(filter.get('max')) : null)
    }
    setOpen(next)
  }
  const form = (
    <form
      className="score-filter"
      onSubmit={(event) => {
        event.preventDefault()
        const isAny = min === null && max === null
        change({ score: isAny ? null : score, min: min?.toString() ?? null, max: max?.toString() ?? null })
        setOpen(false)
      }}
    >
      <div className="choice" role="radiogroup">
        {SCORE_NAMES.map((name) => (
          <button type="button" role="radio" aria-checked={score === name} key={name} className={score === name ? 'button on' : 'button'} onClick={() => setScore(name)}>
            {t(`score.${name}`)}
          </button>
        ))}
      </div>
      <label>{t('list.score_min')}<InputNumber min={0} max={100} value={min} onChange={setMin} /></label>
      <label>{t('list.score_max')}<InputNumber min={0} max={100} value={max} onChange={setMax} /></label>
      <div className="acts">
        <button
          type="button" className="quiet-button"
          onClick={() => {
            change({ score: null, min: null, max: null })
            setOpen(false)
          }}
        >
          {t('list.score_clear')}
        </button>
        <button type="submit" className="button on">{t('list.score_apply')}</button>
      </div>
    </form>
  )
  return (
    <Popover open={isOpen} onOpenChange={open} trigger="click" placement="bottomLeft" content={form} arrow={false}>
      <button type="button" className={current ? 'button on' : 'button'} aria-haspopup="dialog" aria-expanded={isOpen} data-testid="filter-score">
        {current
          ? t('list.score_range', { score: t(`score.${current}`), min: filter.get('min') ?? 0, max: filter.get('max') ?? 100 })
          : t('list.any_score')}
      </button>
    </Popover>
  )
}
