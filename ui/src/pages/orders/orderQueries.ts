import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useAccount } from '../../api/account'
import { ApiError } from '../../api/client'
import {
  fetchAssignees, fetchOrder, fetchOrders, fetchUnanswered, openOrders, takeStep,
  type OpenedOrders, type OrderAct, type OrderChoice, type OrderPlan, type OrderWords, type WholeOrder,
} from '../../api/orders'

const LOOK_AGAIN_MS = 60_000

export function useOrders(filter: URLSearchParams, isOn = true) {
  return useInfiniteQuery({
    queryKey: ['orders', 'list', filter.toString()],
    queryFn: ({ pageParam, signal }) => fetchOrders(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: isOn,
  })
}

const WAITING = new URLSearchParams({ waiting: '1', limit: '1' })

/** How many wait for whoever is here; null while nobody has said. */
export function useWaiting(): number | null {
  const isKnown = useAccount().account !== null
  const { data } = useQuery({
    queryKey: ['orders', 'waiting'], queryFn: ({ signal }) => fetchOrders(WAITING, null, signal), refetchInterval: LOOK_AGAIN_MS, retry: false, enabled: isKnown,
  })
  return data?.counts.waiting ?? null
}

export function useOrder(number: number) {
  return useQuery({ queryKey: ['orders', 'one', number], queryFn: ({ signal }) => fetchOrder(number, signal) })
}

/** The orders of one conversation, for the marks on its cards. */
export function useOrdersOf(conversation: string) {
  return useQuery({
    queryKey: ['orders', 'of', conversation],
    queryFn: ({ signal }) => fetchOrders(new URLSearchParams({ conversation, state: 'all', limit: '200' }), null, signal),
  })
}

export function useUnanswered(parameters: URLSearchParams, isOn: boolean) {
  return useQuery({
    queryKey: ['orders', 'unanswered', parameters.toString()],
    queryFn: ({ signal }) => fetchUnanswered(parameters, signal), placeholderData: keepPreviousData, enabled: isOn,
  })
}

export function useAssignees(isOn: boolean) {
  return useQuery({ queryKey: ['orders', 'people'], queryFn: ({ signal }) => fetchAssignees(signal), enabled: isOn, staleTime: 5 * 60_000 })
}

export function useOpenOrders(onOpened: (opened: OpenedOrders) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ choice, plan }: { choice: OrderChoice; plan: OrderPlan }) => openOrders(choice, plan),
    onSuccess: (opened) => {
      void queries.invalidateQueries({ queryKey: ['orders'] })
      onOpened(opened)
    },
  })
}

/** The order as it is now, where somebody else was faster. */
export function orderOf(error: Error | null): WholeOrder | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null
  return (error.body as { order?: WholeOrder } | null)?.order ?? null
}

export function useStep(order: WholeOrder, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ act, changes, words }: { act: OrderAct; changes: number; words: OrderWords }) => takeStep(order.number, act, changes, words),
    onSuccess: (now) => {
      queries.setQueryData(['orders', 'one', now.number], now)
      void queries.invalidateQueries({ queryKey: ['orders'], predicate: ({ queryKey }) => queryKey[1] !== 'one' })
      onDone()
    },
  })
}
