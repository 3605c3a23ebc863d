import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { ApiError } from '../../api/client'
import { fetchSaid, putWord, withdrawWord, type Answer, type Judgement, type Said, type Word } from '../../api/review'

const keyOf = (id: string) => ['said', id]
const saidQuery = (id: string) => queryOptions({ queryKey: keyOf(id), queryFn: ({ signal }) => fetchSaid(id, signal) })

/** Reads it ahead of its conversation's turn; silent when it cannot be read. */
export function useSaidAhead(id: string | null) {
  const queries = useQueryClient()
  useEffect(() => {
    if (id) void queries.prefetchQuery(saidQuery(id))
  }, [id, queries])
}

/** What people said about a conversation, and a way to put newer answers in its place. */
export function useSaid(id: string) {
  const queries = useQueryClient()
  const said = useQuery(saidQuery(id))
  const keep = useCallback((next: Said) => queries.setQueryData(keyOf(id), next), [queries, id])
  return { said, keep }
}

export function standingAt(said: Said | undefined, rule: string, turn: number | null): Judgement | undefined {
  return said?.judgements.find((one) => one.stands && one.rule === rule && one.turn === turn)
}

/** A reason is asked for before wrong or missed is said. */
export interface Asking { rule: string; turn: number | null; answer: Answer }
/** Somebody else's word stands where one wants to say another. */
export interface Conflict { word: Word; standing: Judgement }

export interface Judging {
  asking: Asking | null
  conflict: Conflict | null
  error: Error | null
  isBusy: boolean
  ask: (asking: Asking | null) => void
  /** True when it stands. */
  say: (word: Word) => Promise<boolean>
  withdraw: (number: number) => Promise<boolean>
  replace: () => Promise<boolean>
  leave: () => void
}

export function useJudging(id: string, said: Said | undefined, keep: (next: Said) => void): Judging {
  const [asking, ask] = useState<Asking | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)

  const doing = useCallback(async (action: () => Promise<Said>, onConflict?: () => Promise<void>): Promise<boolean> => {
    setBusy(true)
    setError(null)
    try {
      keep(await action())
      ask(null)
      setConflict(null)
      return true
    } catch (cause) {
      if (onConflict && cause instanceof ApiError && cause.status === 409) await onConflict().catch((later: Error) => setError(later))
      else setError(cause as Error)
      return false
    } finally {
      setBusy(false)
    }
  }, [keep])

  const say = useCallback((word: Word): Promise<boolean> => {
    const mine = standingAt(said, word.rule, word.turn)
    return doing(() => putWord(id, word), async () => {
      const now = await fetchSaid(id, new AbortController().signal)
      keep(now)
      const standing = standingAt(now, word.rule, word.turn) ?? mine
      if (standing) setConflict({ word, standing })
    })
  }, [id, said, keep, doing])

  return useMemo(() => ({
    asking, conflict, error, isBusy, say,
    ask: (next) => {
      setError(null)
      ask(next)
    },
    withdraw: (number) => doing(() => withdrawWord(id, number)),
    replace: async () => (conflict ? say({ ...conflict.word, replaces: conflict.standing.number }) : false),
    leave: () => {
      setConflict(null)
      setError(null)
      ask(null)
    },
  }), [asking, conflict, error, isBusy, say, doing, id])
}
