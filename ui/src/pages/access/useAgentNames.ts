import { useQuery } from '@tanstack/react-query'
import { fetchFacets } from '../../api/client'

/** Agents as conversations name them, to be chosen from. */
export function useAgentNames(): string[] {
  const facets = useQuery({ queryKey: ['facets'], queryFn: ({ signal }) => fetchFacets(signal) })
  return facets.data?.agents ?? []
}
