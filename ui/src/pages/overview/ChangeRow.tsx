import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { MovedMeasure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'
import { causeName, causesOf, changeList, movedTitle } from './changeCauses'
import { ChangeDetails } from './ChangeDetails'
import { ChangeWord } from './ChangeWord'
import { listOf } from './figureFilter'
import { measured } from './measureWords'

/** One measure that moved, as a sentence: by how much, to what, where from; each part opens its conversations. */
export function ChangeRow({ measure, day }: { measure: MovedMeasure; day: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const title = movedTitle(measure, t, format)
  const isShare = measure.unit === 'share'
  const by = measure.change === null ? null : measure.change * (isShare ? 100 : 1)
  const causes = causesOf(measure)
  const details = `change-${measure.id}`
  return (
    <li data-testid="change" data-id={measure.id}>
      <p className="sentence">
        <Link className="name" to={listOf(day, changeList(measure))} data-testid="change-list">{title}</Link>{' '}
        {by !== null && <ChangeWord by={by} isBetterUp={measure.direction === 'up'} unit={isShare ? t('overview.points') : ''} />}{' '}
        {measure.value !== null && <Explained className="to" says={<Sure measure={measure} />}>{t('changes.to', { value: measured(measure, measure.value, format) })}</Explained>}
        {causes.length > 0 && (
          <span className="from">
            {t('changes.from')}
            {causes.map((cause, index) => (
              <Fragment key={`${cause.kind}-${causeName(cause, t, format)}`}>
                {index > 0 && t('app.separator')}
                <Link className="link" to={listOf(day, changeList(measure, cause))} data-testid="cause">{t('changes.cause', { name: causeName(cause, t, format), part: format.percent(Math.min(cause.part.part!, 1)) })}</Link>
              </Fragment>
            ))}
          </span>
        )}
        <button type="button" className="quiet-button" aria-expanded={isOpen} aria-controls={isOpen ? details : undefined} onClick={() => setOpen(!isOpen)} data-testid="change-parts">{isOpen ? t('changes.less') : t('changes.parts')}</button>
      </p>
      {isOpen && <ChangeDetails id={details} measure={measure} day={day} />}
    </li>
  )
}

/** Why it is said: formula, numbers of both days, the bounds of chance, and what is usual. */
function Sure({ measure }: { measure: MovedMeasure }) {
  const { t } = useTranslation()
  const format = useFormat()
  const points = (share: number) => format.change(share * 100)
  const value = (one: number) => measured(measure, one, format)
  return (
    <>
      <b>{format.title(measure.formula, '')}</b>
      {measure.value !== null && <span>{t('changes.now', { value: value(measure.value), of: format.count(measure.of), among: format.count(measure.among) })}</span>}
      {measure.before !== null && <span>{t('changes.then', { value: value(measure.before), of: format.count(measure.of_before), among: format.count(measure.among_before) })}</span>}
      {measure.interval && <span>{t('changes.bounds', { low: points(measure.interval.low), high: points(measure.interval.high) })}</span>}
      {measure.usual && <span>{t('changes.usual', { count: measure.usual.days, mean: value(measure.usual.mean), low: value(measure.usual.low), high: value(measure.usual.high) })}</span>}
    </>
  )
}
