// Every page of the interface, one row each: all house tests and the pictures walk this table.
//   path   its address, or how to find it (given `get` of the API)
//   shows  the data-testid, or the selector, by which it is there
//   asks   the reading request without which the page has nothing to show
//   empty  what that request answers where there is nothing yet, and the page must say so
const first = async (get, path, list) => (await get(path))[list][0]

const NO_ORDERS = { items: [], next: null, counts: { open: 0, answered: 0, appealed: 0, closed: 0, overdue: 0, waiting: 0 } }

export const PAGES = [
  { name: 'overview', path: '/overview?span=all', shows: 'measure', asks: 'figures' },
  { name: 'heat', path: '/overview/heat?span=all', shows: 'heat-cell', asks: 'figures/heat' },
  { name: 'trend', path: '/overview/trend?span=all', shows: 'trend-point', asks: 'figures/trend' },
  { name: 'list', path: '/conversations', shows: 'conversation-row', asks: 'conversations', empty: { total: 0, total_is_exact: true, items: [], next: null } },
  {
    name: 'conversation', shows: 'finding-card', asks: 'conversations/',
    path: async (get) => `/conversations/${(await first(get, 'api/v1/conversations?sort=-risk&limit=1', 'items')).id}`,
  },
  { name: 'people', path: '/people', shows: '.people-list li, [data-testid="person"]', asks: 'people', empty: { people: [], next: null } },
  {
    name: 'person', shows: 'person-view', asks: 'people/',
    path: async (get) => `/people/${(await first(get, 'api/v1/people?kind=customer&limit=1', 'people')).number}`,
  },
  { name: 'joins', path: '/joins', shows: 'main h1, [data-testid="state"]', asks: 'joins' },
  { name: 'work', path: '/work', shows: 'work-headline', asks: 'work' },
  { name: 'import', path: '/import', shows: 'drop', asks: 'imports', empty: { items: [], next: null } },
  {
    name: 'import-one', shows: 'main h1', asks: 'imports/',
    path: async (get) => `/import/${(await first(get, 'api/v1/imports?limit=1', 'items')).number}`,
  },
  { name: 'rules', path: '/rules', shows: 'rule-row', asks: 'rules' },
  { name: 'rule', path: '/rules/apologise', shows: '.cm-content', asks: 'rules/' },
  { name: 'rule-conversations', path: '/rules/apologise/conversations', shows: 'sample', asks: 'rules/' },
  { name: 'rule-versions', path: '/rules/apologise/versions', shows: 'version', asks: 'rules/' },
  { name: 'review-draw', path: '/review', shows: 'review-setup' },
  { name: 'review', path: '/review?seed=1&take=20', shows: 'review-card', asks: 'review' },
  { name: 'orders', path: '/orders?tab=all', shows: 'order-row', asks: 'orders', empty: NO_ORDERS },
  { name: 'unanswered', path: '/orders?tab=unanswered', shows: 'unanswered-headline', asks: 'orders/unanswered' },
  { name: 'order', shows: 'main h1', asks: 'orders/', path: async (get) => `/orders/${(await first(get, 'api/v1/orders?limit=1', 'items')).number}` },
  { name: 'account', path: '/account', shows: 'main h1, [data-testid="state"]' },
  { name: 'accounts', path: '/accounts', shows: 'main h1, [data-testid="state"]', asks: 'accounts' },
  { name: 'audit', path: '/audit', shows: 'main h1', asks: 'audit' },
]

/** Two work orders where there are none, so that the pages about them have something to show. */
async function furnish(get, address) {
  if ((await get('api/v1/orders?limit=1')).items.length > 0) return
  for (const { id } of (await get('api/v1/conversations?sort=-risk&limit=2')).items) {
    const { rules } = await get(`api/v1/conversations/${id}`)
    const { rule } = rules.find((one) => one.findings.some(({ verdict, number }) => number !== null && ['hit', 'missed'].includes(verdict)))
    const answer = await fetch(new URL('api/v1/orders', address), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ findings: [{ conversation: id, rule }], note: '请听一遍，说明原因' }),
    })
    if (!answer.ok) throw new Error(`a work order was not opened: ${answer.status} ${await answer.text()}`)
  }
}

/** The table with each address found; `address` of a server whose store may be furnished. */
export async function allPages(get, address) {
  if (address) await furnish(get, address)
  const found = []
  for (const page of PAGES) found.push({ ...page, path: typeof page.path === 'function' ? await page.path(get) : page.path })
  return found
}

/** The element by which a page is there. */
export const shown = (page, { shows }) => (/^[\w-]+$/.test(shows) ? page.getByTestId(shows) : page.locator(shows)).first()
