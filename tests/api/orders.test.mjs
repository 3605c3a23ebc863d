// Work orders without accounts: opened for findings, answered, checked again, closed; lists, counts, what nobody answered, conflicts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { conversation, open, START } from './callscope.mjs'
import { send } from './imports.mjs'

const DAY = 24 * 3600 * 1000
const MISSED = { conversation: 'T-MISSED', rule: 'apologise' }
const HIT = { conversation: 'T-HIT', rule: 'no-blame' }

let server
before(async () => { server = await open() })
after(() => server.close())

const call = (method, name, body) => send(server.base, method, `/api/v1/${name}`, body, { 'content-type': 'application/json' })
const get = async (name) => {
  const answer = await call('GET', name)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}
const must = async (status, name, body) => {
  const answer = await call('POST', name, body)
  assert.equal(answer.status, status, `${name}: ${answer.text}`)
  return answer.body
}
const take = async (number, act, words = {}) => {
  const { changes } = await get(`orders/${number}`)
  return must(200, `orders/${number}/${act}`, { changes, text: '好的', ...words })
}

test('a finding becomes a work order with all that is needed to answer it', async () => {
  const note = '请听一遍'
  const { opened, existing } = await must(201, 'orders', { findings: [MISSED], note })
  assert.equal(opened.length, 1)
  assert.deepEqual(existing, [])
  const order = await get(`orders/${opened[0].number}`)
  assert.equal(order.state, 'open')
  assert.equal(order.verdict, 'missed')
  assert.equal(order.turn, 1)
  assert.equal(order.quote, '投诉')
  assert.equal(order.note, note)
  assert.deepEqual(order.assignee, { account: null, name: '李晓芸' })
  assert.deepEqual(order.effects, [{ score: 'experience', points: -10 }])
  assert.deepEqual(order.turns.map((one) => one.index), [1, 2, 3, 4, 5, 6])
  assert.deepEqual(order.steps.map((one) => one.kind), ['opened'])
  assert.equal(order.steps[0].text, note)
  assert.ok(order.evidence.some((one) => one.kind === 'window'))
  const days = (order.due_ms - Date.now()) / DAY
  assert.ok(days > 2.9 && days <= 4, `due in ${days} days`)
})

test('the same finding twice: it says that there is one already', async () => {
  const answer = await call('POST', 'orders', { findings: [{ ...MISSED, turn: 1 }] })
  assert.equal(answer.status, 409)
  assert.equal(answer.body.error.code, 'conflict')
  assert.equal(answer.body.order.conversation.external_id, 'T-MISSED')
  const both = await must(201, 'orders', { findings: [MISSED, HIT] })
  assert.deepEqual(both.opened.map((one) => one.rule), ['no-blame'])
  assert.deepEqual(both.existing.map((one) => one.rule), ['apologise'])
  const none = await must(200, 'orders', { conversations: ['T-HIT', 'T-MISSED'] })
  assert.equal(none.existing.length, 2)
})

test('what is no finding, too many of them, wrong days and words are refused in words', async () => {
  const refused = async (status, code, body, place) => {
    const answer = await call('POST', 'orders', body)
    assert.equal(answer.status, status, answer.text)
    assert.equal(answer.body.error.code, code)
    assert.ok(answer.body.error.remedy, answer.text)
    if (place) assert.equal(answer.body.error.place, place)
  }
  await refused(404, 'not_found', { findings: [{ conversation: 'T-MET', rule: 'apologise' }] })
  await refused(404, 'not_found', { findings: [{ conversation: 'T-NONE', rule: 'apologise' }] })
  await refused(404, 'not_found', { findings: [{ ...MISSED, turn: 4 }] })
  await refused(400, 'usage', {}, 'findings')
  await refused(400, 'usage', { findings: Array.from({ length: 201 }, () => MISSED) }, 'findings')
  await refused(400, 'usage', { findings: [{ ...MISSED, turn: 'x' }] }, 'findings')
  await refused(400, 'usage', { findings: [{ conversation: 'T-HIT', rule: 'give-up' }], due_ms: Date.now() - 3 * DAY }, 'due_ms')
  await refused(400, 'usage', { filter: { agent: '王强' } }, 'filter')
  await refused(400, 'usage', { filter: { rule: 'apologise', nonsense: '1' } }, 'filter')
  await refused(404, 'not_found', { findings: [MISSED], assignee: 77 })
  await refused(413, 'too_large', { findings: [{ conversation: 'T-HIT', rule: 'give-up' }], note: '长'.repeat(2000) }, 'text')
})

test('a filter opens orders for all findings of its rule', async () => {
  const { opened } = await must(201, 'orders', { filter: { rule: 'give-up', agent: '王强' }, assignee_name: '组长王芳' })
  assert.equal(opened.length, 1)
  assert.equal(opened[0].assignee.name, '组长王芳')
  assert.equal(opened[0].verdict, 'noted')
})

test('open, answered, checked again, closed, opened again: each a step with its words', async () => {
  const { items: [{ number }] } = await get('orders?rule=apologise')
  const closed = await call('POST', `orders/${number}/close`, { changes: 1 })
  assert.equal(closed.status, 409)
  assert.match(closed.body.error.remedy, /checked again/)
  assert.equal(closed.body.order, undefined, 'nobody was faster')
  const silent = await call('POST', `orders/${number}/answer`, { changes: 1, text: '' })
  assert.equal(silent.status, 400)
  let order = await take(number, 'answer', { text: '当时没有听清，已经回电 13812342071 致歉。' })
  assert.equal(order.state, 'answered')
  assert.match(order.steps[1].text, /138\*{4}2071/)
  assert.ok(order.may.includes('recheck') && !order.may.includes('close'))
  assert.equal((await call('POST', `orders/${number}/close`, { changes: order.changes })).status, 409, 'not before it was checked again')
  order = await take(number, 'recheck', { text: '后面做到了' })
  assert.deepEqual(Object.keys(order.steps[2].detail).sort(), ['is_complete', 'since_answer', 'since_found', 'stale'])
  assert.ok(order.may.includes('close'))
  order = await take(number, 'close', { text: '' })
  assert.equal(order.state, 'closed')
  assert.equal(order.outcome, 'done')
  assert.ok(order.closed_ms >= order.opened_ms)
  assert.deepEqual(order.may.filter((act) => act !== 'comment'), ['reopen'])
  order = await take(number, 'reopen', { text: '又发生了' })
  assert.equal(order.state, 'open')
  assert.equal(order.answered_ms, null)
  assert.deepEqual(order.steps.map((one) => one.kind), ['opened', 'answered', 'rechecked', 'closed', 'reopened'])
})

test('two people at one order: the second is told what stands there now, and nothing is overwritten', async () => {
  const { items: [{ number }] } = await get('orders?rule=apologise')
  const seen = await get(`orders/${number}`)
  await must(200, `orders/${number}/answer`, { changes: seen.changes, text: '第一个' })
  const late = await call('POST', `orders/${number}/answer`, { changes: seen.changes, text: '第二个' })
  assert.equal(late.status, 409)
  assert.equal(late.body.order.state, 'answered')
  assert.equal(late.body.order.steps.at(-1).text, '第一个')
  assert.equal((await get(`orders/${number}`)).steps.filter((one) => one.text === '第二个').length, 0)
  const unsaid = await call('POST', `orders/${number}/recheck`, { text: 'x' })
  assert.equal(unsaid.status, 400)
  assert.equal(unsaid.body.error.place, 'changes')
  const word = await must(200, `orders/${number}/comment`, { changes: seen.changes, text: '看到了' })
  assert.equal(word.steps.at(-1).kind, 'commented', 'a comment overwrites nothing')
})


test('an appeal that is upheld goes back, one that is granted closes and counts against the rule', async () => {
  const { items: [{ number }] } = await get('orders?rule=no-blame')
  let order = await take(number, 'appeal', { text: '是客户先说的' })
  assert.equal(order.state, 'appealed')
  assert.equal((await call('POST', `orders/${number}/decide`, { changes: order.changes, text: 'x' })).status, 400, 'it says how')
  order = await take(number, 'decide', { outcome: 'upheld', text: '成立' })
  assert.equal(order.state, 'open')
  assert.equal((await call('POST', `orders/${number}/appeal`, { changes: order.changes, text: '再来' })).status, 409, 'decided once')
  await take(number, 'answer', { text: '明白' })
  await take(number, 'reopen', { text: '请再说明' })
  await take(number, 'appeal', { text: '新的理由' })
  order = await take(number, 'decide', { outcome: 'granted', text: '客户在转述别人的话' })
  assert.equal(order.state, 'closed')
  assert.equal(order.outcome, 'granted')
  assert.equal(order.steps.at(-1).detail.is_judged, true)
  const { judgements } = await get('conversations/T-HIT/judgements')
  const [one] = judgements.filter((said) => said.rule === 'no-blame')
  assert.equal(one.answer, 'wrong')
  assert.equal(one.note, '客户在转述别人的话')
  assert.equal(one.turn, order.turn)
})

test('given to somebody else, or another day; a closed one is not', async () => {
  const { items: [{ number }] } = await get('orders?rule=give-up')
  const due_ms = Date.now() + 10 * DAY
  const order = await take(number, 'assign', { assignee_name: '陈波', due_ms, text: '' })
  assert.equal(order.assignee.name, '陈波')
  assert.equal(order.due_ms, due_ms)
  assert.equal(order.steps.at(-1).detail.before.name, '组长王芳')
  const { items: [closed] } = await get('orders?state=closed')
  assert.equal((await call('POST', `orders/${closed.number}/assign`, { changes: closed.changes, assignee_name: 'x' })).status, 409)
})

test('lists: by state, overdue, rule, team, agent, conversation; counts of all states; pages hold each once', async () => {
  const { counts } = await get('orders')
  assert.deepEqual(counts, { open: 1, answered: 1, appealed: 0, closed: 1, overdue: 0, waiting: 2 })
  const numbers = async (query) => (await get(`orders?${query}`)).items.map((one) => one.rule).sort()
  assert.deepEqual(await numbers('state=all'), ['apologise', 'give-up', 'no-blame'])
  assert.deepEqual(await numbers('state=answered'), ['apologise'])
  assert.deepEqual(await numbers('state=closed'), ['no-blame'])
  assert.deepEqual(await numbers('overdue=1'), [])
  assert.deepEqual(await numbers('state=all&agent=%E7%8E%8B%E5%BC%BA'), ['give-up', 'no-blame'])
  assert.deepEqual(await numbers('state=all&team=%E5%94%AE%E5%90%8E%E4%BA%8C%E7%BB%84'), ['apologise'])
  assert.deepEqual(await numbers('state=all&conversation=T-HIT'), ['give-up', 'no-blame'])
  for (const state of ['active', 'all']) {
    const seen = []
    let next = null
    do {
      const page = await get(`orders?state=${state}&limit=1${next ? `&after=${next}` : ''}`)
      seen.push(...page.items.map((one) => one.number))
      next = page.next
    } while (next)
    assert.equal(new Set(seen).size, seen.length)
    assert.equal(seen.length, state === 'all' ? 3 : 2)
  }
  assert.equal((await call('GET', 'orders?state=nonsense')).status, 400)
  assert.equal((await call('GET', 'orders?after=x')).status, 400)
  assert.equal((await call('GET', 'orders?mine=2')).status, 400)
  assert.equal((await call('GET', 'orders/4711')).status, 404)
})

test('no finding stays without an answer: neither judged nor given to anybody', async () => {
  const all = 'from=0&to=2000000000000'
  const high = await get(`orders/unanswered?${all}`)
  assert.deepEqual(high.rules.map((one) => one.rule), ['no-blame'], 'rules that mark high risk')
  assert.equal(high.total, 0, 'its only finding has an order')
  const more = await get(`orders/unanswered?${all}&rules=no-blame,apologise,give-up`)
  assert.equal(more.total, 0)
  assert.equal((await call('GET', 'orders/unanswered?rules=nonsense')).status, 400)
})

test('what nobody answered stands there until it is judged or given to somebody; a re-check counts what came later', async () => {
  const day = (n) => new Date(START + n * DAY).toISOString()
  const upset = ['我要投诉你们', '嗯,说吧', '就这样?', '是的', '再见', '再见']
  const calm = ['我要投诉你们', '非常抱歉给您带来不便']
  const other = await open([
    conversation('A-0', upset, { started: day(0) }), conversation('A-1', calm, { started: day(1) }), conversation('A-2', upset, { started: day(2) }),
    conversation('A-3', ['你好', '您好'], { started: day(3) }), conversation('A-4', calm, { started: day(4) }),
    conversation('B-1', ['坏了', '这是您的个人问题'], { started: day(1) }), conversation('B-2', ['坏了', '这是您的个人问题'], { started: day(2) }),
  ])
  try {
    const ask = (method, name, body) => send(other.base, method, `/api/v1/${name}`, body, { 'content-type': 'application/json' })
    const unanswered = async () => (await ask('GET', 'orders/unanswered?from=0&to=2000000000000')).body
    const before = await unanswered()
    assert.deepEqual(before.items.map((one) => one.conversation.external_id), ['B-2', 'B-1'])
    assert.deepEqual(before.rules.map(({ rule, count }) => [rule, count]), [['no-blame', 2]])
    assert.equal(before.is_complete, true)
    assert.equal((await ask('GET', 'orders/unanswered')).body.total, 0, 'of the last days nothing')
    const [first, second] = before.items
    const said = { rule: first.rule, turn: first.turn, answer: 'agree' }
    assert.equal((await ask('PUT', `conversations/${first.conversation.id}/judgements`, said)).status, 200)
    assert.deepEqual((await unanswered()).items.map((one) => one.conversation.external_id), ['B-1'])
    await ask('POST', 'orders', { findings: [{ conversation: second.conversation.id, rule: second.rule, turn: second.turn }] })
    assert.equal((await unanswered()).total, 0)

    const { body: { opened: [{ number }] } } = await ask('POST', 'orders', { findings: [{ conversation: 'A-0', rule: 'apologise' }] })
    const { body: { recheck } } = await ask('GET', `orders/${number}`)
    assert.deepEqual(recheck.since_found, { met: 2, missed: 1, undecided: 0 })
    assert.deepEqual(recheck.items.map((one) => [one.external_id, one.verdict]), [['A-4', 'met'], ['A-2', 'missed'], ['A-1', 'met']])
    assert.deepEqual(recheck.since_answer, { met: 0, missed: 0, undecided: 0 })
  } finally {
    await other.close()
  }
})
