/** What the address of the list says. `tab`: mine (absent), all, unanswered. */
export type OrdersTab = 'mine' | 'all' | 'unanswered'

export const FILTERS = ['state', 'overdue', 'rule', 'team', 'agent'] as const

export const tabOf = (search: URLSearchParams): OrdersTab => {
  const tab = search.get('tab')
  return tab === 'all' || tab === 'unanswered' ? tab : 'mine'
}

/** The parameters of GET /api/v1/orders. */
export function askedOf(search: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams()
  if (tabOf(search) === 'mine') asked.set('mine', '1')
  for (const name of FILTERS) {
    const value = search.get(name)
    if (value) asked.set(name, value)
  }
  return asked
}

/** The address with one thing changed; null takes it out. */
export function withChange(search: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  return `/orders${text ? `?${text}` : ''}`
}
