// The rule book among people: a reviewer drafts, a manager publishes, an agent reads; the trail says who did.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, openPeopled } from './access.mjs'

const TEXT = `rule no-blame
  title  "推诿责任" | "Blames the customer"
  never  agent asserts "个人问题"
  else   risk +45, mark high-risk

test "a customer of ours"
  agent 这是您的个人问题
  → no-blame hit at 1
`

let store
before(async () => {
  store = await openPeopled()
})
after(() => store?.close())

const as = (role, method, address, body) => ask(store.base, method, `/api/v1/${address}`, { key: store.keys[role], body })

test('a draft carries the name of who saved it, and the other is told', async () => {
  const saved = await as('reviewer', 'PUT', 'rules/no-blame/draft', { text: TEXT, changes: null, reason: 'too mild' })
  assert.equal(saved.status, 200)
  assert.deepEqual([saved.body.by, saved.body.reason], ['Rui', 'too mild'])
  const late = await as('manager', 'PUT', 'rules/no-blame/draft', { text: 'rule no-blame', changes: null })
  assert.equal(late.status, 409)
  assert.equal(late.body.draft.by, 'Rui')
})

test('a reviewer may not publish, retire or roll back', async () => {
  for (const [address, body] of [['publish', { changes: 1, reason: 'x', without_backtest: true }], ['retire', { version: 1, reason: 'x' }], ['rollback', { to: 1, version: 1, reason: 'x' }]]) {
    const answer = await as('reviewer', 'POST', `rules/no-blame/${address}`, body)
    assert.equal(answer.status, 403, address)
    assert.ok(answer.body.error.remedy)
  }
})

test('a manager publishes, and it stands in the history and in the trail', async () => {
  const published = await as('manager', 'POST', 'rules/no-blame/publish', { changes: 1, reason: '客户投诉', without_backtest: true })
  assert.equal(published.status, 200)
  const { items } = (await as('reviewer', 'GET', 'rules/no-blame/versions')).body
  assert.deepEqual([items[0].by, items[0].reason, items[0].has_backtest], ['陈经理', '客户投诉', false])
  const { entries } = (await as('manager', 'GET', 'audit?action=rule.')).body
  assert.deepEqual(entries.map((entry) => [entry.action, entry.name, entry.subject]), [['rule.publish', '陈经理', 'no-blame']])
})

test('an agent reads what the rule says, not its tests, drafts, samples or counts by day', async () => {
  const { status, body } = await as('agent', 'GET', 'rules/no-blame')
  assert.equal(status, 200)
  assert.match(body.text, /never {2}agent asserts/)
  assert.doesNotMatch(body.text, /a customer of ours/)
  assert.deepEqual([body.draft, body.tests, body.over_time], [null, [], []])
  for (const address of ['rules', 'rules/no-blame/samples', 'rules/no-blame/versions', 'rules/no-blame/draft/backtest'])
    assert.equal((await as('agent', 'GET', address)).status, 403, address)
})
