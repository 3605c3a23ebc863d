// Work orders among people: an agent sees, answers and appeals his own; who opened one does not decide the appeal against it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, mustRun, openPeopled } from './access.mjs'

let server
before(async () => { server = await openPeopled() })
after(() => server.close())

const as = (role, method, name, body) => ask(server.base, method, `/api/v1/${name}`, { body, key: server.keys[role] })
const read = async (role, name) => {
  const answer = await as(role, 'GET', name)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}
const take = async (role, number, act, words = {}) => {
  const { changes } = await read('manager', `orders/${number}`)
  return as(role, 'POST', `orders/${number}/${act}`, { changes, text: '好的', ...words })
}
const number = {}

test('it goes to the account of the conversation\'s agent, or by name where he has none', async () => {
  const { body } = await as('reviewer', 'POST', 'orders', { findings: [{ conversation: 'T-MISSED', rule: 'apologise' }, { conversation: 'T-HIT', rule: 'no-blame' }] })
  const [own, other] = body.opened
  assert.equal(own.assignee.name, 'li.xiaoyun')
  assert.ok(own.assignee.account > 0)
  assert.deepEqual(other.assignee, { account: null, name: '王强' })
  assert.equal(own.opened_by.name, 'Rui')
  Object.assign(number, { own: own.number, other: other.number })
  assert.equal((await as('agent', 'POST', 'orders', { findings: [{ conversation: 'T-HIT', rule: 'give-up' }] })).status, 403)
})

test('an agent sees own orders and no others, in lists, counts and by number', async () => {
  const { items, counts } = await read('agent', 'orders?state=all')
  assert.deepEqual(items.map((one) => one.number), [number.own])
  assert.deepEqual(counts, { open: 1, answered: 0, appealed: 0, closed: 0, overdue: 0, waiting: 1 })
  assert.equal((await as('agent', 'GET', `orders/${number.other}`)).status, 404)
  assert.equal((await as('agent', 'POST', `orders/${number.other}/comment`, { text: 'x' })).status, 404)
  assert.deepEqual((await read('agent', `orders/${number.own}`)).may, ['answer', 'appeal', 'comment'])
  assert.deepEqual((await read('agent', 'orders?agent=%E7%8E%8B%E5%BC%BA&state=all')).items, [])
  for (const path of ['orders/unanswered', 'orders/people']) assert.equal((await as('agent', 'GET', path)).status, 403)
})

test('an agent answers and appeals; what reviewers do is refused', async () => {
  for (const act of ['recheck', 'close', 'reopen', 'decide', 'assign']) assert.equal((await take('agent', number.own, act, { outcome: 'granted' })).status, 403, act)
  assert.equal((await take('agent', number.own, 'answer')).body.state, 'answered')
  assert.equal((await read('reviewer', 'orders?mine=1')).counts.waiting, 2, 'whoever opened it checks it again; one by name alone is hers to follow')
  const { body } = await take('agent', number.own, 'appeal', { text: '客户投诉的是快递' })
  assert.equal(body.state, 'appealed')
  assert.deepEqual(body.may, ['comment'])
})

test('an appealed one waits for those who may decide it', async () => {
  const whose = async (role) => (await read(role, 'orders?waiting=1')).items.map((one) => one.number)
  assert.ok((await whose('manager')).includes(number.own))
  assert.ok(!(await whose('reviewer')).includes(number.own), 'not for whoever opened it')
  assert.deepEqual(await whose('agent'), [])
})

test('who opened it does not decide the appeal while there are others', async () => {
  const seen = await read('reviewer', `orders/${number.own}`)
  assert.equal(seen.may_not_decide, 'opener')
  assert.ok(!seen.may.includes('grant'))
  const refused = await take('reviewer', number.own, 'decide', { outcome: 'upheld' })
  assert.equal(refused.status, 403)
  assert.match(refused.body.error.remedy, /another/)
  assert.deepEqual((await read('manager', 'orders?waiting=1')).items.map((one) => one.number), [number.own])
  const { body } = await take('manager', number.own, 'decide', { outcome: 'upheld', text: '成立' })
  assert.equal(body.state, 'answered', 'it goes on where it was')
  assert.equal(body.steps.at(-1).by.name, '陈经理')
})

test('what waits for somebody is the same in the list, in the count and at each order', async () => {
  for (const role of ['agent', 'reviewer', 'manager']) {
    const { items, counts } = await read(role, 'orders?state=all')
    const waiting = await read(role, 'orders?waiting=1')
    assert.deepEqual(waiting.items.map((one) => one.number).sort(), items.filter((one) => one.waits_for_me).map((one) => one.number).sort(), role)
    assert.equal(counts.waiting, waiting.items.length, role)
    assert.equal(waiting.counts.waiting, waiting.items.length, role)
  }
})

test('an order can be given to a team leader, who answers it; whose account is disabled is marked', async () => {
  const { people } = await read('reviewer', 'orders/people')
  assert.deepEqual(people.map((one) => one.role).sort(), ['agent', 'manager', 'reviewer'])
  const leader = people.find((one) => one.role === 'reviewer').account
  const { body } = await take('manager', number.other, 'assign', { assignee: leader })
  assert.deepEqual(body.assignee, { account: leader, name: 'Rui' })
  assert.equal((await take('reviewer', number.other, 'answer', { text: '已和他谈过' })).body.state, 'answered')
  assert.equal((await read('manager', `orders/${number.own}`)).is_assignee_gone, false)
  await mustRun('', 'accounts', 'disable', 'li.xiaoyun', '--data', server.data)
  assert.equal((await read('manager', `orders/${number.own}`)).is_assignee_gone, true)
  assert.ok((await read('manager', `orders/${number.own}`)).may.includes('assign'), 'and can be given to somebody else')
  assert.equal((await take('manager', number.other, 'assign', { assignee: 4711 })).status, 404)
})
