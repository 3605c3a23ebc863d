import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress, withParameters, type ParameterName } from '../../api/filter'
import type { Figures } from '../../api/figures'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { countedWith, listOf } from './figureFilter'
import { useFirst } from './figureQueries'

const COUNT = 5
/** Which lists are the worst and the best. */
const LISTS = {
  worst: { sort: '-risk' },
  best: { score: 'compliance', min: '100', max: '100', sort: '-experience' },
} satisfies Record<string, Partial<Record<ParameterName, string>>>

/** The conversations to look at first; and those to learn from. */
export function FirstConversations({ figures, asked }: { figures: Figures | undefined; asked: URLSearchParams | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [which, setWhich] = useState<keyof typeof LISTS>('worst')
  const counted = asked && figures ? countedWith(asked, figures) : null
  const filter = counted && withParameters(counted, LISTS[which])
  const first = useFirst(filter, COUNT)
  const items = first.data?.items
  return (
    <section className="first-ones paper" aria-labelledby="first-title" aria-busy={first.isFetching} data-testid="first-conversations">
      <header>
        <h2 id="first-title">{t(`first.${which}`)}</h2>
        <span className="choice" role="group" aria-label={t('first.choice')}>
          {(['worst', 'best'] as const).map((one) => <button key={one} type="button" className={one === which ? 'button on' : 'button'} aria-pressed={one === which} onClick={() => setWhich(one)} data-testid={`first-${one}`}>{t(`first.button_${one}`)}</button>)}
        </span>
      </header>
      {first.error && !items && <ErrorLine error={first.error} onRetry={() => void first.refetch()} />}
      {!items && !first.error && <div className="ghosts">{[90, 72, 80, 66, 84].map((width) => <span key={width} className="ghost" style={{ width: `${width}%`, height: 13 }} />)}</div>}
      {items?.length === 0 && <p className="quiet none">{t('first.none')}</p>}
      <ol>
        {items?.map((item) => {
          const value = which === 'worst' ? item.scores.risk : item.scores.experience
          return (
            <li key={item.id}>
              <b className={which === 'worst' && item.high_risk ? 'tone-bad' : ''} title={t(which === 'worst' ? 'score.risk' : 'score.experience')}>{value === null ? t('app.dash') : format.count(value)}</b>
              <span className="what">
                <Link to={conversationAddress(item.id, filter!)} data-testid="first-one">{item.title || item.external_id}</Link>
                <span className="quiet">{item.worst.slice(0, 3).map((one) => format.title(one.title, one.rule)).join(t('app.separator')) || t('first.nothing')}</span>
              </span>
              <span className="quiet who">{[item.team, item.agent].filter(Boolean).join(' ')}</span>
            </li>
          )
        })}
      </ol>
      {counted && items && items.length > 0 && <p className="rest"><Link className="link" to={listOf(counted, LISTS[which])}>{t('first.all')}</Link></p>}
    </section>
  )
}
