import { useCallback, useState, type RefObject } from 'react'
import { addComment, changeComment, removeComment, type Comment, type Said } from '../../api/review'
import { spanOf, type TurnSpan } from './turnSpan'

export interface Comments {
  byTurn: Map<number, Comment[]>
  /** Where somebody writes now. */
  draft: TurnSpan | null
  error: Error | null
  isBusy: boolean
  /** At a line, or at its words that are selected. */
  open: (turn: number) => void
  /** At the words that are selected, wherever. */
  openSelected: (otherwise: number | null) => void
  close: () => void
  add: (body: string) => void
  change: (comment: Comment, body: string) => Promise<boolean>
  remove: (comment: Comment) => void
}

/** Comments of a conversation: to the words that are selected, else to the whole line. */
export function useComments(id: string, said: Said | undefined, keep: (next: Said) => void, talk: RefObject<HTMLElement>): Comments {
  const [draft, setDraft] = useState<TurnSpan | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const doing = async (action: () => Promise<Said>): Promise<boolean> => {
    setBusy(true)
    setError(null)
    try {
      keep(await action())
      setDraft(null)
      return true
    } catch (cause) {
      setError(cause as Error)
      return false
    } finally {
      setBusy(false)
    }
  }
  const byTurn = new Map<number, Comment[]>()
  for (const comment of said?.comments ?? []) byTurn.set(comment.turn, [...(byTurn.get(comment.turn) ?? []), comment])
  const open = useCallback((turn: number) => {
    const span = spanOf(window.getSelection(), talk.current)
    setError(null)
    setDraft(span?.turn === turn ? span : { turn })
  }, [talk])
  const openSelected = (otherwise: number | null) => {
    const span = spanOf(window.getSelection(), talk.current)
    setError(null)
    setDraft(span ?? (otherwise === null ? null : { turn: otherwise }))
  }
  return {
    byTurn, draft, error, isBusy, open, openSelected,
    close: () => {
      setDraft(null)
      setError(null)
    },
    add: (body) => {
      if (draft) void doing(() => addComment(id, { ...draft, body }))
    },
    change: (comment, body) => doing(() => changeComment(id, { number: comment.number, changes: comment.changes, body })),
    remove: (comment) => void doing(() => removeComment(id, comment.number)),
  }
}
