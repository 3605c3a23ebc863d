import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router-dom'
import { useFacets } from '../../api/queries'
import type { TrendStep } from '../../api/figures'
import type { Facets } from '../../api/types'
import { askedWith } from './figureFilter'
import { spanOf, stepOf, type Span } from './span'

export type ChangeOverview = (changes: Record<string, string | null>) => void

export interface Overview {
  search: URLSearchParams
  facets: Facets | undefined
  span: Span | null
  /** What figures are asked with; null until it is known which days have something. */
  asked: URLSearchParams | null
  /** How finely a line shows these days. */
  step: TrendStep
  change: ChangeOverview
  error: Error | null
  retry: () => void
}

/** The days and the filter that the overview, its heat map and its trend share: they are the address. */
export function useOverview(): Overview {
  const [search, setSearch] = useSearchParams()
  const facets = useFacets()
  const address = search.toString()
  const newest = facets.data ? facets.data.to_ms : undefined
  const span = useMemo(() => (newest === undefined ? null : spanOf(new URLSearchParams(address), newest)), [address, newest])
  const asked = useMemo(() => span && askedWith(new URLSearchParams(address), span), [address, span])
  const step = stepOf(span?.from ?? facets.data?.from_ms ?? null, span?.to ?? facets.data?.to_ms ?? null)
  const change: ChangeOverview = useCallback((changes) => setSearch((before) => {
    const next = new URLSearchParams(before)
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    return next
  }, { preventScrollReset: true }), [setSearch])
  return { search, facets: facets.data, span, asked, step, change, error: facets.data ? null : facets.error, retry: () => void facets.refetch() }
}
