import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { START, conversation, open, run } from './callscope.mjs'
import { serveImports } from './imports.mjs'

const DAY = 24 * 3600 * 1000
const at = (n, more = {}) => ({ started: new Date(START + n * DAY).toISOString(), ...more })
const TALKS = [
  conversation('S-1', ['我要退款,订单 1234', '好的,退款三天到账'], at(0, { title: '退款' })),
  conversation('S-2', ['订单12345什么时候到', 'Your ＲＥＦＵＮＤ is on its way', '我要投诉'], at(1, { channel: 'chat' })),
  conversation('S-3', ['退货可以吗', '可以退货', '嗯', '好', '那退款呢', '抱歉'], at(2, { customer: 'K-88' })),
  conversation('S-4', ['refunds and refunding', '退​款'], at(3)),
]

describe('search', () => {
  let store
  before(async () => { store = await open(TALKS) })
  after(() => store.close())

  const list = async (q, more = {}) => {
    const answer = await store.api('conversations', { q, ...more })
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const found = async (q, more) => {
    const page = await list(q, more)
    assert.equal(page.total, page.items.length)
    assert.equal(page.total_is_exact, true)
    assert.deepEqual(page.search, { is_complete: true, waiting: 0 })
    return page.items.map((item) => item.external_id).join(' ')
  }

  for (const [q, expected, why] of [
    ['退款', 'S-4 S-3 S-1', 'two characters, also with what nobody sees between them'],
    ['退', 'S-4 S-3 S-1', 'one character'],
    ['1234', 'S-1', 'a number is whole'],
    ['1234*', 'S-2 S-1', 'or begins so'],
    ['订单１２３４', 'S-1', 'whatever its width, and the spaces beside Chinese'],
    ['refund', 'S-2', 'a word is whole'],
    ['REFUND*', 'S-4 S-2', 'or begins so'],
    ['退款 订单', 'S-1', 'all words occur'],
    ['退款 -订单', 'S-4 S-3', 'and some do not'],
    ['投诉|退货', 'S-3 S-2', 'one of them does'],
    ['客服:退款', 'S-4 S-1', 'said by the agent'],
    ['customer：退款', 'S-3 S-1', 'said by the customer'],
    ['"我要 退款"', 'S-1', 'a phrase'],
    ['订单 ~1 refund', 'S-2', 'near'],
    ['退货 附近2 退款', '', 'not so near'],
    ['退货 ~3 退款', 'S-3', 'near enough'],
    ['K-88', 'S-3', 'the customer'],
    ['s-2', 'S-2', 'the id'],
    ['李晓芸 投诉', 'S-2', 'the agent'],
    ['没有人说过', '', 'nothing'],
  ]) test(`${q}: ${why}`, async () => assert.equal(await found(q), expected))

  test('with other filters and sortings', async () => {
    assert.equal(await found('退款', { sort: 'started' }), 'S-1 S-3 S-4')
    assert.equal(await found('订单', { channel: 'chat' }), 'S-2')
    assert.equal(await found('退款', { from: START + DAY, to: START + 3 * DAY }), 'S-3')
    assert.equal(await found('退款', { agent: 'nobody' }), '')
  })

  test('our own id', async () => {
    const { id } = (await list('投诉')).items[0]
    assert.equal(await found(id), 'S-2')
    assert.equal(await found(id.toLowerCase()), 'S-2')
  })

  test('what was found is marked in the words that were said', async () => {
    const [item] = (await list('refund 投诉')).items
    assert.deepEqual(item.matches, [
      { turn: 2, role: 'agent', parts: [{ text: 'Your ', is_match: false }, { text: 'ＲＥＦＵＮＤ', is_match: true }, { text: ' is on its way', is_match: false }] },
      { turn: 3, role: 'customer', parts: [{ text: '我要', is_match: false }, { text: '投诉', is_match: true }] },
    ])
    assert.deepEqual((await list('K-88')).items[0].matches, [])
  })

  test('pages join without gap or repeat', async () => {
    const seen = []
    for (let next = null; next !== undefined;) {
      const page = await list('退', { limit: 1, ...(next && { after: next }) })
      seen.push(...page.items.map((item) => item.external_id))
      next = page.next ?? undefined
    }
    assert.deepEqual(seen, ['S-4', 'S-3', 'S-1'])
  })

  test('neighbours, summary and export keep to it', async () => {
    const beside = (await store.api('conversations/S-3/neighbours', { q: '退款' })).body
    assert.deepEqual([beside.position, beside.total, beside.total_is_exact], [2, 3, true])
    assert.equal(beside.next, (await list('我要退款')).items[0].id)
    assert.equal((await store.api('conversations/S-2/neighbours', { q: '退款' })).body.position, null)
    assert.equal((await store.api('summary', { q: '退款' })).body.conversations, 3)
    const lines = (await store.api('export', { q: '退款', format: 'jsonl' })).text.trim().split('\n')
    assert.deepEqual(lines.map((line) => JSON.parse(line).id), ['S-1', 'S-3', 'S-4'])
  })

  test('a query that is not understood says where', async () => {
    for (const [q, place] of [['退款 "原路', 4], ['-退款', 1], ['退款 |', 5], ['客服: 好', 1], ['好 ……', 3], ['a ~100 b', 3]]) {
      const answer = await store.api('conversations', { q })
      assert.equal(answer.status, 400, q)
      assert.equal(answer.body.error.code, 'usage')
      assert.equal(answer.body.error.place, `q, character ${place}`, q)
      assert.ok(answer.body.error.remedy)
    }
  })

  test('the terminal says the same', async () => {
    const data = `${store.folder}/data`
    const plain = await run('search', 'refund 投诉', '--data', data)
    assert.match(plain.stdout, /S-2[^]*2 agent: Your »ＲＥＦＵＮＤ« is on its way\n[^]*»投诉«\n1 conversations\n/)
    const json = JSON.parse((await run('search', '退款', '--json', '--data', data)).stdout)
    assert.equal(json.total, 3)
    const wrong = await run('search', '"退款', '--data', data)
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /the quote is not closed/)
  })

  test('the index made anew answers the same', async () => {
    const made = await run('store', 'index', '--data', `${store.folder}/data`)
    assert.equal(made.stdout, '4 conversations are in the index now\n')
    assert.equal(await found('退款'), 'S-4 S-3 S-1')
  })
})

describe('what is imported, corrected and taken back', () => {
  let folder, server
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'callscope-search-'))
    server = await serveImports(folder)
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const found = async (q) => {
    const { body } = await server.get(`conversations?q=${encodeURIComponent(q)}`)
    assert.equal(body.total_is_exact, true)
    return body.items.map((item) => item.external_id).sort().reverse().join(' ') // of one moment: in no order
  }

  test('is found by the text that is current', async () => {
    await server.upload({ 'a.json': [conversation('A-1', ['空调漏水', '马上派人']), conversation('A-2', ['冰箱漏水', '好的'])] })
    assert.equal(await found('漏水'), 'A-2 A-1')
    const later = await server.upload({ 'b.json': [conversation('A-1', ['空调不制冷', '马上派人']), conversation('A-3', ['不制冷', '好'])] })
    assert.equal(await found('漏水'), 'A-2')
    assert.equal(await found('不制冷'), 'A-3 A-1')
    await server.undo(later.number)
    assert.equal(await found('漏水'), 'A-2 A-1')
    assert.equal(await found('不制冷'), '')
    assert.equal(await found('派人 -冰箱'), 'A-1')
  })
})
