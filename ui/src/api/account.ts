// Who is signed in and what he may; the accounts of all; the trail of what was done.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { get, send } from './client'
import { noticeSessionEnded } from './session'

export type Role = 'agent' | 'reviewer' | 'manager'
export const ROLES: readonly Role[] = ['agent', 'reviewer', 'manager']

/** number 0: everybody at this machine, while nobody has an account. number null: nobody is signed in. */
export interface Account {
  number: number | null
  name: string
  role: Role | null
  /** Whose conversations are his. */
  agent: string
  has_accounts: boolean
}

/** Who was signed in last: when his session ends, the page stays his and a bar asks him to sign in again. */
let last: Account | null = null

async function readAccount(signal: AbortSignal): Promise<Account> {
  const now = await get<Account>('me', undefined, signal)
  if (now.number === null && last) {
    noticeSessionEnded()
    return last
  }
  last = now.number ? now : null
  return now
}

export const accountQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => readAccount(signal),
  staleTime: 5 * 60_000,
})

/** Whether somebody of this role may do what asks for `least`. */
export const mayAs = (role: Role | null, least: Role) => role !== null && ROLES.indexOf(role) >= ROLES.indexOf(least)

/** account null: not known yet, or nobody is signed in. */
export function useAccount() {
  const { data } = useQuery(accountQuery)
  const account = data && data.number !== null ? data : null
  return { account, may: (least: Role) => account !== null && mayAs(account.role, least) }
}

export async function signIn(name: string, password: string): Promise<Account> {
  return (last = await send<Account>('POST', 'sign-in', { name, password }))
}

export async function makeFirst(token: string, name: string, password: string): Promise<Account> {
  return (last = await send<Account>('POST', 'first', { token, name, password }))
}

export const changePassword = (current: string, password: string) => send<object>('POST', 'me/password', { current, password })

export async function signOut() {
  await send<Account>('POST', 'sign-out', {})
  last = null
}

// ---- sessions ----

export interface Session {
  number: number
  kind: 'browser' | 'key'
  name: string
  address: string
  created_ms: number
  seen_ms: number
  /** null: a key, until it is taken back. */
  ends_ms: number | null
  is_current: boolean
}

export const fetchSessions = (signal: AbortSignal) => get<{ sessions: Session[] }>('me/sessions', undefined, signal)
export const endSession = (number: number) => send<{ sessions: Session[] }>('DELETE', `me/sessions/${number}`)

// ---- accounts, for managers ----

export interface AccountRow {
  number: number
  name: string
  role: Role
  agent: string
  is_disabled: boolean
  changes: number
  created_ms: number
  changed_ms: number
  seen_ms: number | null
}

export interface AccountDraft {
  name: string
  role: Role
  agent: string
  password?: string
}

export const fetchAccounts = (signal: AbortSignal) => get<{ accounts: AccountRow[] }>('accounts', undefined, signal)
export const addAccount = (draft: AccountDraft) => send<AccountRow>('POST', 'accounts', draft)
/** changes: the state that was seen; 409 with `now` when it is another by now. */
export const changeAccount = (number: number, draft: AccountDraft & { is_disabled: boolean; changes: number }) =>
  send<AccountRow>('PUT', `accounts/${number}`, draft)
export const endAllSessions = (number: number) => send<object>('DELETE', `accounts/${number}/sessions`)

// ---- the trail ----

export interface AuditEntry {
  number: number
  at_ms: number
  /** 0: at the machine itself; -1: nobody who was signed in. */
  account: number
  name: string
  action: string
  subject: string
  detail: string
}

export const fetchAudit = (filter: URLSearchParams, after: number | null, signal: AbortSignal) => {
  const parameters = new URLSearchParams(filter)
  if (after) parameters.set('after', String(after))
  return get<{ entries: AuditEntry[]; next: number | null }>('audit', parameters, signal)
}
