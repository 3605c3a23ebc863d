import { get, send } from './client'

export type PersonKind = 'customer' | 'agent'

export interface Identity { kind: string; value: string }

/** Why two identities are one person's. */
export interface PersonLink {
  number: number
  a: Identity
  b: Identity
  source: string | null
  place: string | null
  made_ms: number | null
  import: number | null
  is_undone: boolean
  /** Whether it holds its two ends together, and why not. */
  joins?: boolean
  why_not?: 'undone' | 'shared' | 'too_large' | null
}

export interface Person {
  number: number
  kind: PersonKind
  name: string | null
  identities: Identity[]
  links: PersonLink[]
  /** More than are told. */
  links_more?: boolean
  contacts: number
  contacts_more?: boolean
  /** The newest contacts; only of one person asked for by number. */
  conversations?: { id: string; external_id: string; title: string | null; started_ms: number | null }[]
}

export interface PeoplePage { people: Person[]; next: string | null }

export const fetchPeople = (kind: PersonKind, q: string, after: string | null, signal: AbortSignal) =>
  get<PeoplePage>('people', new URLSearchParams({ kind, limit: '50', ...(q ? { q } : {}), ...(after ? { after } : {}) }), signal)
export const fetchPerson = (number: number, signal: AbortSignal) => get<Person>(`people/${number}`, undefined, signal)
/** Answers whom its two ends belong to now: one person, or two. */
export const changeLink = (link: number, change: 'undo' | 'redo') => send<{ people: Person[] }>('POST', `people/links/${link}/${change}`)
