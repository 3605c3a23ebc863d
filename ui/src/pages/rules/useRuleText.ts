import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client'
import { checkText, saveDraft, writeForm, type Draft, type Form, type Problem, type RuleDetail } from '../../api/rules'
import { useRuleChanged } from './ruleQueries'

const CHECK_PAUSE_MS = 300
const FORM_PAUSE_MS = 250
const NO_PROBLEMS: Problem[] = []

export interface RuleText {
  text: string
  setText(text: string): void
  form: Form | null
  /** False while the text has problems: the form shows what was last understood. */
  isFormCurrent: boolean
  setForm(form: Form): void
  formError: Error | null
  problems: Problem[]
  isChecking: boolean
  checkError: Error | null
  isDirty: boolean
  /** Somebody published another version since this text was begun. */
  isOutdated: boolean
  /** Saves when there is something to save; the draft as it then stands, or null where it could not be. */
  save(): Promise<Draft | null>
  isSaving: boolean
  saveError: Error | null
  conflict: { theirs: Draft | null } | null
  takeTheirs(): void
  keepMine(): void
  forgetConflict(): void
  /** What was saved elsewhere: a test run, a publication. What was typed meanwhile stays. */
  adopt(draft: Draft | null, published: string): void
  /** The published text again, whatever was typed. */
  discard(): void
}

/** The draft that this text goes on from. */
type Seen = Pick<Draft, 'changes' | 'version'>
const isSame = (one: Seen | null, other: Seen | null) => one?.changes === other?.changes && one?.version === other?.version

/** The text of a rule while it is written: checked as one types, one with its form, saved against the state that was seen. */
export function useRuleText(detail: RuleDetail): RuleText {
  const { rule } = detail
  const changed = useRuleChanged(rule)
  const [text, setText] = useState(detail.draft?.text ?? detail.text)
  const [saved, setSaved] = useState(text)
  const [seen, setSeen] = useState<Seen | null>(detail.draft)
  /** The version that stood there when a text without a draft was first changed. */
  const [base, setBase] = useState<number | null>(null)
  const [conflict, setConflict] = useState<{ theirs: Draft | null } | null>(null)
  const [checked, setChecked] = useState(text)
  const [pending, setPending] = useState<Form | null>(null)
  const [formError, setFormError] = useState<Error | null>(null)
  const lastForm = useRef<Form | null>(detail.draft ? null : detail.form)
  const latest = useRef(text)
  latest.current = text
  const against = useRef(seen)
  against.current = seen
  const underway = useRef<{ words: string; answer: Promise<Draft | null> } | null>(null)
  const isDirty = text !== saved
  const version = detail.version ?? 0

  useEffect(() => {
    const timer = window.setTimeout(() => setChecked(text), CHECK_PAUSE_MS)
    return () => window.clearTimeout(timer)
  }, [text])
  const check = useQuery({
    queryKey: ['rule-check', rule, checked], queryFn: ({ signal }) => checkText(rule, checked, signal), staleTime: Infinity, gcTime: 60_000,
    placeholderData: (before) => before,
  })
  const understood = check.data && !check.isPlaceholderData ? check.data.form : null
  // What was understood before a change of the form is older than the form.
  if (understood && !pending) lastForm.current = understood

  // The form is written as text a moment after it was changed; what was typed meanwhile stays.
  useEffect(() => {
    if (!pending) return
    const stop = new AbortController()
    const before = latest.current
    const timer = window.setTimeout(() => {
      writeForm(pending, 'as_written', stop.signal).then(({ text: written }) => {
        if (latest.current === before) {
          setText(written)
          setChecked(written)
        }
        setFormError(null)
        setPending(null)
      }, (error: Error) => {
        if (!stop.signal.aborted) setFormError(error)
      })
    }, FORM_PAUSE_MS)
    return () => {
      window.clearTimeout(timer)
      stop.abort()
    }
  }, [pending])

  const take = (draft: Draft | null, published: string, typed: 'kept' | 'dropped') => {
    const next = draft?.text ?? published
    setSeen(draft)
    setSaved(next)
    if (typed === 'dropped' || !isDirty) setText(next)
    setBase(null)
    changed.draft(draft, published)
  }
  const saving = useMutation({
    mutationFn: ({ words, against }: { words: string; against: Seen | null }) => saveDraft(rule, words, against?.changes ?? null, against ? against.version : base ?? version),
    onSuccess: (draft, { words }) => {
      setSaved(words)
      setSeen(draft)
      against.current = draft
      setConflict(null)
      changed.saved(draft)
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.status !== 409) return
      setConflict({ theirs: (error.body as { draft?: Draft | null } | null)?.draft ?? null })
      changed.version() // where the draft is gone, its text is shown beside what is published now
    },
  })
  // What another saved is taken over where nothing here would be lost.
  const incoming = detail.draft
  useEffect(() => {
    if (incoming && !isSame(incoming, seen) && !isDirty && !conflict) {
      setText(incoming.text)
      setSaved(incoming.text)
      setSeen(incoming)
    }
  }, [incoming, seen, isDirty, conflict])
  const published = detail.text
  useEffect(() => {
    if (!incoming && !isDirty && !conflict && published !== '') {
      setText(published)
      setSaved(published)
      setSeen(null)
    }
  }, [incoming, isDirty, conflict, published])
  useEffect(() => {
    setBase((before) => (isDirty ? before ?? version : null))
  }, [isDirty, version])

  const begunOn = seen?.version ?? base
  const isFormCurrent = pending !== null || (!!understood && checked === text)
  const isConflict = saving.error instanceof ApiError && saving.error.status === 409
  return {
    text, setText: (next) => {
      setText(next)
      if (pending) setPending(null)
    },
    form: pending ?? understood ?? lastForm.current, isFormCurrent, formError,
    setForm: (form) => {
      lastForm.current = form
      setPending(form)
    },
    problems: check.data?.problems ?? NO_PROBLEMS, isChecking: check.isFetching || checked !== text, checkError: check.error,
    isDirty, isOutdated: begunOn !== null && begunOn < version, isSaving: saving.isPending, saveError: isConflict ? null : saving.error, conflict,
    save: () => {
      if (!isDirty && incoming) return Promise.resolve(incoming)
      // One after the other: a second one before the first was answered would find a change that is one's own.
      const before = underway.current
      const words = latest.current
      if (before?.words === words) return before.answer
      const answer = (before?.answer ?? Promise.resolve(null))
        .then(() => saving.mutateAsync({ words, against: against.current }))
        .catch(() => null) // shown as saveError, or as a conflict
        .finally(() => {
          if (underway.current?.answer === answer) underway.current = null
        })
      underway.current = { words, answer }
      return answer
    },
    takeTheirs: () => {
      take(conflict?.theirs ?? null, detail.text, 'dropped')
      setConflict(null)
    },
    keepMine: () => {
      if (!conflict?.theirs) setBase(version) // what is published now was shown beside it
      saving.mutate({ words: latest.current, against: conflict?.theirs ?? null })
    },
    forgetConflict: () => setConflict(null),
    adopt: (draft, published) => take(draft, published, 'kept'),
    discard: () => take(null, detail.text, 'dropped'),
  }
}
