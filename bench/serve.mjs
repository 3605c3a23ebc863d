// serve.mjs URL - asks `callscope serve` for lists, searches and single conversations, one after the other on one kept
// connection, and prints `name value` lines: p50 and p99 in milliseconds as the client sees them.
import http from 'node:http'

const base = new URL(process.argv[2])
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const ASKED = 500
const LONGEST_S = 15; // of one kind of question; slow ones are asked less often
const WARMING = 20
const BELONGS = ['售前', '售后', '退换货', '物流', '投诉']
const SORTS = ['-started', 'started', 'compliance', '-compliance', 'experience', '-experience', 'risk', '-risk']
const WORDS = ['空调', '退款', '羽绒服', '陈默', 'K-123', 'B-0000', '发票', '没有这样的词', '快递', '洗衣机']

let state = 20260101n; // the same questions every time
function below(bound) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
  return Number((state >> 33n) % BigInt(bound))
}
const one = (list) => list[below(list.length)]

function get(path) {
  return new Promise((resolve, reject) => {
    const from = process.hrtime.bigint()
    http
      .get({ host: base.hostname, port: base.port, path, agent }, (answer) => {
        const parts = []
        answer.on('data', (part) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const ms = Number(process.hrtime.bigint() - from) / 1e6
          const body = Buffer.concat(parts).toString()
          if (answer.statusCode !== 200) reject(new Error(`${path}: ${answer.statusCode} ${body.slice(0, 200)}`))
          else resolve({ ms, body })
        })
      })
      .on('error', reject)
  })
}

const list = (query) => `/api/v1/conversations?${new URLSearchParams(query)}`

async function measure(name, path) {
  const times = []
  const until = Date.now() + LONGEST_S * 1000
  for (let i = 0; i < ASKED + WARMING && (Date.now() < until || times.length < 5); i++) {
    const { ms } = await get(await path(i))
    if (i >= WARMING) times.push(ms)
  }
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.floor((times.length - 1) * share)].toFixed(2)
  console.log(`${name}.asked ${times.length}\n${name}.p50 ${at(0.5)}\n${name}.p99 ${at(0.99)}`)
}

const facets = JSON.parse((await get('/api/v1/facets')).body)
const status = JSON.parse((await get('/api/v1/status')).body)
console.log(`conversations ${status.conversations}`)

await measure('first', () => list({ limit: 50 }))
await measure('sorted', () => list({ sort: one(SORTS), limit: 50 }))
await measure('filtered', () => {
  const query = { limit: '50', sort: one(SORTS) }
  if (below(2)) query.queue = one(BELONGS)
  if (below(2)) query.agent = one(facets.agents)
  if (below(3) === 0) query.channel = 'chat'
  if (below(3) === 0) Object.assign(query, { score: one(['compliance', 'experience', 'risk']), min: '10', max: '90' })
  if (below(4) === 0) query.high_risk = '1'
  return list(query)
})
await measure('verdict', () => list({ rule: one(facets.rules).rule, limit: 50 }))
let cursor = null
let sort = '-started'
await measure('paged', async () => {
  const query = { sort, limit: 50 }
  if (cursor) query.after = cursor
  const next = JSON.parse((await get(list(query))).body).next
  if (!next) sort = one(SORTS)
  const asked = list(query)
  cursor = next
  return asked
})
await measure('search', () => list({ q: one(WORDS), limit: 50 }))
const ids = []
for (let i = 0; i < 10; i++)
  for (const item of JSON.parse((await get(list({ sort: one(SORTS), limit: 200 }))).body).items) ids.push(item.id)
await measure('open', () => `/api/v1/conversations/${one(ids)}`)
await measure('summary', () => '/api/v1/summary')
agent.destroy()
