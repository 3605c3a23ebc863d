import { useContext } from 'react'
import { useTranslation } from 'react-i18next'
import { SCORE_NAMES, type Conversation, type ScoreName } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { RevealAct } from '../../parts/RevealAct'
import { RevealContext } from '../../parts/useReveal'
import { scoreTone } from '../../parts/score'

export function whyNoScore(conversation: Conversation, name: ScoreName): 'empty' | 'share' {
  return conversation.arithmetic[name].decided_share === null ? 'empty' : 'share'
}

export function TitleBlock({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const reveal = useContext(RevealContext)
  const { agent, team, customer, channel, started_ms, duration_ms, queue } = conversation
  // What is heard is what there is; what the record tells may be a second off.
  const length = conversation.recording?.duration_ms ?? duration_ms
  const meta = [
    customer && t('conversation.customer', { name: customer }),
    agent && t('conversation.agent', { name: agent }),
    team,
    queue !== team ? queue : null,
    started_ms === null ? t(`channel.${channel}`, { defaultValue: channel }) : `${t(`channel.${channel}`, { defaultValue: channel })} ${format.dayTime(started_ms)}`,
    length === null ? null : format.length(length),
    t('conversation.turns', { count: conversation.turns.length }),
    conversation.is_timed ? null : t('conversation.untimed'),
  ].filter(Boolean)
  return (
    <div className="head">
      <div className="who">
        <h1>
          {conversation.title || conversation.external_id}
          {conversation.high_risk && <span className="chip hit">{t('conversation.high_risk')}</span>}
          {conversation.tags.map((tag) => <span key={tag} className="chip noted">{tag}</span>)}
        </h1>
        <p aria-label={t('conversation.summary_line')}>{meta.map((part, index) => <span key={index}>{part}</span>)}{reveal && (conversation.masking?.covered ?? 0) > 0 && <RevealAct reveal={reveal} of="conversation" />}</p>
      </div>
      <div className="scores" role="group" aria-label={t('conversation.scores')}>
        {SCORE_NAMES.map((name) => {
          const value = conversation.scores[name]
          const tone = scoreTone(name, value)
          const why = value === null
            ? whyNoScore(conversation, name) === 'share'
              ? t('conversation.no_score_share', { percent: format.percent(conversation.arithmetic[name].decided_share ?? 0) })
              : t('conversation.no_score_empty')
            : undefined
          return (
            <div key={name} className={`score tone-${tone}`} title={why} data-testid={`score-${name}`}>
              <span>{t(`score.${name}`)}</span>
              <b>{value === null ? t('app.dash') : format.count(value)}</b>
              {why ? <small>{why}</small> : <i aria-hidden="true"><u style={{ width: `${value}%` }} /></i>}
            </div>
          )
        })}
      </div>
    </div>
  )
}
