// Everything that a server answers about its store, for tests that compare two of them. ask(path) gives the parsed body.
const pages = async (ask, path) => {
  const items = []
  for (let after = ''; after !== null; ) {
    const page = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=200${after && `&after=${encodeURIComponent(after)}`}`)
    items.push(...(page.items ?? page.people))
    after = page.next
  }
  return items
}

/** each: every so many conversations are opened; of the others their row in the list speaks. */
export async function allAnswers(ask, each = 1) {
  const list = await pages(ask, 'api/v1/conversations?sort=started')
  const conversations = {}
  for (const { id } of list.filter((_, i) => i % each === 0)) conversations[id] = await ask(`api/v1/conversations/${id}`)
  const imports = await pages(ask, 'api/v1/imports')
  const refusals = {}
  for (const { number } of imports) refusals[number] = await pages(ask, `api/v1/imports/${number}/refusals`)
  return {
    summary: await ask('api/v1/summary'),
    facets: await ask('api/v1/facets'),
    list,
    conversations,
    imports,
    refusals,
    unmatched: await pages(ask, 'api/v1/joins?state=unmatched'),
    matched: await pages(ask, 'api/v1/joins?state=matched'),
    customers: await pages(ask, 'api/v1/people?kind=customer'),
    agents: await pages(ask, 'api/v1/people?kind=agent'),
  }
}

/** Numbers and customers' names leave covered since 0.3.0: 13812342071 as 138****2071. */
function isCovered(older, newer) {
  if (typeof older !== 'string' || typeof newer !== 'string') return false
  const was = [...older], is = [...newer]
  return was.length === is.length && is.every((character, i) => character === '*' || character === was[i])
}

/** Where the newer answer lacks or changes what the older one said: "path: was … is …". What is new beside it is welcome. */
export function differences(older, newer, place = '') {
  if (older === null || typeof older !== 'object') {
    return Object.is(older, newer) || isCovered(older, newer) ? [] : [`${place}: was ${JSON.stringify(older)}, is ${JSON.stringify(newer)}`.slice(0, 300)]
  }
  if (newer === null || typeof newer !== 'object') return [`${place}: was there, is ${JSON.stringify(newer)}`]
  if (Array.isArray(older) && older.length !== newer.length) return [`${place}: were ${older.length}, are ${newer.length}`]
  return Object.keys(older).flatMap((key) => differences(older[key], newer[key], `${place}/${key}`))
}
