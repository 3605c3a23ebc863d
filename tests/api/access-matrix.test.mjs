// Every address, asked by nobody, an agent, a reviewer and a manager.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ask, openPeopled, readRoutes } from './access.mjs'
import { DECISIONS } from './access-decisions.mjs'

const ROLES = ['agent', 'reviewer', 'manager']
const LEAST = { SEE: 'agent', REVIEW: 'reviewer', MANAGE: 'manager' }
/** They look at who asks once more: a key is no browser's session. */
const BY_KEY_FORBIDDEN = new Set(['POST /api/v1/me/password'])

const addressOf = (pattern, id) => pattern.replace('{id}', encodeURIComponent(id)).replace('{path}', 'a.json')
/** An id that nothing has, so that nothing is changed; of conversations one that is there. */
const idFor = (pattern) => (pattern.startsWith('/api/v1/conversations/') ? 'T-MET' : '999999')

describe('who may ask for what', () => {
  let store, routes
  before(async () => {
    store = await openPeopled()
    routes = await readRoutes()
  })
  after(() => store.close())

  const askAs = (role, { method, pattern }, id = idFor(pattern)) => ask(store.base, method, addressOf(pattern, id), {
    key: role ? store.keys[role] : undefined, body: method === 'GET' || method === 'DELETE' ? undefined : '{}', isHead: true,
  })

  test('every address has a decision, and no decision is left over', () => {
    const decided = Object.entries(DECISIONS).flatMap(([permission, list]) => list.map((name) => `${name}: ${permission}`))
    const standing = routes.map(({ method, pattern, permission }) => `${method} ${pattern}: ${permission}`)
    assert.deepEqual(standing.filter((row) => !decided.includes(row)), [], 'decide these in access-decisions.mjs')
    assert.deepEqual(decided.filter((row) => !standing.includes(row)), [], 'these are gone: take them out of access-decisions.mjs')
    assert.ok(routes.length > 40)
  })

  test('nobody hears anything but what is open, and is asked to sign in', async () => {
    for (const route of routes) {
      const { status } = await askAs(null, route)
      if (route.permission === 'OPEN') assert.notEqual(status, 401, route.pattern)
      else assert.equal(status, 401, `${route.method} ${route.pattern}`)
    }
    const answer = await ask(store.base, 'GET', '/api/v1/conversations')
    assert.equal(answer.body.error.code, 'sign_in')
    assert.ok(answer.body.error.remedy)
    const wrong = await ask(store.base, 'GET', '/api/v1/conversations', { key: 'f'.repeat(64) })
    assert.equal(wrong.status, 401)
  })

  for (const role of ROLES)
    test(`${role}: what is his is answered, the rest is forbidden in words`, async () => {
      for (const route of routes.filter(({ permission }) => permission !== 'OPEN')) {
        const name = `${route.method} ${route.pattern}`
        const { status } = await askAs(role, route)
        const may = ROLES.indexOf(role) >= ROLES.indexOf(LEAST[route.permission])
        assert.notEqual(status, 401, name)
        assert.ok(status < 500, `${name}: ${status}`)
        if (!may || BY_KEY_FORBIDDEN.has(name)) assert.equal(status, 403, `${role}: ${name}`)
        else assert.notEqual(status, 403, `${role}: ${name}`)
      }
    })

  test('a conversation of somebody else is none, whatever is done with it', async () => {
    const own = routes.filter(({ pattern, permission }) => pattern.startsWith('/api/v1/conversations/{id}') && permission === 'SEE')
    assert.ok(own.length >= 4)
    for (const route of own) {
      const { method, pattern } = route
      const body = method === 'GET' || method === 'DELETE' ? undefined : { body: 'x', turn: 1, reason: 'to call back' }
      const foreign = await ask(store.base, method, addressOf(pattern, 'T-HIT'), { key: store.keys.agent, body })
      assert.equal(foreign.status, 404, `${method} ${pattern}: ${foreign.text.slice(0, 200)}`)
      assert.doesNotMatch(foreign.text, /王强|售前/, pattern)
    }
    const foreign = await ask(store.base, 'GET', '/api/v1/conversations/T-HIT', { key: store.keys.agent })
    const missing = await ask(store.base, 'GET', '/api/v1/conversations/T-XXX', { key: store.keys.agent })
    assert.equal(foreign.body.error.message, missing.body.error.message.replace('T-XXX', 'T-HIT'))
    assert.equal(foreign.body.error.remedy, missing.body.error.remedy)
  })

  test('nothing that an agent may read names another agent, queue or conversation', async () => {
    const readable = routes.filter(({ method, permission }) => method === 'GET' && permission === 'SEE')
    for (const { pattern } of readable) {
      const id = pattern.startsWith('/api/v1/rules/') ? 'apologise' : idFor(pattern)
      const { text } = await ask(store.base, 'GET', addressOf(pattern, id), { key: store.keys.agent })
      assert.doesNotMatch(text, /王强|售前|T-HIT|T-CHAT|Ann\b|UNKNOWN/, pattern)
    }
  })
})
