// Who may see numbers as they are: reviewers and managers all, agents those of their own conversations, nobody without a trace.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ask, openPeopled } from './access.mjs'

let store
let ids
const as = (role, method, address, body) => ask(store.base, method, `/api/v1/${address}`, { key: store.keys[role], body })
const rows = async () => (await as('manager', 'GET', 'audit?action=conversation.reveal')).body.entries

before(async () => {
  store = await openPeopled()
  const { items } = (await as('manager', 'GET', 'conversations')).body
  ids = Object.fromEntries(items.map((one) => [one.external_id, one.id]))
})
after(() => store?.close())

describe('numbers as they are', () => {
  test('are shown to an agent of own conversations alone', async () => {
    const own = await as('agent', 'POST', `conversations/${ids['T-MISSED']}/reveal`, { reason: '回访客户' })
    assert.equal(own.status, 200, own.text)
    assert.equal(own.body.masking.is_revealed, true)
    const before = (await rows()).length
    const other = await as('agent', 'POST', `conversations/${ids['T-HIT']}/reveal`, { reason: '回访客户' })
    assert.ok([403, 404].includes(other.status), `${other.status}`)
    assert.ok(!other.text.includes('推诿'))
    assert.equal((await rows()).length, before)
  })

  test('are shown to a reviewer of all, and the trail names who', async () => {
    const { status } = await as('reviewer', 'POST', `conversations/${ids['T-HIT']}/reveal`, { reason: 'checking' })
    assert.equal(status, 200)
    const [last, first] = await rows()
    assert.deepEqual([last.name, last.subject, last.detail], ['Rui', ids['T-HIT'], 'checking'])
    assert.deepEqual([first.name, first.subject], ['li.xiaoyun', ids['T-MISSED']])
  })

  test('leave in an export of managers alone', async () => {
    for (const role of ['agent', 'reviewer']) assert.equal((await as(role, 'POST', 'export?format=csv', { reason: '交给法务' })).status, 403)
    assert.equal((await as('manager', 'POST', 'export?format=csv', { reason: '交给法务' })).status, 200)
    const { entries } = (await as('manager', 'GET', 'audit?action=conversations.export_unmasked')).body
    assert.deepEqual(entries.map((one) => one.name), ['陈经理'])
  })

  test('of a customer are not an agent\'s to see', async () => {
    assert.equal((await as('agent', 'POST', 'people/1/reveal', { reason: '核对' })).status, 403)
  })
})
