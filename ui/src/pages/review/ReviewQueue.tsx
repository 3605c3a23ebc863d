import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useReadAhead } from '../../api/queries'
import type { Answer, Review, ReviewItem } from '../../api/review'
import { useKeyboard } from '../../parts/keyboard'
import { ReviewCard } from './ReviewCard'
import { ReviewOutcome } from './ReviewOutcome'
import { useSaidAhead } from './useSaid'

const keyOf = (item: ReviewItem) => `${item.conversation} ${item.rule} ${item.turn ?? 0}`

/** One card after the other; where one is and how far, and at the end what came out of it. */
export function ReviewQueue({ review, onRead, onChange, onAgain }: {
  review: Review; onRead: () => Promise<unknown>; onChange: () => void; onAgain: () => void
}) {
  const { t } = useTranslation()
  const { items } = review
  // Answers given since the draw was read; null: taken back.
  const [given, setGiven] = useState<ReadonlyMap<string, Answer | null>>(new Map())
  const answerOf = useCallback((item: ReviewItem) => {
    const key = keyOf(item)
    return given.has(key) ? given.get(key) ?? null : item.judgement?.answer ?? null
  }, [given])
  const done = items.filter((item) => answerOf(item) !== null).length
  const [at, setAt] = useState(() => Math.max(0, items.findIndex((item) => !item.judgement)))
  const [showsOutcome, showOutcome] = useState(done === items.length)

  const conclude = async () => {
    await onRead()
    showOutcome(true)
  }
  const go = (to: number) => {
    showOutcome(false)
    setAt(Math.min(Math.max(to, 0), items.length - 1))
  }
  const onAnswer = (item: ReviewItem, answer: Answer | null) => {
    const next = new Map(given).set(keyOf(item), answer)
    setGiven(next)
    if (answer === null) return
    const isOpen = (one: ReviewItem) => (next.has(keyOf(one)) ? next.get(keyOf(one)) === null : !one.judgement)
    const later = items.findIndex((one, index) => index > at && isOpen(one))
    const any = later >= 0 ? later : items.findIndex(isOpen)
    if (any >= 0) go(any)
    else void conclude()
  }
  useKeyboard({ j: () => go(at + 1), k: () => go(showsOutcome ? at : at - 1), ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1) })
  const ahead = items[at + 1]?.conversation ?? null
  useReadAhead(ahead, () => {})
  useSaidAhead(ahead)
  const item = items[at]!
  const drawn = useMemo(() => ({ rule: review.rule, seed: review.seed, take: review.take, populations: review.populations }), [review])
  return (
    <>
      <header className="review-head">
        <progress max={items.length} value={done} aria-label={t('review.progress', { done, all: items.length })} />
        <b data-testid="review-progress">{t('review.progress', { done, all: items.length })}</b>
        <ol className="review-steps" aria-label={t('review.page')}>
          {items.map((one, index) => {
            const answer = answerOf(one)
            return (
              <li key={keyOf(one)}>
                <button
                  type="button" className={answer ? `step ${answer}` : 'step'} aria-current={index === at && !showsOutcome ? 'step' : undefined} onClick={() => go(index)}
                  aria-label={[t('review.card', { at: index + 1 }), answer && t(`review.answer.${answer}`)].filter(Boolean).join(' · ')}
                />
              </li>
            )
          })}
        </ol>
        {(!showsOutcome || done < items.length) && <button type="button" className="link" onClick={() => (showsOutcome ? go(Math.max(0, items.findIndex((one) => answerOf(one) === null))) : void conclude())} data-testid="so-far">{t(showsOutcome ? 'review.next_unjudged' : 'review.so_far')}</button>}
        <button type="button" className="link" onClick={onChange}>{t('review.change')}</button>
      </header>
      {showsOutcome
        ? <ReviewOutcome review={review} isDone={done === items.length} onAgain={onAgain} />
        : <ReviewCard key={keyOf(item)} item={item} at={at} drawn={drawn} onAnswer={(answer) => onAnswer(item, answer)} onBack={() => go(at - 1)} />}
    </>
  )
}
