import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { checkText, fetchRule, fetchRules, fetchVocabulary, type Draft, type RuleDetail, type SharedPart } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { lexiconOf } from './editor/words'
import { namesOf, type Names } from './sentence/names'

export const useRules = () => useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => fetchRules(signal) })

export const useRule = (rule: string) => useQuery({ queryKey: ['rule', rule], queryFn: ({ signal }) => fetchRule(rule, signal) })

/** What was saved, tested or published is shown at once, and read again where it is counted. */
export function useRuleChanged(rule: string) {
  const queries = useQueryClient()
  return {
    /** Also looks whether somebody published meanwhile. */
    saved(draft: Draft) {
      this.draft(draft)
      void queries.invalidateQueries({ queryKey: ['rule', rule] })
    },
    version() {
      void queries.invalidateQueries({ queryKey: ['rule', rule], exact: true })
    },
    draft(draft: Draft | null, published?: string) {
      // An answer that is under way may be older than what is put in here.
      void queries.cancelQueries({ queryKey: ['rule', rule], exact: true })
      queries.setQueryData<RuleDetail>(['rule', rule], (before) => before && { ...before, draft, text: published ?? before.text })
      void queries.invalidateQueries({ queryKey: ['rules'], exact: true })
    },
    all() {
      for (const queryKey of [['rule', rule], ['rules'], ['versions', rule], ['rule-samples', rule], ['backtest', rule], ['summary'], ['conversations'], ['conversation']]) void queries.invalidateQueries({ queryKey })
    },
  }
}

const HOUR_MS = 3_600_000

export function useLexicon(isWanted: boolean) {
  const vocabulary = useQuery({ queryKey: ['vocabulary'], queryFn: ({ signal }) => fetchVocabulary(signal), staleTime: 5 * 60_000, gcTime: HOUR_MS, enabled: isWanted })
  const data = vocabulary.data
  return { lexicon: useMemo(() => (data ? lexiconOf(data) : null), [data]), query: vocabulary }
}

/** Names that a sentence needs: those of its own text, and those it shares with other rules. */
export function useNames(form: RuleDetail['form'], shared: SharedPart[]): Names {
  const { language } = useFormat()
  const text = shared.filter((part) => part.kind !== 'calendar').map((part) => part.text).join('\n\n')
  const known = useQuery({
    queryKey: ['shared', text], queryFn: ({ signal }) => checkText(null, text, signal), enabled: text !== '', staleTime: HOUR_MS, retry: false,
  })
  const sharedForm = known.data?.form
  return useMemo(() => namesOf(language, sharedForm, form), [language, sharedForm, form])
}
