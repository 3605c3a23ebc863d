import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Import } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useImportActs } from './importQueries'
import { broughtWords, canUndo, listOf } from './outcome'
import { Refusals } from './Refusals'
import { SpeechRemedy } from './SpeechRemedy'
import { SpeechTally } from './SpeechTally'
import { UndoButton } from './UndoButton'

const WRONG = new Set(['refused', 'recordings_failed'])

/** An import that is over: what came in, what was refused, where to look, how to take it back. */
export function Outcome({ one }: { one: Import }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { start } = useImportActs(one.number)
  const { counts, trouble } = one
  const isUndone = one.state === 'undone'
  const group = (label: string, figures: [string, number | undefined][]) => figures.some(([, value]) => value) && (
    <section key={label} aria-label={label}>
      <h3>{label}</h3>
      <dl>
        {figures.filter(([, value]) => value).map(([name, value]) => (
          <div key={name}><dt>{t(`import.tally.${name}`)}</dt><dd className={WRONG.has(name) ? 'refused' : ''}>{format.count(value!)}</dd></div>
        ))}
      </dl>
    </section>
  )
  const { records, joins, undo } = counts ?? {}
  const sentence = isUndone
    ? t('import.undone_line')
    : t(`import.ended.${one.state === 'cancelled' || one.state === 'failed' ? one.state : 'done'}`, { brought: broughtWords(one, t, format) })
  return (
    <>
      <section className="outcome" aria-label={t('import.outcome')} data-testid="outcome">
        <p className="lead">{sentence}{one.refusals > 0 && !isUndone && <> {t('import.refused_line', { number: format.count(one.refusals), count: one.refusals })}</>}</p>
        {trouble && <p className="error-line" role="alert"><b>{trouble.message}</b>{trouble.place && <span> {trouble.place}</span>}{trouble.remedy && <span> {trouble.remedy}</span>}</p>}
        {isUndone && undo && (
          <div className="paper tallies">
            {group(t('import.group.undo'), [['undo_removed', undo.removed], ['undo_restored', undo.restored], ['undo_records', undo.records], ['undo_kept', undo.kept]])}
          </div>
        )}
        {!isUndone && counts && (
          <div className="paper tallies">
            {group(t('import.group.conversations'), [
              ['inspected', counts.inspected], ['unchanged', counts.unchanged], ['duplicates', counts.duplicates], ['reinspected', counts.reinspected], ['joined', counts.joined],
              ['recordings', counts.recordings], ['recordings_failed', counts.recordings_failed],
            ])}
            <SpeechTally counts={counts} />
            {group(t('import.group.records'), [['records_new', records?.new], ['records_changed', records?.changed], ['records_unchanged', records?.unchanged], ['records_retired', records?.retired]])}
            {group(t('import.group.joins'), [['matched', joins?.matched], ['doubtful', joins?.doubtful], ['unmatched', joins?.unmatched]])}
            {group(t('import.group.files'), [['files', counts.files], ['refused', one.refusals || counts.refused + (records?.refused ?? 0)]])}
          </div>
        )}
        {!isUndone && !!counts?.unrecognised && <SpeechRemedy count={counts.unrecognised} />}
        <p className="acts">
          {one.state === 'failed' && one.how === 'upload' && (
            <button type="button" className="button strong" disabled={start.isPending} onClick={() => start.mutate({})} data-testid="again">{t('app.retry')}</button>
          )}
          {!isUndone && <Link className={one.state === 'failed' ? 'button' : 'button strong'} to={listOf(one)} data-testid="to-conversations">{t('import.see_conversations')}</Link>}
          {!isUndone && (records?.read ?? 0) > 0 && <Link className="button" to="/joins" data-testid="to-joins">{t('import.see_joins')}</Link>}
          <Link className="button" to="/import">{t('import.again')}</Link>
          {canUndo(one) && <UndoButton one={one} />}
        </p>
        {start.error && <ErrorLine error={start.error} />}
      </section>
      {one.refusals > 0 && <Refusals one={one} />}
    </>
  )
}
