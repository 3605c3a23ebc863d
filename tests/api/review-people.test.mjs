// Two reviewers who disagree, a manager who decides, an agent who reads: judgements and comments between people.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, openPeopled } from './access.mjs'

let store
before(async () => {
  store = await openPeopled()
})
after(() => store.close())

const of = (id, what) => `/api/v1/conversations/${encodeURIComponent(id)}/${what}`
const as = (role, method, address, body) => ask(store.base, method, address, { key: store.keys[role], body })
const word = (answer, more = {}) => ({ rule: 'no-blame', turn: 2, answer, ...more })
const standing = (answer) => answer.body.judgements.filter((one) => one.stands)

test('another person\'s different word is told, and replaced only on purpose; both stay', async () => {
  const first = await as('reviewer', 'PUT', of('T-HIT', 'judgements'), word('agree'))
  assert.equal(first.status, 200, first.text)
  const [rui] = standing(first)
  assert.equal(rui.by.name, 'Rui')

  const refused = await as('manager', 'PUT', of('T-HIT', 'judgements'), word('wrong', { reason: 'quoted' }))
  assert.equal(refused.status, 409)
  assert.match(refused.body.error.message, /^Rui has said "agree"/)
  assert.deepEqual(standing(await as('manager', 'GET', of('T-HIT', 'judgements'))).map((one) => one.number), [rui.number])

  const replaced = await as('manager', 'PUT', of('T-HIT', 'judgements'), word('wrong', { reason: 'quoted', replaces: rui.number }))
  assert.deepEqual(standing(replaced).map((one) => [one.answer, one.by.name, one.supersedes]), [['wrong', '陈经理', rui.number]])
  assert.equal(replaced.body.judgements.length, 2)

  // Rui saw his own word stand: what he says now is about something that is gone.
  assert.equal((await as('reviewer', 'PUT', of('T-HIT', 'judgements'), word('wrong', { reason: 'misheard', replaces: rui.number }))).status, 409)
  assert.equal((await as('reviewer', 'DELETE', `${of('T-HIT', 'judgements')}?number=${standing(replaced)[0].number}`)).status, 403)
  const back = await as('manager', 'DELETE', `${of('T-HIT', 'judgements')}?number=${standing(replaced)[0].number}`)
  assert.deepEqual(standing(back).map((one) => one.by.name), ['Rui'])
})

test('an agent reads about own conversations, writes beside them, and judges nothing', async () => {
  assert.equal((await as('agent', 'GET', of('T-HIT', 'judgements'))).status, 404) // of 王强
  assert.equal((await as('agent', 'GET', of('T-HIT', 'related'))).status, 404)
  assert.equal((await as('agent', 'POST', of('T-HIT', 'comments'), { turn: 1, body: '不是我的' })).status, 404)
  assert.equal((await as('agent', 'GET', of('T-MISSED', 'judgements'))).status, 200)
  assert.equal((await as('agent', 'PUT', of('T-MISSED', 'judgements'), { rule: 'apologise', turn: 1, answer: 'agree' })).status, 403)
  assert.equal((await as('agent', 'GET', '/api/v1/review')).status, 403)

  const made = await as('agent', 'POST', of('T-MISSED', 'comments'), { turn: 2, body: '当时系统卡住了' })
  assert.equal(made.status, 201)
  const [comment] = made.body.comments
  assert.equal(comment.by.name, 'li.xiaoyun')
  assert.equal((await as('reviewer', 'PUT', of('T-MISSED', 'comments'), { number: comment.number, changes: 1, body: '改写' })).status, 403)
  assert.equal((await as('reviewer', 'DELETE', `${of('T-MISSED', 'comments')}?number=${comment.number}`)).status, 403)
  assert.equal((await as('manager', 'DELETE', `${of('T-MISSED', 'comments')}?number=${comment.number}`)).status, 200)
})

test('what was seen is each one\'s own, and nobody marks what he may not see', async () => {
  const rows = async (role) => (await as(role, 'GET', '/api/v1/conversations')).body.items
  const hit = (await rows('manager')).find((row) => row.external_id === 'T-HIT')
  await as('agent', 'PUT', '/api/v1/seen', { conversations: [hit.id] })
  await as('manager', 'PUT', '/api/v1/seen', { conversations: [hit.id] })
  assert.notEqual((await rows('manager')).find((row) => row.id === hit.id).seen_ms, null)
  assert.equal((await rows('reviewer')).find((row) => row.id === hit.id).seen_ms, null)
})
