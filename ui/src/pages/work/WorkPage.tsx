import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Work } from '../../api/work'
import { useFormat } from '../../i18n/format'
import { FailedState } from '../../parts/PageState'
import { PlainBar } from '../../parts/PlainBar'
import { usePageTitle } from '../../parts/pageTitle'
import { Aside } from './Aside'
import { SpeechTable } from './SpeechTable'
import { WorkerTable } from './WorkerTable'
import { WorkNumbers } from './WorkNumbers'
import { useWork } from './workQueries'
import './work.css'

/** What waits to be inspected, who does it, and what could not be done. Quietly looks again by itself. */
export function WorkPage() {
  const { t } = useTranslation()
  usePageTitle(t('work.page'))
  const work = useWork()
  const { data } = work
  return (
    <>
      <PlainBar where={<strong>{t('work.page')}</strong>} />
      <main id="main" className="work-page">
        {work.error && !data && <FailedState error={work.error} onRetry={() => void work.refetch()} />}
        {work.isPending && !work.error && (
          <div aria-busy="true">
            <span className="unseen" role="status">{t('app.loading')}</span>
            <span className="ghost" style={{ width: 320, height: 26 }} /><span className="ghost" style={{ height: 92, marginTop: 20 }} />
          </div>
        )}
        {data && (
          <>
            <Sentence work={data} />
            <WorkNumbers work={data} />
            {data.aside > 0 && <Aside count={data.aside} />}
            <Imports work={data} />
            <SpeechTable />
            <WorkerTable workers={data.workers} />
          </>
        )}
      </main>
    </>
  )
}

/** Something has waited so long, and nothing of it is worked on: whoever is alive does not inspect. */
const STUCK_MS = 15_000

/** Nobody works, and something waits: that is the first thing to know. */
function Sentence({ work }: { work: Work }) {
  const { t } = useTranslation()
  const format = useFormat()
  const open = work.waiting + work.running
  const isStuck = work.waiting > 0 && work.running === 0 && work.rate_per_minute === 0 && work.oldest_ms !== null && Date.now() - work.oldest_ms > STUCK_MS
  const isAnybody = work.running > 0 || (work.workers.some((worker) => worker.is_alive) && !isStuck)
  const minutes = work.rate_per_minute > 0 ? Math.ceil(work.waiting / work.rate_per_minute) : null
  const sentence = open === 0
    ? t(work.aside > 0 ? 'work.idle_but_aside' : 'work.idle')
    : t('work.open', { count: open, open: format.count(open) })
  return (
    <header className="headline" data-testid="work-headline">
      <h1>{sentence}</h1>
      {!isAnybody && <p className="nobody" role="alert" data-testid="nobody"><b>{t('work.nobody')}</b> {t('work.nobody_remedy')}</p>}
      {isAnybody && open > 0 && minutes !== null && <p className="causes">{t('work.done_in', { duration: format.duration(Math.max(minutes, 1) * 60_000) })}</p>}
    </header>
  )
}

function Imports({ work }: { work: Work }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (work.imports.length === 0) return null
  const number = (value: number) => <td className={value > 0 ? 'number' : 'number zero'}>{format.count(value)}</td>
  return (
    <section className="work-part" aria-labelledby="work-imports">
      <h2 id="work-imports">{t('work.imports')}</h2>
      <div className="paper table-frame" tabIndex={0} role="region" aria-labelledby="work-imports">
        <table className="work-table">
          <thead>
            <tr>
              <th scope="col">{t('work.import')}</th>
              <th scope="col" className="wide">{t('work.progress')}</th>
              {(['waiting', 'running', 'aside', 'done'] as const).map((name) => <th key={name} scope="col" className="number">{t(`work.${name}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {work.imports.map((one) => {
              const all = one.waiting + one.running + one.aside + one.done
              return (
                <tr key={one.import} data-testid="work-import">
                  <th scope="row"><Link className="link" to={`/import/${one.import}`}>{one.name || t('work.import_number', { number: one.import })}</Link></th>
                  <td className="wide"><span className="progress" role="img" aria-label={format.percent(all > 0 ? one.done / all : 0)}><span style={{ width: `${all > 0 ? one.done / all * 100 : 0}%` }} /></span></td>
                  {number(one.waiting)}{number(one.running)}{number(one.aside)}{number(one.done)}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
