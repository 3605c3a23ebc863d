import { useTranslation } from 'react-i18next'
import type { Worker } from '../../api/work'
import { useFormat } from '../../i18n/format'

/** Who works, and who did and is gone. */
export function WorkerTable({ workers }: { workers: Worker[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sorted = [...workers].sort((a, b) => Number(b.is_alive) - Number(a.is_alive) || a.name.localeCompare(b.name))
  return (
    <section className="work-part" aria-labelledby="work-workers">
      <h2 id="work-workers">{t('work.workers')}</h2>
      {sorted.length === 0 && <p className="quiet">{t('work.no_workers')}</p>}
      {sorted.length > 0 && (
        <div className="paper table-frame" tabIndex={0} role="region" aria-labelledby="work-workers">
          <table className="work-table">
            <thead>
              <tr>
                <th scope="col">{t('work.worker')}</th>
                <th scope="col">{t('work.state')}</th>
                <th scope="col" className="wide-only">{t('work.started')}</th>
                <th scope="col">{t('work.seen')}</th>
                <th scope="col" className="number">{t('work.running')}</th>
                <th scope="col" className="number">{t('work.done')}</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((one) => (
                <tr key={`${one.name} ${one.started_ms}`} className={one.is_alive ? '' : 'gone'} data-testid="worker" data-alive={one.is_alive}>
                  <th scope="row">{one.name}</th>
                  <td><span className={one.is_alive ? 'alive-mark on' : 'alive-mark'} aria-hidden="true" />{t(one.is_alive ? (one.running > 0 ? 'work.working' : 'work.alive') : 'work.gone')}</td>
                  <td className="quiet wide-only">{format.dayTime(one.started_ms)}</td>
                  <td className="quiet">{format.dayTime(one.seen_ms)}</td>
                  <td className={one.running > 0 ? 'number' : 'number zero'}>{format.count(one.running)}</td>
                  <td className={one.done > 0 ? 'number' : 'number zero'}>{format.count(one.done)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
