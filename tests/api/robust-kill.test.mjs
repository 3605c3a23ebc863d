// `inspect` killed and interrupted in the middle: the next run finishes, and the store is as if nothing had happened.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, statSync } from 'node:fs'
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RULES, conversation, makeFolder, ofSqliteAlone, program, run, serve } from './callscope.mjs'

const CHATS = process.env.CALLSCOPE_TEST_POSTGRES ? 4000 : 20000
const KILLS = 20
const KILLS_WHILE_AGAIN = 5
const MORE_RULES = `${RULES}
flag asks-for-refund
  when   customer says "退款"
  then   tag 退款
`
const SAID = [
  ['我要投诉你们', '空调又漏水了', '退款什么时候到账', '你好,在吗', '真受不了', '订单还没发货'],
  ['非常抱歉,马上为您查', '好的,请稍等', '这是您的个人问题', '对不起,让您久等了', '请问订单号是多少', '明天给您答复'],
]

let state = 20260201 // the same chats each time; the moments of the kills are left to chance
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * bound)
}

function chat(number) {
  const texts = Array.from({ length: 12 }, (_, i) => `${SAID[i % 2][below(6)]}${below(3) ? `,单号${below(1e6)}` : ''}`)
  if (below(5) === 0) texts[10] = '算了'
  return conversation(`K-${number}`, texts, { started: new Date(Date.UTC(2026, 0, 1) + number * 60000).toISOString() })
}

let folder
let input
const data = (name) => path.join(folder, name, 'data')
const rulesFile = (name) => path.join(folder, `${name}.rules`)
const words = (name, rules) => ['inspect', input, '--data', data(name), '--rules', rulesFile(rules), '--json']

before(async () => {
  folder = await makeFolder()
  input = path.join(folder, 'input')
  await mkdir(input)
  await writeFile(rulesFile('few'), RULES)
  await writeFile(rulesFile('more'), MORE_RULES)
  const file = createWriteStream(path.join(input, 'chats.jsonl'))
  for (let i = 0; i < CHATS; i++) if (!file.write(`${JSON.stringify(chat(i))}\n`)) await once(file, 'drain')
  file.end()
  await once(file, 'close')
})
after(() => rm(folder, { recursive: true, force: true }))

async function finish(name, rules = 'few') {
  const { code, stdout, stderr } = await run(...words(name, rules))
  assert.equal(code, 0, stderr)
  const { counts } = JSON.parse(stdout)
  assert.equal(counts.read, counts.expected)
  assert.equal(counts.expected, CHATS)
  assert.equal(counts.stored, CHATS)
  return counts
}

/** Kills a run somewhere in the first eighth of the time that an undisturbed one takes; true: it was still at work. */
async function kill(name, rules, undisturbedMs) {
  const child = spawn(program, words(name, rules), { stdio: 'ignore' })
  const timer = setTimeout(() => child.kill('SIGKILL'), 20 + (Math.random() * undisturbedMs) / 8)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return code === null
}

/** Everything the API says of a store: ids (each once), and a hash over the lists and every 40th conversation. */
async function contents(name) {
  const server = await serve(path.join(folder, name))
  try {
    const items = []
    for (let after = null, isFirst = true; isFirst || after; isFirst = false) {
      const { body } = await server.api('conversations', { sort: 'started', limit: 200, ...(after ? { after } : {}) })
      assert.ok(body.total === CHATS || !body.total_is_exact)
      items.push(...body.items)
      after = body.next
    }
    items.sort((a, b) => (a.external_id < b.external_id ? -1 : 1))
    const hash = createHash('sha256').update(JSON.stringify(items))
    for (let i = 0; i < items.length; i += 40) {
      const { status, body } = await server.api(`conversations/${encodeURIComponent(items[i].external_id)}`)
      assert.equal(status, 200)
      hash.update(JSON.stringify({ ...body, inspection: { ...body.inspection, inspected_ms: 0 } }))
    }
    const summary = (await server.api('summary')).body
    hash.update(JSON.stringify({ rules: summary.rules, scores: summary.scores }))
    const { body: status } = await server.api('status')
    return { ids: items.map((item) => item.external_id), hash: hash.digest('hex'), stale: status.stale, rules: summary.rules }
  } finally {
    await server.stop()
  }
}

function assertWhole({ ids, stale }) {
  assert.equal(ids.length, CHATS)
  assert.equal(new Set(ids).size, CHATS)
  assert.equal(stale, 0)
}

describe('a run that is cut short', () => {
  let undisturbed
  let undisturbedMs

  before(async () => {
    const started = Date.now()
    const counts = await finish('undisturbed')
    undisturbedMs = Date.now() - started
    assert.equal(counts.inspected, CHATS)
    undisturbed = await contents('undisturbed')
    assertWhole(undisturbed)
  })

  test(`killed ${KILLS} times, then finished: nothing is lost, doubled or different`, async (t) => {
    let atWork = 0
    for (let i = 0; i < KILLS; i++) atWork += await kill('killed', 'few', undisturbedMs)
    const counts = await finish('killed')
    t.diagnostic(`${atWork} of ${KILLS} kills met it at work; the last run found ${counts.unchanged} and added ${counts.inspected}`)
    assert.ok(atWork >= KILLS / 2, `${atWork} kills met it at work`)
    const killed = await contents('killed')
    assertWhole(killed)
    assert.equal(killed.hash, undisturbed.hash)
  })

  test('a second run changes nothing', async () => {
    const counts = await finish('undisturbed')
    assert.equal(counts.unchanged, CHATS)
    assert.equal(counts.inspected + counts.reinspected + counts.duplicates, 0)
    assert.equal((await contents('undisturbed')).hash, undisturbed.hash)
  })

  test('a file that only looks new changes nothing', async () => {
    await appendFile(path.join(input, 'chats.jsonl'), '\n')
    const counts = await finish('undisturbed')
    assert.equal(counts.files_skipped, 0)
    assert.equal(counts.unchanged, CHATS)
    assert.equal((await contents('undisturbed')).hash, undisturbed.hash)
  })

  for (const signal of ['SIGINT', 'SIGTERM'])
    test(`${signal} ends it in order and says how to go on`, ofSqliteAlone('it watches the log of callscope.db grow'), async () => {
      const name = signal.toLowerCase()
      const child = spawn(program, words(name, 'few'), { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.on('data', (part) => (said += part))
      const ended = once(child, 'exit')
      const log = path.join(data(name), 'callscope.db-wal')
      while ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) < 3e6) await new Promise((resolve) => setTimeout(resolve, 5))
      child.kill(signal)
      const [code] = await ended
      assert.equal(code, 1)
      assert.match(said, /stopped/)
      assert.match(said, /run the same command again/)
      const counts = await finish(name)
      assert.ok(counts.unchanged > 0 && counts.inspected > 0)
      assert.equal((await contents(name)).hash, undisturbed.hash)
    })

  test('changed rules: every conversation is inspected again from the store, also when that is killed', async (t) => {
    await finish('fresh', 'more')
    const fresh = await contents('fresh')
    let atWork = 0
    for (let i = 0; i < KILLS_WHILE_AGAIN; i++) atWork += await kill('undisturbed', 'more', undisturbedMs)
    const counts = await finish('undisturbed', 'more')
    t.diagnostic(`${atWork} of ${KILLS_WHILE_AGAIN} kills met it at work; the last run inspected ${counts.reinspected} again`)
    assert.equal(counts.inspected, 0)
    assert.ok(counts.reinspected > 0)
    const again = await contents('undisturbed')
    assertWhole(again)
    assert.equal(again.hash, fresh.hash)
    assert.notEqual(again.hash, undisturbed.hash)
    assert.deepEqual(again.rules.map((r) => r.rule).sort(), ['apologise', 'asks-for-refund', 'give-up', 'no-blame'])
  })
})
