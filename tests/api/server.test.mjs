import assert from 'node:assert/strict'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { conversation, inspect, makeFolder, open, run, serve } from './callscope.mjs'

describe('the server', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())

  const refused = async (address, status, code, options) => {
    const answer = await store.get(address, options)
    assert.equal(answer.status, status, `${address}: ${answer.text}`)
    assert.equal(answer.body.error.code, code)
    assert.ok(answer.body.error.message)
    return answer
  }

  test('says what is wrong with a request', async () => {
    const list = '/api/v1/conversations'
    const unknown = await refused(`${list}?colour=red`, 400, 'usage')
    assert.match(unknown.body.error.message, /colour/)
    assert.match(unknown.body.error.remedy, /from, to, channel/)
    for (const query of ['from=yesterday', 'channel=fax', 'score=luck', 'score=risk&min=101', 'min=3', 'verdict=good', 'verdict=not_noted',
      'sort=agent', 'limit=0', 'limit=201', 'limit=x', 'after=zz', 'high_risk=yes', 'agent=a&agent=b']) {
      const answer = await refused(`${list}?${query}`, 400, 'usage')
      assert.ok(answer.body.error.message.length > 10, query)
    }
    const { next } = (await store.api('conversations', { limit: '1' })).body
    await refused(`${list}?limit=1&sort=risk&after=${next}`, 400, 'usage')
    await refused(`${list}?limit=1&after=${next.slice(1)}0`, 400, 'usage')
    await refused(`${list}?q=%ff`, 400, 'encoding')
    await refused(`${list}?q=a%00b`, 400, 'encoding')
    await refused(`${list}/%e5%ae`, 400, 'encoding')
    await refused(`${list}/nobody`, 404, 'not_found')
    await refused(`${list}/nobody/neighbours`, 404, 'not_found')
    await refused('/api/v1/everything', 404, 'not_found')
    await refused('/api/v1/summary?sort=risk', 400, 'usage')
    await refused(`${list}?q=${'a'.repeat(9000)}`, 414, 'too_large')
    const method = await refused('/api/v1/summary', 405, 'method_not_allowed', { method: 'POST' })
    assert.equal(method.headers.allow, 'GET, HEAD')
  })

  test('guards the browser', async () => {
    for (const address of ['/', '/api/v1/status', '/api/v1/nothing', '/assets/nothing.js']) {
      const { headers } = await store.get(address)
      assert.match(headers['content-security-policy'], /default-src 'self'/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['access-control-allow-origin'], undefined)
    }
    assert.equal((await store.get('/api/v1/status')).headers['cache-control'], 'no-store')
    await refused('/api/v1/status', 403, 'forbidden', { headers: { host: 'evil.example' } })
    await refused('/', 403, 'forbidden', { headers: { host: 'localhost.evil.example:8377' } })
    assert.equal((await store.get('/', { headers: { host: 'localhost:1' } })).status, 200)
  })

  test('answers HEAD without a body', async () => {
    for (const address of ['/', '/api/v1/conversations?limit=1']) {
      const head = await store.get(address, { method: 'HEAD' })
      assert.equal(head.status, 200)
      assert.equal(head.text, '')
      assert.equal(head.headers['content-length'], String((await store.get(address)).bytes.length))
    }
  })

  test('serves the interface at every page address', async () => {
    const index = await store.get('/')
    assert.equal(index.status, 200)
    assert.match(index.headers['content-type'], /^text\/html/)
    assert.equal((await store.get('/conversations/T-HIT?agent=x')).text, index.text)
    const script = /\/assets\/[^"]+\.js/.exec(index.text)?.[0]
    if (!script) return assert.match(index.text, /make build/) // built without the interface
    const plain = await store.get(script)
    assert.match(plain.headers['cache-control'], /immutable/)
    const packed = await store.get(script, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(packed.headers['content-encoding'], 'gzip')
    assert.deepEqual(gunzipSync(packed.bytes), plain.bytes)
    const known = await store.get('/', { headers: { 'if-none-match': index.headers.etag } })
    assert.equal(known.status, 304)
  })

  test('answers many at once', async () => {
    const { items } = (await store.api('conversations')).body
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) =>
      store.get(i % 2 ? '/api/v1/summary' : `/api/v1/conversations/${items[i % items.length].id}`)))
    assert.ok(answers.every((answer) => answer.status === 200))
  })
})

describe('a server and its store', () => {
  test('it waits for the store, notices another, and says when the port is taken', async () => {
    const folder = await makeFolder()
    const server = await serve(folder)
    try {
      const none = await server.api('status')
      assert.equal(none.status, 404)
      assert.match(none.body.error.remedy, /callscope inspect/)
      assert.equal((await server.get('/')).status, 200)

      await inspect(folder, [conversation('ONE', ['你好', '您好'])])
      assert.equal((await server.api('status')).body.conversations, 1)

      await rename(path.join(folder, 'data'), path.join(folder, 'old'))
      await inspect(folder, [conversation('TWO', ['你好', '您好']), conversation('THREE', ['你好', '您好'])])
      assert.equal((await server.api('status')).body.conversations, 2)
      assert.equal((await server.api('conversations/ONE')).status, 404)

      const port = new URL(server.base).port
      const second = await run('serve', '--port', port, '--data', path.join(folder, 'data'))
      assert.notEqual(second.code, 0)
      assert.match(second.stderr, /--port/)
    } finally {
      await server.stop()
      await rm(folder, { recursive: true })
    }
  })

  test('a changed conversation and a second run are told apart', async () => {
    const folder = await makeFolder()
    const first = conversation('C-1', ['我要投诉', '嗯', '再见', '再见'])
    await inspect(folder, [first])
    const server = await serve(folder)
    try {
      const { id } = (await server.api('conversations/C-1')).body
      await inspect(folder, [{ ...first, turns: [...first.turns, { from: 'a1', start_ms: 21000, text: '抱歉' }] }])
      const page = (await server.api('conversations/C-1')).body
      assert.equal(page.id, id)
      assert.equal(page.turns.length, 5)
      assert.equal(page.inspection.timeline_version, 2)
      assert.equal((await server.api('status')).body.conversations, 1)
    } finally {
      await server.stop()
      await rm(folder, { recursive: true })
    }
  })
})
