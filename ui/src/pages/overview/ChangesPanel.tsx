import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Changes } from '../../api/figures'
import { useFormat, type Format } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { ChangeRow } from './ChangeRow'
import { listOf } from './figureFilter'
import { useChanges } from './figureQueries'
import { NOON_MS } from './trendWords'

const weekdayOf = (ms: number, format: Format) => new Intl.DateTimeFormat(format.language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'long' }).format(ms)

/** What changed on the last full day against the day before and the same weekdays, and where it comes from. */
export function ChangesPanel({ asked }: { asked: URLSearchParams | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const changes = useChanges(asked)
  const { data } = changes
  return (
    <section className="changes paper" aria-labelledby="changes-title" aria-busy={changes.isFetching} data-testid="changes">
      <header>
        <h2 id="changes-title">{data?.day ? t('changes.title', { day: format.day(data.day.from_ms + NOON_MS) }) : t('changes.title_plain')}</h2>
        {data?.before && <span className="quiet note">{t('changes.against', { day: format.day(data.before.from_ms + NOON_MS) })}{data.usual_days >= 3 && <> · {t('changes.and_usual', { count: data.usual_days, weekday: weekdayOf(data.day!.from_ms + NOON_MS, format) })}</>}</span>}
      </header>
      {changes.error && !data && <ErrorLine error={changes.error} onRetry={() => void changes.refetch()} />}
      {!data && !changes.error && <div className="ghosts">{[88, 76, 82].map((width) => <span key={width} className="ghost" style={{ width: `${width}%`, height: 13 }} />)}</div>}
      {data && <Found changes={data} asked={asked!} />}
    </section>
  )
}

function Found({ changes, asked }: { changes: Changes; asked: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!changes.day) return <p className="quiet none">{t('changes.no_day')}</p>
  const day = new URLSearchParams(asked)
  day.set('from', String(changes.day.from_ms))
  day.set('to', String(changes.day.to_ms))
  const { value, before, usual, is_unusual } = changes.conversations
  return (
    <>
      <p className="how-many">
        <Link to={listOf(day, {})} data-testid="changes-day">{t('list.flag_count', { count: value })}</Link>
        {before !== null && <span className="quiet">{t('changes.before_many', { value: format.count(before) })}</span>}
        {usual && <span className={is_unusual ? 'unusual' : 'quiet'}>{t(is_unusual ? (value > usual.mean ? 'changes.more_than_usual' : 'changes.fewer_than_usual') : 'changes.as_usual', { mean: format.count(usual.mean), low: format.count(usual.low), high: format.count(usual.high) })}</span>}
      </p>
      {!changes.before && <p className="quiet none">{t('changes.no_before')}</p>}
      {changes.before && changes.measures.length === 0 && <p className="quiet none" data-testid="changes-none">{t('changes.none', { count: changes.calm })}</p>}
      <ul className="moved">{changes.measures.map((measure) => <ChangeRow key={measure.id} measure={measure} day={day} />)}</ul>
      {changes.measures.length > 0 && changes.calm > 0 && <p className="quiet rest">{t('changes.calm', { count: changes.calm })}</p>}
    </>
  )
}
