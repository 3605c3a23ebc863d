import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { MakeTest } from '../review/MakeTest'
import { SaidLine } from '../review/SaidLine'
import type { Conversation } from '../../api/types'
import type { Acts } from './FindingActs'
import type { Found } from './found'
import { beforeOf, judgedElsewhere } from './judged'

/** What people said where no finding is: what a rule has missed, and what an earlier inspection had found. */
export function Elsewhere({ conversation, findings, acts }: { conversation: Conversation; findings: Found[]; acts: Acts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const others = judgedElsewhere(findings, acts.said)
  if (others.length === 0) return null
  return (
    <section className="record elsewhere" aria-labelledby="elsewhere-title" data-testid="elsewhere">
      <h2 id="elsewhere-title">{t('review.elsewhere')}<span className="quiet">{format.count(others.length)}</span></h2>
      {others.map((one) => (
        <article key={one.number} className="card">
          <p className="open">
            <b>{format.title(one.title, one.rule)}</b>
            {one.turn !== null && <> <a className="link" href={`#turn-${one.turn}`}>{t('time.turn', { turn: one.turn })}</a></>}
          </p>
          <SaidLine said={one} older={beforeOf(acts.said, one)} isBusy={acts.judging.isBusy} onUndo={acts.mayJudge ? () => void acts.judging.withdraw(one.number) : undefined} />
          {acts.mayJudge && one.answer === 'missed' && one.has_rule && (
            <div className="more">
              <MakeTest
                rule={one.rule} kind={conversation.rules.find((rule) => rule.rule === one.rule)?.kind ?? 'never'} conversation={conversation.id} turn={one.turn}
                answer="missed" reason={one.reason}
              />
            </div>
          )}
        </article>
      ))}
    </section>
  )
}
