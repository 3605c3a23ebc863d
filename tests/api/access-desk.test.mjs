// What an agent learns of others at the desk: nothing by a rule's counts, a draft, or a filter that somebody shares.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, openPeopled } from './access.mjs'

let store
const as = (role, method, address, body) => ask(store.base, method, `/api/v1/${address}`, { key: store.keys[role], body })
before(async () => {
  store = await openPeopled()
})
after(() => store?.close())

test('a rule counts an agent\'s own conversations, and not what was judged of others\'', async () => {
  const judged = await as('reviewer', 'PUT', `conversations/T-HIT/judgements`, { rule: 'no-blame', turn: 2, answer: 'agree' })
  assert.equal(judged.status, 200, judged.text)
  const all = (await as('reviewer', 'GET', 'rules/no-blame')).body
  const own = (await as('agent', 'GET', 'rules/no-blame')).body
  assert.deepEqual([all.counts.hit, all.counts.clean, all.judged.agreed], [1, 5, 1])
  assert.deepEqual([own.counts.hit, own.counts.clean, own.judged], [0, 3, null])
})

test('a rule of which there is only a draft is not there for an agent', async () => {
  const text = 'rule secret-plan\n  title "秘密" | "Secret"\n  never agent says "秘密"\n  else risk +1\n'
  assert.equal((await as('reviewer', 'PUT', 'rules/secret-plan/draft', { text, changes: null })).status, 200)
  assert.equal((await as('reviewer', 'GET', 'rules/secret-plan')).status, 200)
  assert.equal((await as('agent', 'GET', 'rules/secret-plan')).status, 404)
})

test('a shared filter that names another agent is not shown to an agent', async () => {
  for (const agent of ['王强', '李晓芸', undefined])
    assert.equal((await as('manager', 'POST', 'filters', { name: `of ${agent}`, filter: { ...(agent ? { agent } : {}), high_risk: '1' }, is_shared: true })).status, 201)
  const names = async (role) => (await as(role, 'GET', 'filters')).body.filters.map((one) => one.name)
  assert.deepEqual(await names('agent'), ['of undefined', 'of 李晓芸'])
  assert.deepEqual((await names('reviewer')).length, 3)
  const other = (await as('reviewer', 'GET', 'filters')).body.filters.find((one) => one.name === 'of 王强')
  assert.equal((await as('agent', 'GET', `filters/${other.number}`)).status, 404)
})

test('a rule is not retired over somebody\'s draft', async () => {
  const text = 'rule give-up\n  title "放弃"\n  never agent says "算了"\n  else risk +1\n'
  const saved = await as('reviewer', 'PUT', 'rules/give-up/draft', { text, changes: null })
  assert.equal(saved.status, 200, saved.text)
  const retired = await as('manager', 'POST', 'rules/give-up/retire', { version: 1, reason: 'unused' })
  assert.deepEqual([retired.status, retired.body.error.message], [409, 'there is a draft of this rule'])
  assert.equal((await as('reviewer', 'GET', 'rules/give-up')).body.draft.by, 'Rui')
})
