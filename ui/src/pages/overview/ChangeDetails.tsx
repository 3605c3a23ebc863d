import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { CHANGE_PARTS, type ChangePart, type ChangePartKind, type MovedMeasure } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { Explained } from '../../parts/Explained'
import { changeList } from './changeCauses'
import { listOf } from './figureFilter'
import { measured } from './measureWords'

/** What each agent, team, queue, channel or rule has to do with it; all lines together are the change. */
export function ChangeDetails({ id, measure, day }: { id: string; measure: MovedMeasure; day: URLSearchParams }) {
  const { t } = useTranslation()
  const format = useFormat()
  const kinds = CHANGE_PARTS.filter((kind) => measure.parts[kind])
  const [chosen, setChosen] = useState<ChangePartKind>(kinds[0]!)
  const parts = measure.parts[chosen]
  const hundred = measure.unit === 'share' ? 100 : 1
  const ratio = (of: number, among: number) => (among > 0 ? measured(measure, of / among, format) : t('app.dash'))
  const nameOf = (part: ChangePart) => (part.rule ? format.title(part.title, part.rule)
    : part.is_unassigned ? t('changes.unassigned') : chosen === 'channel' && part.name ? t(`channel.${part.name}`, { defaultValue: part.name }) : part.name || t('overview.nameless'))
  if (!parts) return null
  return (
    <div className="change-details" id={id} data-testid="change-details">
      <span className="choice" role="group" aria-label={t('changes.by')}>
        {kinds.map((kind) => <button key={kind} type="button" className={kind === chosen ? 'button on' : 'button'} aria-pressed={kind === chosen} onClick={() => setChosen(kind)} data-testid={`by-${kind}`}>{t(`changes.kind.${kind}`)}</button>)}
      </span>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`changes.kind.${chosen}`)}</th>
            <th scope="col" className="number">{t('changes.column_before')}</th>
            <th scope="col" className="number">{t('changes.column_now')}</th>
            <th scope="col" className="number"><Explained says={t('changes.within_is')}>{t('changes.within')}</Explained></th>
            <th scope="col" className="number"><Explained says={t('changes.mix_is')}>{t('changes.mix')}</Explained></th>
            <th scope="col" className="number">{t('changes.contribution')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.list.map((part) => (
            <tr key={`${part.rule ?? part.name}-${part.is_unassigned}`}>
              <th scope="row">{part.name || part.rule ? <Link to={listOf(day, changeList(measure, { kind: chosen, part }))}>{nameOf(part)}</Link> : nameOf(part)}</th>
              <td className="number">{ratio(part.of_before, part.among_before)} <span className="quiet">{format.count(part.among_before)}</span></td>
              <td className="number">{ratio(part.of, part.among)} <span className="quiet">{format.count(part.among)}</span></td>
              <td className="number">{format.change(part.within * hundred)}</td>
              <td className="number">{format.change(part.mix * hundred)}</td>
              <td className="number"><b>{format.change(part.contribution * hundred)}</b></td>
            </tr>
          ))}
          {parts.others > 0 && <tr><th scope="row" className="quiet">{t('changes.others', { count: parts.others })}</th><td /><td /><td className="number">{format.change(parts.rest.within * hundred)}</td><td className="number">{format.change(parts.rest.mix * hundred)}</td><td className="number">{format.change(parts.rest.contribution * hundred)}</td></tr>}
        </tbody>
        <tfoot>
          <tr><th scope="row">{t('changes.sum')}</th><td className="number">{ratio(measure.of_before, measure.among_before)}</td><td className="number">{ratio(measure.of, measure.among)}</td><td /><td /><td className="number"><b>{format.change((measure.change ?? 0) * hundred)}</b></td></tr>
        </tfoot>
      </table>
    </div>
  )
}
