import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { useConversation } from '../../api/queries'
import type { Answer, Drawn, ReviewItem } from '../../api/review'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { ErrorLine, FailedState } from '../../parts/PageState'
import { VerdictChip } from '../../parts/VerdictChip'
import { useListening } from '../conversation/listening'
import { RuleText } from '../conversation/FindingCard'
import { makeMoment } from '../conversation/moment'
import { sentencesOf, type Speech } from '../conversation/sentences'
import { answersTo } from './answers'
import { ConflictNote } from './ConflictNote'
import { foundOf } from './foundOf'
import { JudgeBar } from './JudgeBar'
import { MakeTest } from './MakeTest'
import { ReasonAsk } from './ReasonAsk'
import { ReviewTalk } from './ReviewTalk'
import { SaidLine } from './SaidLine'
import { standingAt, useJudging, useSaid } from './useSaid'

interface Props { item: ReviewItem; at: number; drawn: Drawn; onAnswer: (answer: Answer | null) => void; onBack: () => void }

export function ReviewCard(props: Props) {
  const { t } = useTranslation()
  const conversation = useConversation(props.item.conversation)
  if (conversation.data) return <Card {...props} conversation={conversation.data} />
  if (conversation.error) return <FailedState error={conversation.error} onRetry={() => void conversation.refetch()} />
  return <p className="state" role="status" aria-busy="true">{t('app.loading')}</p>
}

/** One finding to be judged: what the rule says, the few lines around it, and three keys. */
function Card({ item, at, drawn, conversation, onAnswer, onBack }: Props & { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const found = useMemo(() => foundOf(conversation, item), [conversation, item])
  const speech: Speech = useMemo(() => ({ t, conversation, moment: makeMoment(conversation, t) }), [t, conversation])
  const { said, keep } = useSaid(conversation.id)
  const judging = useJudging(conversation.id, said.data, keep)
  const { listen, playFrom } = useListening(conversation, found)
  const standing = standingAt(said.data, item.rule, item.turn)
    ?? said.data?.judgements.find((one) => one.stands && one.rule === item.rule && item.turn === null)
  const can = answersTo(item.verdict)
  const rule = conversation.rules.find((one) => one.rule === item.rule)

  const answer = async (word: Answer, reason: string | null = null, note: string | null = null) => {
    const stands = await judging.say({ rule: item.rule, turn: item.turn, answer: word, reason, note, drawn })
    if (stands) onAnswer(word)
  }
  const choose = (word: Answer) => {
    // Where nothing was found, "wrong" can only mean that something was missed.
    const meant = can.includes(word) ? word : word === 'wrong' ? 'missed' : null
    if (!meant || judging.isBusy) return
    if (meant === 'agree') void answer('agree')
    else judging.ask({ rule: item.rule, turn: item.turn, answer: meant })
  }
  const undo = () => {
    if (!standing) onBack()
    else void judging.withdraw(standing.number).then((isGone) => isGone && onAnswer(null))
  }
  const open = () => navigate(`/conversations/${encodeURIComponent(item.conversation)}${item.turn ? `#turn-${item.turn}` : ''}`)
  useKeyboard({
    a: () => choose('agree'), A: () => choose('agree'), w: () => choose('wrong'), W: () => choose('wrong'), m: () => choose('missed'), M: () => choose('missed'),
    u: undo, U: undo, z: undo, Enter: open, ' ': playFrom ? () => listen(found, true) : undefined,
  })
  const meta = [conversation.title || conversation.external_id, conversation.agent, conversation.started_ms === null ? null : format.dayTime(conversation.started_ms)]
  return (
    <article className="paper review-card" data-testid="review-card" data-rule={item.rule} data-stratum={item.stratum} aria-labelledby="review-rule">
      <header>
        <p className="quiet">{t('review.card', { at: at + 1 })} · {t(`review.stratum.${item.stratum}`)}</p>
        <h2 id="review-rule"><VerdictChip verdict={item.verdict} /> {format.title(item.title, item.rule)}</h2>
        {found && sentencesOf(found.finding, speech).map((sentence, index) => <p key={index}>{sentence}</p>)}
        <p className="quiet">{meta.filter(Boolean).join(' · ')}</p>
        {rule?.text && <RuleText text={rule.text} />}
      </header>
      <ReviewTalk conversation={conversation} found={found} turn={item.turn} speech={speech} onPlay={playFrom} />
      <footer>
        <p><b>{t(`review.ask.${item.stratum}`)}</b></p>
        <JudgeBar can={can} said={standing?.answer} isBusy={judging.isBusy} onAnswer={choose} />
        <span className="review-more">
          {playFrom && <button type="button" onClick={() => listen(found, true)} data-testid="review-play"><kbd>{t('player.space')}</kbd> {t('review.play')}</button>}
          <button type="button" onClick={open} data-testid="review-open"><kbd>Enter</kbd> {t('review.open')}</button>
          <button type="button" onClick={undo} data-testid="review-undo"><kbd>u</kbd> {t('review.undo')}</button>
        </span>
        {judging.asking && <ReasonAsk answer={judging.asking.answer} isBusy={judging.isBusy} onSay={(reason, note) => void answer(judging.asking!.answer, reason, note)} onCancel={judging.leave} />}
        {judging.conflict && (
          <ConflictNote
            conflict={judging.conflict} isBusy={judging.isBusy} onLeave={() => {
              onAnswer(judging.conflict!.standing.answer)
              judging.leave()
            }}
            onReplace={() => void judging.replace().then((stands) => stands && onAnswer(judging.conflict!.word.answer))}
          />
        )}
        {judging.error && <ErrorLine error={judging.error} />}
        {standing && <SaidLine said={standing} />}
        {standing && standing.answer !== 'agree' && (
          <MakeTest
            rule={item.rule} kind={rule?.kind ?? 'never'} conversation={conversation.id} turn={standing.turn}
            answer={standing.answer} reason={standing.reason}
          />
        )}
      </footer>
    </article>
  )
}
