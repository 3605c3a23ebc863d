import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Comment } from '../../api/review'
import type { Turn } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { useBy } from '../review/by'
import { useMyNumber } from '../review/mayJudge'
import { sliceOf } from './marks'
import type { Comments } from './useComments'

const quoteOf = (turn: Turn, one: { from?: number | null; to?: number | null }) => (one.to ? sliceOf(turn.text, one.from ?? 0, one.to) : null)

/** Beside a line: what people wrote to it, and where one writes. */
export function TurnComments({ turn, comments }: { turn: Turn; comments: Comments }) {
  const own = comments.byTurn.get(turn.index) ?? []
  const isOpen = comments.draft?.turn === turn.index
  if (own.length === 0 && !isOpen) return null
  return (
    <div className="comments" data-testid="comments">
      {own.map((comment) => <CommentNote key={`${comment.number}-${comment.changes}`} turn={turn} comment={comment} comments={comments} />)}
      {isOpen && <CommentForm quote={quoteOf(turn, comments.draft!)} body="" comments={comments} onSay={comments.add} onCancel={comments.close} />}
    </div>
  )
}

function CommentNote({ turn, comment, comments }: { turn: Turn; comment: Comment; comments: Comments }) {
  const { t } = useTranslation()
  const format = useFormat()
  const by = useBy()
  const me = useMyNumber()
  const [isEdited, setEdited] = useState(false)
  const quote = quoteOf(turn, comment)
  if (isEdited) return <CommentForm quote={quote} body={comment.body} comments={comments} onSay={(body) => void comments.change(comment, body)} onCancel={() => setEdited(false)} />
  return (
    <article className="comment" data-testid="comment">
      {quote && <q>{t('app.quote', { text: quote })} </q>}
      <span className="body">{comment.body}</span>
      <footer>
        <span>{by(comment.by)} · {format.dayTime(comment.changed_ms ?? comment.made_ms)}{comment.changed_ms !== null && ` · ${t('review.edited')}`}</span>
        {comment.by.number === me && <button type="button" className="link" onClick={() => setEdited(true)} data-testid="edit-comment">{t('review.edit')}</button>}
        {comment.by.number === me && <button type="button" className="link" disabled={comments.isBusy} onClick={() => comments.remove(comment)} data-testid="remove-comment">{t('review.remove')}</button>}
      </footer>
    </article>
  )
}

function CommentForm({ quote, body, comments, onSay, onCancel }: {
  quote: string | null; body: string; comments: Comments; onSay: (body: string) => void; onCancel: () => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState(body)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      onCancel()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim()) onSay(text.trim())
  }
  return (
    <div className="comment-form" onKeyDown={onKey}>
      {quote && <q>{quote}</q>}
      <textarea ref={field} value={text} maxLength={1200} aria-label={t('review.comment')} placeholder={t('review.comment_placeholder')} onChange={(event) => setText(event.target.value)} data-testid="comment-text" />
      {comments.error && <ErrorLine error={comments.error} />}
      <span className="acts">
        <button type="button" className="button" disabled={comments.isBusy || !text.trim()} onClick={() => onSay(text.trim())} data-testid="save-comment">{t('review.save')}</button>
        <button type="button" className="link" onClick={onCancel}>{t('review.cancel')}</button>
        <span className="faint">{t('review.save_key')}</span>
      </span>
    </div>
  )
}
