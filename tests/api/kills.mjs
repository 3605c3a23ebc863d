// Killing the program at chosen moments, and all that a store answers, so that a killed one can be held against an undisturbed one.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { START, conversation, program, serve } from './callscope.mjs'

export const KILLS = Number(process.env.KILLS ?? 20) // in each phase
const OF_A_ROUND = 5 // that one store meets before it is finished and looked at

const SAID = [
  ['我要投诉你们', '空调又漏水了', '退款什么时候到账', '你好,在吗', '真受不了', '订单还没发货'],
  ['非常抱歉,马上为您查', '好的,请稍等', '这是您的个人问题', '对不起,让您久等了', '请问订单号是多少', '明天给您答复'],
]

/** A call of twelve turns that follows from its number alone. Every third customer calls twice within minutes. */
export function call(number) {
  let state = number + 1
  const below = (bound) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * bound)
  const texts = Array.from({ length: 12 }, (_, i) => `${SAID[i % 2][below(6)]}${below(3) ? `,单号${below(1e6)}` : ''}`)
  const customer = number % 3 === 2 ? number - 1 : number
  return conversation(`K-${number}`, texts, {
    started: new Date(START + number * 120000).toISOString(), customer: `C-${customer}`,
    fields: { number: `138${String(customer).padStart(8, '0')}` },
  })
}

export const calls = (count, from = 0) => `${Array.from({ length: count }, (_, i) => JSON.stringify(call(from + i))).join('\n')}\n`

export const CALL_MAPPING = JSON.stringify({
  kind: 'calls', format: 'csv', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00', tolerance_s: 60,
  speakers: { 主叫: 'customer', 被叫: 'agent' },
  columns: { number: '号码', time: '开始', ended: '结束', agent_id: '工号', queue: '技能组', hang_up: '挂机' },
})

/** A call list over so many calls: every tenth row belongs to none. */
export function callList(count) {
  const clock = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 19).replace('T', ' ')
  const rows = Array.from({ length: count }, (_, i) => {
    const at = START + i * 120000 + (i % 10 ? 3000 : 86400000 * 400)
    return `${call(i).fields.number},${clock(at)},${clock(at + 60000)},A${i % 7},技能${i % 4},${i % 2 ? '主叫' : '被叫'}`
  })
  return `号码,开始,结束,工号,技能组,挂机\n${rows.join('\n')}\n`
}

// ---- moments ----

const log = (data) => statSync(path.join(data, 'callscope.db-wal'), { throwIfNoEntry: false })?.size ?? 0
const look = () => new Promise((resolve) => setImmediate(resolve))
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Some time after the start, at most so long. */
export const within = (ms) => async () => pause(Math.random() * ms)

/** While the log of the store grows for the first to the most-th time: in the middle of a commit. */
export function whileItGrows(data, most) {
  return async (isOver) => {
    for (let left = 1 + Math.floor(Math.random() * most), size = log(data); left > 0 && !isOver(); await look()) {
      const now = log(data)
      if (now > size) left--
      size = now
    }
  }
}

/** As the store is opened for writing, or at most so long afterwards. */
export function asItOpens(data, ms) {
  return async (isOver) => {
    while (!statSync(path.join(data, 'callscope.db-wal'), { throwIfNoEntry: false }) && !isOver()) await look()
    for (const end = performance.now() + Math.random() * ms; performance.now() < end && !isOver(); ) await look()
  }
}

/** true: it was killed at work. Otherwise it had ended by itself, and well, or with the word that all was done before. */
export async function kill(words, moment, isEnded) {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (part) => (said += part))
  let ended = false
  const exit = once(child, 'close').then(([code]) => ((ended = true), code))
  await Promise.race([moment(() => ended), exit])
  child.kill('SIGKILL')
  const code = await exit
  assert.ok(code === null || code === 0 || isEnded?.test(said), `it ended with ${code}: ${said}`)
  return code === null
}

/** Kills until as many met it at work as are asked for. A store that met a few is finished and compared, and another one
 * begun; afterKill says true when a store has met enough. */
export async function killInRounds({ fresh, words, moment, isEnded, afterKill = async () => {}, finish }) {
  let kills = 0
  let missed = 0
  for (let round = 0; kills < KILLS; round++) {
    const store = await fresh(round)
    for (let i = 0; i < OF_A_ROUND && kills < KILLS; i++) {
      if (!(await kill(words(store), moment(store), isEnded))) {
        missed++
        break
      }
      kills++
      if (await afterKill(store)) break
    }
    await finish(store)
    assert.ok(missed <= 10 * KILLS, `${missed} runs had ended before they were killed`)
  }
  return `${kills} kills`
}

// ---- what a store answers ----

/** All pages of an answer. */
async function pages(server, name, parameters, key) {
  const all = []
  for (let after = null, isFirst = true; isFirst || after; isFirst = false) {
    const { status, body, text } = await server.api(name, { ...parameters, limit: 200, ...(after ? { after } : {}) })
    assert.equal(status, 200, text)
    all.push(...body[key])
    after = body.next
  }
  return all
}

const inOrder = (list) => list.map((one) => JSON.stringify(one)).sort()

/** Without the numbers and times that tell in which run something came. */
const joinOf = ({ record, ...join }) => join
const personOf = ({ number, links, identities, conversations, ...person }) => ({
  ...person, identities: inOrder(identities),
  links: inOrder(links.map(({ number: _, made_ms, import: _1, ...link }) => link)),
})

/** Everything the API says of a store: counts to read, and hashes to compare. */
export async function answers(folder, every = 40) {
  const server = await serve(folder)
  try {
    const list = await pages(server, 'conversations', { sort: 'started' }, 'items')
    const bodies = []
    for (let i = 0; i < list.length; i += every) {
      const { status, body } = await server.api(`conversations/${encodeURIComponent(list[i].external_id)}`)
      assert.equal(status, 200)
      delete body.inspection
      delete body.person
      bodies.push(body)
    }
    const joins = []
    for (const state of ['matched', 'doubtful', 'unmatched']) joins.push(...(await pages(server, 'joins', { state }, 'items')))
    const people = []
    for (const kind of ['customer', 'agent']) people.push(...(await pages(server, 'people', { kind }, 'people')))
    const imports = await pages(server, 'imports', {}, 'items')
    const summary = (await server.api('summary')).body
    const status = (await server.api('status')).body
    const parts = { list: inOrder(list), bodies: inOrder(bodies), joins: inOrder(joins.map(joinOf)), people: inOrder(people.map(personOf)),
      rules: summary.rules, scores: summary.scores, stale: status.stale }
    return {
      ids: list.map((item) => item.external_id), joins: joins.length, people: people.length, states: imports.map((one) => one.state),
      hashes: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, createHash('sha256').update(JSON.stringify(part)).digest('hex')])),
      parts,
    }
  } finally {
    await server.stop()
  }
}

/** Where they differ: the first of each. */
function differences(one, other) {
  return Object.keys(one.parts).filter((name) => one.hashes[name] !== other.hashes[name]).map((name) => {
    const [a, b] = [one.parts[name], other.parts[name]]
    const at = Array.isArray(a) ? a.findIndex((item, i) => JSON.stringify(item) !== JSON.stringify(b[i])) : -1
    return `${name}: ${JSON.stringify(at < 0 ? a : a[at])}\n  undisturbed: ${JSON.stringify(at < 0 ? b : b[at])}`
  }).join('\n')
}

/** Nothing lost, nothing doubled, every answer as in the undisturbed store; imports have all ended. */
export function assertSame(killed, undisturbed) {
  assert.equal(new Set(killed.ids).size, killed.ids.length, 'an id is there twice')
  assert.equal(killed.ids.length, undisturbed.ids.length)
  assert.deepEqual(killed.states.filter((state) => !['done', 'cancelled', 'undone'].includes(state)), [])
  assert.ok(JSON.stringify(killed.hashes) === JSON.stringify(undisturbed.hashes), differences(killed, undisturbed))
}
