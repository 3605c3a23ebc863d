import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/client'
import {
  cancelImport, fetchImport, fetchImports, fetchMappings, fetchRefusals, isAtRest, startImport, undoImport, type Import, type Mapping,
} from '../../api/imports'

const LOOK_AGAIN_MS = 1_000

export function useImports() {
  return useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam, signal }) => fetchImports(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some((one) => !isAtRest(one.state))) ? LOOK_AGAIN_MS : false),
  })
}

export function useImport(number: number) {
  return useQuery({
    queryKey: ['import', number],
    queryFn: ({ signal }) => fetchImport(number, signal),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data && !isAtRest(query.state.data.state) ? LOOK_AGAIN_MS : false),
  })
}

export function useRefusals(one: Import, isWanted: boolean) {
  return useInfiniteQuery({
    queryKey: ['refusals', one.number, one.refusals],
    queryFn: ({ pageParam, signal }) => fetchRefusals(one.number, pageParam, 50, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: isWanted,
  })
}

export function useMappings() {
  return useQuery({ queryKey: ['mappings'], queryFn: ({ signal }) => fetchMappings(signal), staleTime: 0 })
}

/** Starting, cancelling and undoing; afterwards all that an import can change is read again. */
export function useImportActs(number: number) {
  const queries = useQueryClient()
  const settled = (answer: Import | undefined) => {
    if (answer?.state) queries.setQueryData(['import', number], answer)
    void queries.invalidateQueries({ queryKey: ['import', number] })
    void queries.invalidateQueries({ queryKey: ['imports'] })
  }
  // Somebody else was faster: what it is now is the answer.
  const failed = (error: Error) => {
    if (error instanceof ApiError && error.status === 409) settled(undefined)
  }
  const start = useMutation({ mutationFn: (mappings: Record<string, Mapping>) => startImport(number, mappings), onSuccess: settled, onError: failed })
  const cancel = useMutation({ mutationFn: () => cancelImport(number), onSuccess: settled, onError: failed })
  const undo = useMutation({ mutationFn: () => undoImport(number), onSuccess: settled, onError: failed })
  return { start, cancel, undo }
}

/** What other pages show is of before: they read it again. */
export function useForgetRead() {
  const queries = useQueryClient()
  return () => {
    for (const queryKey of [['conversations'], ['summary'], ['facets'], ['status'], ['joins'], ['people'], ['conversation'], ['neighbours']]) {
      void queries.invalidateQueries({ queryKey })
    }
  }
}
