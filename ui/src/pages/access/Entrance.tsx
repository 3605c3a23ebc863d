import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, type ReactNode } from 'react'
import { accountQuery } from '../../api/account'
import { SessionEndedBar } from './SessionEndedBar'

const SignInPage = lazy(async () => ({ default: (await import('./SignInPage')).SignInPage }))

/** Before everything: who is not signed in where people have accounts sees nothing else. A server that can't say is the pages' business. */
export function Entrance({ children }: { children: ReactNode }) {
  const { data, isPending, isFetched } = useQuery(accountQuery)
  // Some milliseconds. Where nothing answered the pages stand, and say so, also while it is asked again.
  if (isPending && !isFetched) return null
  if (data?.number === null) return <Suspense fallback={null}><SignInPage /></Suspense>
  return <>{children}<SessionEndedBar /></>
}
