// People: the first run, signing in and out, sessions, wrong passwords, pages of other sites, what agents see, the trail.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, mustRun, ofPage, openPeopled, PASSWORD, runWith, signIn } from './access.mjs'
import { CONVERSATIONS, inspect, makeFolder, program, serve } from './callscope.mjs'
import { spawn } from 'node:child_process'

/** Starts the server and gives all that it said until it was ready. */
async function serveAloud(folder, ...more) {
  const child = spawn(program, ['serve', '--port', '0', '--data', path.join(folder, 'data'), ...more], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (part) => {
      said += part
      if (/\/first\/[0-9a-f]+\n/.test(said)) resolve()
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(said)[0]
  const token = /\/first\/([0-9a-f]{32})/.exec(said)[1]
  return { base, token, stop: () => new Promise((resolve) => { child.removeAllListeners('exit'); child.on('exit', resolve); child.kill('SIGTERM') }) }
}

describe('the first run', () => {
  let folder, server
  before(async () => {
    folder = await makeFolder()
    assert.equal((await inspect(folder, CONVERSATIONS)).code, 0)
    server = await serveAloud(folder)
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true })
  })
  const first = (body) => ask(server.base, 'POST', '/api/v1/first', { body })

  test('everything is open at this machine while nobody has an account', async () => {
    const me = await ask(server.base, 'GET', '/api/v1/me')
    assert.deepEqual(me.body, { number: 0, name: '', role: 'manager', agent: '', has_accounts: false })
    assert.equal((await ask(server.base, 'GET', '/api/v1/status')).body.conversations, CONVERSATIONS.length)
    const made = await ask(server.base, 'POST', '/api/v1/accounts', { body: { name: 'x', role: 'manager', password: PASSWORD } })
    assert.equal(made.status, 409, 'only the link makes the first')
  })

  test('refuses a wrong link and a weak password', async () => {
    assert.equal((await first({ token: '0'.repeat(32), name: 'a', password: PASSWORD })).status, 403)
    for (const password of ['short', 'aaaaaaaaaaaa', '1234567890', 'password123', 'ababababab', 'manager123']) {
      const answer = await first({ token: server.token, name: 'manager', password })
      assert.equal(answer.status, 400, password)
      assert.equal(answer.body.error.place, 'password')
    }
    assert.equal((await first({ token: server.token, name: ' a', password: PASSWORD })).status, 400)
    assert.equal((await ask(server.base, 'GET', '/api/v1/me')).body.has_accounts, false)
  })

  test('of two who are as fast one is the first, the other hears so, and then all is shut', async () => {
    const both = await Promise.all(['陈经理', 'other'].map((name) => first({ token: server.token, name, password: PASSWORD })))
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
    const won = both.find(({ status }) => status === 200)
    assert.match(both.find(({ status }) => status === 409).body.error.message, /already/)
    assert.equal(won.body.role, 'manager')
    assert.match(won.set, /; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/)
    assert.equal((await ask(server.base, 'GET', '/api/v1/status')).status, 401)
    assert.equal((await ask(server.base, 'GET', '/api/v1/status', { cookie: won.cookie })).status, 200)
    assert.equal((await first({ token: server.token, name: 'third', password: PASSWORD })).status, 409)
  })
})

describe('people', () => {
  let store
  before(async () => { store = await openPeopled() })
  after(() => store.close())
  const get = (address, cookie) => ask(store.base, 'GET', `/api/v1/${address}`, { cookie })
  const send = (method, address, cookie, body) => ask(store.base, method, `/api/v1/${address}`, { cookie, body, headers: ofPage(store.base) })

  test('sign in by name without regard to case, are known, and sign out', async () => {
    const answer = await signIn(store.base, 'RUI')
    assert.equal(answer.status, 200)
    const { number, ...who } = answer.body
    assert.ok(number > 0)
    assert.deepEqual(who, { name: 'Rui', role: 'reviewer', agent: '', has_accounts: true })
    assert.deepEqual((await get('me', answer.cookie)).body, answer.body)
    assert.deepEqual((await get('me')).body, { number: null, name: '', role: null, agent: '', has_accounts: true })
    const out = await send('POST', 'sign-out', answer.cookie, {})
    assert.equal(out.status, 200)
    assert.match(out.set, /=; .*Max-Age=0/)
    assert.equal((await get('status', answer.cookie)).status, 401)
  })

  test('a page of another site can change nothing with a cookie', async () => {
    const { cookie } = await signIn(store.base, '陈经理')
    const body = { name: 'evil', role: 'manager', password: PASSWORD }
    const put = (headers, more = {}) => ask(store.base, 'POST', '/api/v1/accounts', { cookie, body, headers, ...more })
    for (const headers of [{}, { origin: 'http://evil.example' }, { origin: 'null' }, { origin: `${store.base}1` }, { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' }, { origin: store.base.replace('http', 'https') }])
      assert.equal((await put(headers)).status, 403, JSON.stringify(headers))
    assert.equal((await put({ ...ofPage(store.base), 'content-type': 'text/plain' })).status, 403, 'a form can send text')
    assert.ok(!(await get('accounts', cookie)).text.includes('evil'))
    assert.equal((await signIn(store.base, 'Rui', PASSWORD, { headers: { origin: 'http://evil.example' } })).status, 403)
  })

  test('sessions are listed and ended; a new password ends the others', async () => {
    const [here, there] = [await signIn(store.base, 'Rui'), await signIn(store.base, 'Rui')]
    const { sessions } = (await get('me/sessions', here.cookie)).body
    assert.equal(sessions.filter(({ kind }) => kind === 'browser').length, 2)
    assert.equal(sessions.filter(({ is_current }) => is_current).length, 1)
    assert.doesNotMatch(JSON.stringify(sessions), new RegExp(here.cookie.split('=')[1]))
    const other = sessions.find(({ kind, is_current }) => kind === 'browser' && !is_current)
    assert.equal((await send('DELETE', `me/sessions/${other.number}`, here.cookie)).status, 200)
    assert.equal((await get('status', there.cookie)).status, 401)
    const manager = await signIn(store.base, '陈经理')
    assert.equal((await send('DELETE', `me/sessions/${sessions.find(({ is_current }) => is_current).number}`, manager.cookie)).status, 404, "not another's")

    const third = await signIn(store.base, 'Rui')
    const change = (current, password) => send('POST', 'me/password', here.cookie, { current, password })
    assert.equal((await change('not this one', 'seven green bottles')).body.error.place, 'current')
    assert.equal((await change(PASSWORD, 'Rui1234567')).body.error.place, 'password')
    assert.equal((await change(PASSWORD, 'seven green bottles')).status, 200)
    assert.equal((await get('status', here.cookie)).status, 200)
    assert.equal((await get('status', third.cookie)).status, 401)
    assert.equal((await ask(store.base, 'GET', '/api/v1/status', { key: store.keys.reviewer })).status, 401, 'keys end, too')
    store.keys.reviewer = await mustRun('', 'accounts', 'key', 'Rui', '--title', 'tests', '--data', store.data)
    assert.equal((await signIn(store.base, 'Rui')).status, 403)
    assert.equal((await signIn(store.base, 'Rui', 'seven green bottles')).status, 200)
  })

  test('managers make and change accounts; nobody is overwritten, and one manager stays', async () => {
    const { cookie } = await signIn(store.base, '陈经理')
    const made = await send('POST', 'accounts', cookie, { name: '赵敏', role: 'agent', agent: '赵敏', password: PASSWORD })
    assert.equal(made.status, 201)
    const { number, changes } = made.body
    for (const [body, place] of [[{ name: '赵敏', role: 'agent', agent: 'x', password: PASSWORD }, 'name'], [{ name: 'y', role: 'boss', password: PASSWORD }, 'role'],
      [{ name: 'y', role: 'agent', password: PASSWORD }, 'agent'], [{ name: 'y', role: 'reviewer', password: 'short' }, 'password'], [{ role: 'reviewer', password: PASSWORD }, 'name']])
      assert.equal((await send('POST', 'accounts', cookie, body)).body.error.place, place)

    for (const sign of ['\u202e', '\u200b', '\ufeff', '\u2066', '\n']) {
      const refused = await send('POST', 'accounts', cookie, { name: `Li${sign}Ming`, role: 'reviewer', password: PASSWORD })
      assert.deepEqual([refused.status, refused.body.error.place], [400, 'name'], JSON.stringify(sign))
    }
    const spare = (await send('POST', 'accounts', cookie, { name: 'Spare', role: 'reviewer', password: PASSWORD })).body
    const key = await mustRun('', 'accounts', 'key', 'Spare', '--title', 'tests', '--data', store.data)
    const isKnown = async () => (await ask(store.base, 'GET', '/api/v1/status', { key })).status
    assert.equal(await isKnown(), 200)
    const set = await send('PUT', `accounts/${spare.number}`, cookie, { ...spare, agent: '', is_disabled: false, password: 'seven green bottles' })
    assert.equal(set.status, 200, set.text)
    assert.equal(await isKnown(), 401, 'a password that a manager sets ends the keys')

    const agent = await signIn(store.base, '赵敏')
    const change = (body) => send('PUT', `accounts/${number}`, cookie, { name: '赵敏', role: 'reviewer', agent: '', is_disabled: false, changes, ...body })
    assert.equal((await change({})).body.role, 'reviewer')
    assert.equal((await get('people', agent.cookie)).status, 200, 'at once')
    const late = await change({ name: '赵敏敏' })
    assert.equal(late.status, 409)
    assert.equal(late.body.now.role, 'reviewer')
    assert.equal(late.body.now.changes, changes + 1)
    assert.equal((await change({ changes: changes + 1, is_disabled: true })).status, 200)
    assert.equal((await get('status', agent.cookie)).status, 401)
    assert.match((await signIn(store.base, '赵敏')).body.error.message, /disabled/)

    const own = (await get('accounts', cookie)).body.accounts.find(({ role }) => role === 'manager')
    const last = await send('PUT', `accounts/${own.number}`, cookie, { ...own, role: 'reviewer' })
    assert.equal(last.status, 409)
    assert.match(last.body.error.message, /last manager/)
    const shown = (await ask(store.base, 'GET', '/api/v1/accounts', { key: store.keys.reviewer })).body.accounts
    assert.deepEqual(Object.keys(shown[0]), ['number', 'name', 'role', 'agent', 'is_disabled'])
    assert.doesNotMatch(JSON.stringify((await get('accounts', cookie)).body), /argon2/)
  })

  test('an agent sees own conversations and figures alone', async () => {
    const { cookie } = await signIn(store.base, 'li.xiaoyun')
    const own = CONVERSATIONS.filter(({ participants }) => participants.some(({ name }) => name === '李晓芸')).map(({ id }) => id).sort()
    const list = (await get('conversations?limit=200', cookie)).body
    assert.deepEqual(list.items.map(({ external_id }) => external_id).sort(), own)
    assert.equal(list.total, own.length)
    assert.equal((await get('status', cookie)).body.conversations, own.length)
    assert.equal((await get('summary', cookie)).body.conversations, own.length)
    assert.deepEqual((await get('facets', cookie)).body.agents, ['李晓芸'])
    const found = (await get(`conversations?q=${encodeURIComponent('个人问题')}`, cookie)).body
    assert.equal(found.total, 0, "words of another's")
    const table = (await get('figures/table?by=agent', cookie)).text
    assert.match(table, /李晓芸/)
    assert.doesNotMatch(table, /王强/)
    for (const address of ['conversations?agent=', 'summary?agent=', 'figures?agent=', 'figures/trend?agent=', 'conversations/T-MET/neighbours?agent='])
      assert.equal((await get(`${address}${encodeURIComponent('王强')}`, cookie)).status, 403, address)
    assert.equal((await get(`conversations?agent=${encodeURIComponent('李晓芸')}`, cookie)).body.total, own.length)
  })

  test('the trail says who did what, and a change of it shows', async () => {
    const { cookie } = await signIn(store.base, '陈经理')
    const page = (await get('audit?limit=3', cookie)).body
    assert.equal(page.entries.length, 3)
    assert.ok(page.entries[0].number > page.entries[2].number)
    assert.equal((await get(`audit?limit=3&after=${page.next}`, cookie)).body.entries[0].number, page.next - 1)
    assert.equal((await ask(store.base, 'GET', '/api/v1/export?format=json', { key: store.keys.reviewer })).status, 200)
    const [taken] = (await get('audit?action=conversations.export', cookie)).body.entries
    assert.deepEqual([taken.name, taken.subject, taken.detail], ['Rui', `${CONVERSATIONS.length} rows as json`, ''])
    const refused = (await get('audit?action=session.refused', cookie)).body.entries
    assert.ok(refused.length > 0 && refused.every(({ action }) => action === 'session.refused'))
    const accounts = (await get('audit?action=account.&limit=200', cookie)).body.entries
    assert.ok(accounts.some(({ subject, detail }) => subject === '赵敏' && detail === 'reviewer, disabled'))
    assert.doesNotMatch(JSON.stringify((await get('audit?limit=200', cookie)).body), new RegExp(PASSWORD))
    assert.match(await mustRun('', 'accounts', 'audit', '--verify', '--data', store.data), /each whole/)
  })

  test('the machine mends what was forgotten', async () => {
    await mustRun('three old bicycles\n', 'accounts', 'password', '陈经理', '--data', store.data)
    assert.equal((await signIn(store.base, '陈经理', 'three old bicycles')).status, 200)
    assert.match(await mustRun('', 'accounts', 'list', '--data', store.data), /陈经理 +manager/)
    await mustRun('', 'accounts', 'disable', 'Rui', '--data', store.data)
    assert.equal((await ask(store.base, 'GET', '/api/v1/status', { key: store.keys.reviewer })).status, 401)
    assert.equal((await runWith('', 'accounts', 'disable', '陈经理', '--data', store.data)).code, 1)
    await mustRun('', 'accounts', 'key', 'li.xiaoyun', '--revoke', '--data', store.data)
    assert.equal((await ask(store.base, 'GET', '/api/v1/status', { key: store.keys.agent })).status, 401)
  })
})

describe('wrong passwords', () => {
  let store
  before(async () => { store = await openPeopled() })
  after(() => store.close())

  test('cost growing waits: of a name after five, of an address after twenty, whether the name exists or not', async () => {
    for (const name of ['Rui', 'nobody at all']) {
      for (let i = 0; i < 5; i++) assert.equal((await signIn(store.base, name, 'wrong password')).status, 403, `${name} ${i}`)
      const waits = await signIn(store.base, name, PASSWORD)
      assert.equal(waits.status, 429, 'also with the right one')
      assert.ok(Number(waits.headers['retry-after']) >= 1)
      assert.match(waits.body.error.remedy, /\d+ seconds/)
    }
    assert.equal((await signIn(store.base, '陈经理')).status, 200, 'others are not kept out')
    for (let i = 0; i < 10; i++) assert.equal((await signIn(store.base, `n${i}`, 'wrong password')).status, 403)
    assert.equal((await signIn(store.base, '陈经理')).status, 429, 'twenty failures from one address')
  })
})
