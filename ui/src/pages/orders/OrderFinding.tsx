import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import type { OrderTurn, WholeOrder } from '../../api/orders'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { verdictTone } from '../../parts/VerdictChip'
import { player } from '../../player/player'
import { usePlayerState } from '../../player/usePlayer'
import { sentencesOf } from '../conversation/sentences'
import { findingOf, momentOf, speechOf } from './orderWords'
import { OrderWordsOf } from './OrderWordsOf'

const NO_FILTER = new URLSearchParams()

/** What was found, in a sentence, with the dialogue around it; it is heard from three seconds before. */
export function OrderFinding({ order }: { order: WholeOrder }) {
  const { t } = useTranslation()
  const format = useFormat()
  const speech = useMemo(() => speechOf(order, t), [order, t])
  const finding = useMemo(() => findingOf(order), [order])
  const { id, title, started_ms } = order.conversation
  const address = conversationAddress(id, NO_FILTER, order.turn ?? undefined)
  return (
    <section className="paper order-finding" aria-labelledby="found-title">
      <h2 id="found-title">{t('orders.found')}</h2>
      {sentencesOf(finding, speech).map((sentence, index) => <p key={index} className={index === 0 ? `sentence ${verdictTone(order.verdict)}` : 'quiet'}>{sentence}</p>)}
      <p className="quiet">
        {order.sees_conversation && order.is_there ? <Link className="link" to={address} data-testid="order-conversation">{title}</Link> : <b>{title}</b>}
        {started_ms !== null && <> · {format.dayTime(started_ms)}</>} · {t(`channel.${order.conversation.channel}`, { defaultValue: order.conversation.channel })}
        {order.sees_conversation && order.recording_ms !== null && <Listen order={order} durationMs={order.recording_ms} />}
      </p>
      {!order.is_there && <p className="quiet">{t('orders.conversation_gone')}</p>}
      {order.turns.map((turn) => <Line key={turn.index} turn={turn} order={order} time={speech.moment.at(turn.start_ms, turn.index)} />)}
    </section>
  )
}

function Line({ turn, order, time }: { turn: OrderTurn; order: WholeOrder; time: string }) {
  const { t } = useTranslation()
  return (
    <div className={`order-turn ${turn.role}${turn.index === order.turn ? ' here' : ''}`} data-testid="order-turn" data-turn={turn.index}>
      <time>{time}</time>
      <em>{turn.speaker ?? t(`role.${turn.role}`)}</em>
      <p><OrderWordsOf turn={turn} order={order} /></p>
    </div>
  )
}

function Listen({ order, durationMs }: { order: WholeOrder; durationMs: number }) {
  const { t } = useTranslation()
  const state = usePlayerState()
  const { id } = order.conversation
  const isHere = state.id === id
  const isPlaying = isHere && (state.status === 'playing' || state.status === 'waiting')
  const moment = momentOf(order) ?? 0
  const toggle = () => {
    if (isPlaying) return player.pause()
    player.open({ id, durationMs, skipped: [] }, moment)
    player.listenTo(moment)
    player.play()
  }
  useKeyboard({ ' ': toggle })
  useEffect(() => () => player.pause(), [id])
  return (
    <button type="button" className="button listen" aria-pressed={isPlaying} onClick={toggle} data-testid="order-listen">
      <kbd aria-hidden="true">{t('player.space')}</kbd> {isPlaying ? t('player.pause') : t('orders.listen')}
      {isHere && state.failure && <span className="late" role="alert"> {t('player.failed')}</span>}
    </button>
  )
}
