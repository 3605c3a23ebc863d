// scale.mjs URL [SEED] - asks `callscope serve` for what its pages ask for, over as many conversations as it has, and prints
// `name value` lines: p50, p95 and p99 in milliseconds on the server's side (the Server-Timing header; where there is none, the
// client's, and says so). First one client, one question at a time, then eight clients at once. The same questions for the same
// seed; `cold` is each kind's first answer of a server that was just started (the system's cache of files stays).
import http from 'node:http'

const base = new URL(process.argv[2])
const ASKED = Number(process.env.ASKED ?? 300)
const LONGEST_S = 12 // of one kind of question; slow ones are asked less often
const CLIENTS = 8

let state = BigInt(process.argv[3] ?? 1) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn
function below(bound) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
  return Number((state >> 33n) % BigInt(bound))
}
const one = (list) => list[below(list.length)]

// ---- asking ----

const agents = [...Array(CLIENTS)].map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }))
let isFromServer = true

function get(path, agent = agents[0]) {
  return new Promise((resolve, reject) => {
    const from = process.hrtime.bigint()
    http
      .get({ host: base.hostname, port: base.port, path, agent }, (answer) => {
        const parts = []
        answer.on('data', (part) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const taken = Number(process.hrtime.bigint() - from) / 1e6
          const said = /(?:^|,)\s*app;dur=([\d.]+)/.exec(answer.headers['server-timing'] ?? '')
          if (!said) isFromServer = false
          const body = Buffer.concat(parts).toString()
          if (answer.statusCode !== 200) reject(new Error(`${path}: ${answer.statusCode} ${body.slice(0, 200)}`))
          else resolve({ ms: said ? Number(said[1]) : taken, path, answer: JSON.parse(body) })
        })
      })
      .on('error', reject)
  })
}

const list = (query) => `/api/v1/conversations?${new URLSearchParams(query)}`
const times = new Map() // kind: its answers' milliseconds
const worst = new Map()

function note(kind, { ms, path }) {
  if (!times.has(kind)) times.set(kind, [])
  times.get(kind).push(ms)
  if (!(ms <= worst.get(kind)?.ms)) worst.set(kind, { ms, path })
}

function print(prefix) {
  for (const [kind, all] of times) {
    all.sort((a, b) => a - b)
    const at = (share) => all[Math.floor((all.length - 1) * share)].toFixed(2)
    console.log(`${prefix}${kind}.asked ${all.length}`)
    for (const share of [50, 95, 99]) console.log(`${prefix}${kind}.p${share} ${at(share / 100)}`)
    if (process.env.WORST) console.error(`${prefix}${kind} worst ${worst.get(kind).ms.toFixed(1)} ${decodeURIComponent(worst.get(kind).path)}`)
  }
  times.clear()
  worst.clear()
}

// ---- what is asked ----

const facets = (await get('/api/v1/facets')).answer
const { conversations } = (await get('/api/v1/status')).answer
const SORTS = ['-started', 'started', 'compliance', '-compliance', 'experience', '-experience', 'risk', '-risk']
const VERDICTS = ['hit', 'missed', 'undecided', 'noted']
const DAY = 86400000
const span = (days) => {
  const from = facets.from_ms + below(Math.max(1, Math.floor((facets.to_ms - facets.from_ms) / DAY) - days)) * DAY
  return { from: String(from), to: String(from + days * DAY) }
}
const FILTERS = {
  agent: () => ({ agent: one(facets.agents) }),
  team: () => ({ team: one(facets.teams) }),
  queue: () => ({ queue: one(facets.queues) }),
  channel: () => ({ channel: one(facets.channels) }),
  day: () => span(1),
  week: () => span(7),
  month: () => span(30),
  'high-risk': () => ({ high_risk: '1' }),
  score: () => {
    const min = below(90)
    return { score: one(['compliance', 'experience', 'risk']), min: String(min), max: String(min + below(101 - min)) }
  },
  verdict: () => ({ verdict: one(VERDICTS) }),
  rule: () => ({ rule: one(facets.rules).rule }),
  'rule-verdict': () => ({ rule: one(facets.rules).rule, verdict: one([...VERDICTS, 'met', 'clean', 'not_applicable', 'not_noted']) }),
}
const PAIRS = [
  ['agent', 'month'], ['agent', 'queue'], ['agent', 'channel'], ['agent', 'high-risk'], ['agent', 'rule'], ['agent', 'rule-verdict'],
  ['agent', 'score'], ['team', 'week'], ['team', 'queue'], ['team', 'high-risk'], ['team', 'rule-verdict'], ['team', 'score'],
  ['queue', 'channel'], ['queue', 'rule'], ['queue', 'week'], ['queue', 'score'], ['channel', 'high-risk'], ['channel', 'rule'],
  ['week', 'rule'], ['day', 'rule-verdict'], ['month', 'verdict'], ['week', 'high-risk'], ['month', 'score'], ['verdict', 'team'],
]
const paged = (query) => list({ ...query, sort: one(SORTS), limit: '50' })

// Cursors of deep pages: the first list is walked through once, a thousand pages of 50.
async function walked(sort, pages) {
  const cursors = []
  for (let after = ''; cursors.length < pages; ) {
    const { next } = (await get(list({ sort, limit: '200', ...(after && { after }) }))).answer
    if (!next) break
    cursors.push((after = next))
  }
  return { sort, cursors }
}

const ids = []
for (const sort of SORTS)
  for (const item of (await get(list({ sort, limit: '200' }))).answer.items) ids.push(item.id)
for (let i = 0; i < 20; i++) for (const item of (await get(paged(span(1)))).answer.items) ids.push(item.id)

const KINDS = { first: () => paged({}) }
for (const [name, filter] of Object.entries(FILTERS)) KINDS[name] = () => paged(filter())
KINDS.pair = () => {
  const [a, b] = one(PAIRS)
  return paged({ ...FILTERS[a](), ...FILTERS[b]() })
}
KINDS.triple = () => {
  const [a, b] = one(PAIRS)
  return paged({ ...FILTERS[a](), ...FILTERS[b](), ...FILTERS[one(['queue', 'channel', 'month'])]() })
}
KINDS.neighbours = () => {
  const [a] = one(PAIRS)
  return `/api/v1/conversations/${one(ids)}/neighbours?${new URLSearchParams({ ...(below(2) ? FILTERS[a]() : {}), sort: one(SORTS) })}`
}
KINDS.open = () => `/api/v1/conversations/${one(ids)}`
KINDS.facets = () => '/api/v1/facets'

// Texts to search for come from conversations that are there: a long number is rare, a four-digit one is in some.
const numbers = { long: [], short: [] }
for (let i = 0; i < 40; i++)
  for (const { text } of (await get(`/api/v1/conversations/${one(ids)}`)).answer.turns) {
    numbers.long.push(...(text.match(/(?<!\d)\d{8}(?!\d)/g) ?? []))
    numbers.short.push(...(text.match(/(?<!\d)\d{4}(?!\d)/g) ?? []))
  }
const WORDS = ['退款', '快递', '空调', '发票', '补偿', '师傅', '投诉', '少了', '起球']
const search = (text, more = {}) => list({ q: text, limit: '50', ...more })
KINDS['search-rare'] = () => search(one(numbers.long))
KINDS['search-number'] = () => search(one(numbers.short))
KINDS['search-common'] = () => search(one(WORDS))
KINDS['search-sorted'] = () => search(one(WORDS), { sort: one(SORTS) })
KINDS['search-one-character'] = () => search(one([...'款漏裂码钱']))
KINDS['search-two-words'] = () => search(`${one(WORDS)} ${one(WORDS)}`)
KINDS['search-phrase'] = () => search(`"${one(['提供一下订单号', '请您稍等', '外壳裂了', '以后再也不买了', '气死我了', '电子发票'])}"`)
KINDS['search-speaker'] = () => search(`${one(['客服', '客户'])}:${one(WORDS)}`)
KINDS['search-near'] = () => search(`${one(WORDS)} ~3 ${one(WORDS)}`)
KINDS['search-without'] = () => search(`${one(WORDS)} -${one(WORDS)}`)
KINDS['search-filtered'] = () => {
  const [a, b] = one(PAIRS)
  return search(one([...WORDS, one(numbers.short)]), { ...FILTERS[a](), ...(below(2) && FILTERS[b]()), sort: one(SORTS) })
}
KINDS['search-nothing'] = () => search(one(['没有这样的词', 'zebra', '99999999999']))

const figures = (what, query) => `/api/v1/figures${what}?${new URLSearchParams(query)}`
KINDS.overview = () => figures('', below(2) ? span(one([7, 30, 90])) : {})
KINDS['overview-one'] = () => figures('', { ...span(one([7, 30, 90])), ...FILTERS[one(['agent', 'team', 'queue', 'channel'])]() })
KINDS.trend = () => figures('/trend', { measure: one(['conversations', 'compliance']), by: one(['day', 'week', 'month']) })
KINDS.table = () => figures('/table', { by: one(['agent', 'team', 'queue', 'channel']), ...span(one([7, 30, 90])) })
KINDS.heat = () => figures('/heat', { by: one(['agent', 'team', 'queue']), ...span(one([7, 30, 90])) })
KINDS.summary = () => '/api/v1/summary'
const ONLY = process.env.ONLY_KIND?.split(',')
if (ONLY) for (const kind of Object.keys(KINDS)) if (!ONLY.includes(kind)) delete KINDS[kind]

// ---- measuring ----

console.log(`conversations ${conversations}`)
for (const [kind, path] of Object.entries(KINDS)) {
  const cold = (await get(path())).ms
  console.log(`${kind}.cold ${cold.toFixed(2)}`)
  const until = Date.now() + LONGEST_S * 1000
  let full = 0
  let asked = 0
  for (let i = 0; i < ASKED && (Date.now() < until || i < 20); i++) {
    const got = await get(path())
    note(kind, got)
    if (!got.answer.items) continue
    asked++
    full += got.answer.items.length === 50 || got.answer.next === null
  }
  if (asked) console.log(`${kind}.full ${((100 * full) / asked).toFixed(1)}`)
}
if (!ONLY || ONLY.includes('page-1000') || ONLY.includes('page-last')) {
  for (const sort of SORTS) {
    const deep = await walked(sort, 250)
    for (let i = 0; i < 20; i++) note('page-1000', await get(list({ sort, limit: '50', after: deep.cursors.at(-1 - below(5)) })))
  }
  // The last page: what the opposite order begins with is behind a cursor of that end.
  for (const sort of SORTS) {
    const query = { sort, ...span(1) }
    let after = ''
    let last = ''
    for (;;) {
      const { next } = (await get(list({ ...query, limit: '200', ...(after && { after }) }))).answer
      if (!next) break
      last = after = next
    }
    for (let i = 0; i < 10; i++) note('page-last', await get(list({ ...query, limit: '50', ...(last && { after: last }) })))
  }
}
print('')

// Eight at once, everything mixed.
const kinds = Object.entries(KINDS)
const until = Date.now() + LONGEST_S * 2000
await Promise.all(
  agents.map(async (agent) => {
    for (let i = 0; i < ASKED && Date.now() < until; i++) note('mixed', await get(one(kinds)[1](), agent))
  }),
)
print('eight.')
console.log(`timing ${isFromServer ? 'server' : 'client'}`)
for (const agent of agents) agent.destroy()
