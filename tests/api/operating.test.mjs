// What someone who runs the server looks at: health, readiness, metrics, request ids, times, the log.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, inspect, makeFolder, open, program, run, serve } from './callscope.mjs'
import { send } from './imports.mjs'

/** Reads Prometheus' text format 0.0.4 and is strict about it: gives { name: { type, rows: [{ name, labels, value }] } }. */
function readMetrics(text) {
  const families = {}
  let family
  assert.ok(text.endsWith('\n'))
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/.exec(line)
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line)
    const row = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?)$/.exec(line)
    if (help) {
      assert.ok(!families[help[1]], `${help[1]} comes twice`)
      family = families[help[1]] = { name: help[1], rows: [] }
    } else if (type) {
      assert.equal(type[1], family.name)
      assert.equal(family.type, undefined)
      family.type = type[2]
    } else {
      assert.ok(row, `not a row: ${line}`)
      const stem = family.type === 'histogram' ? row[1].replace(/_(bucket|sum|count)$/, '') : row[1]
      assert.equal(stem, family.name, line)
      if (family.type === 'counter') assert.match(family.name, /_total$/)
      const labels = {}
      const rest = (row[2] ?? '').replace(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,(?=.)|$)/g, (all, name, value) => {
        assert.ok(!(name in labels), line)
        labels[name] = value
        return ''
      })
      assert.equal(rest, '', line)
      assert.ok(!family.rows.some((r) => r.name === row[1] && JSON.stringify(r.labels) === JSON.stringify(labels)), `twice: ${line}`)
      family.rows.push({ name: row[1], labels, value: Number(row[3]) })
    }
  }
  return families
}

const value = (families, name, labels = {}) =>
  families[name]?.rows.find((row) => row.name === name && Object.entries(labels).every(([key, is]) => row.labels[key] === is))?.value

describe('metrics', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())
  const read = async () => {
    const answer = await store.get('/metrics')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    return readMetrics(answer.text)
  }

  test('requests are counted by route and status, and so is what they took', async () => {
    const labels = (route, code) => ({ method: 'GET', route, ...(code && { code }) })
    const one = '/api/v1/conversations/{id}'
    const earlier = await read()
    for (let i = 0; i < 3; i++) await store.get('/api/v1/conversations/T-HIT')
    await store.get('/api/v1/conversations/nobody-13800138000')
    await store.get('/api/v1/conversations?colour=13900139000')
    await store.get('/somewhere/13700137000')
    const later = await read()
    const grown = (name, of) => (value(later, name, of) ?? 0) - (value(earlier, name, of) ?? 0)
    assert.equal(grown('callscope_http_requests_total', labels(one, '200')), 3)
    assert.equal(grown('callscope_http_requests_total', labels(one, '404')), 1)
    assert.equal(grown('callscope_http_requests_total', labels('/api/v1/conversations', '400')), 1)
    assert.equal(grown('callscope_http_requests_total', { route: 'other', code: '200' }), 1)
    assert.equal(grown('callscope_http_requests_total', labels('/metrics', '200')), 1)
    assert.doesNotMatch((await store.get('/metrics')).text, /T-HIT|nobody|13[789]00/)

    const histogram = later.callscope_http_request_duration_seconds
    const rows = histogram.rows.filter((row) => row.labels.route === one)
    const buckets = rows.filter((row) => row.name.endsWith('_bucket'))
    const bounds = buckets.map((row) => (row.labels.le === '+Inf' ? Infinity : Number(row.labels.le)))
    assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b))
    assert.ok(buckets.every((row, i) => i === 0 || row.value >= buckets[i - 1].value))
    assert.equal(bounds.at(-1), Infinity)
    assert.equal(buckets.at(-1).value, 4)
    assert.equal(rows.find((row) => row.name.endsWith('_count')).value, 4)
    assert.ok(rows.find((row) => row.name.endsWith('_sum')).value > 0)
  })

  test('the store, the imports, the disk and the process are there', async () => {
    const now = await read()
    const { version, conversations } = (await store.api('status')).body
    assert.equal(value(now, 'callscope_build_info', { version }), 1)
    assert.equal(value(now, 'callscope_conversations'), conversations)
    assert.equal(value(now, 'callscope_store_up'), 1)
    assert.equal(value(now, 'callscope_imports', { state: 'done' }), 1)
    assert.equal(value(now, 'callscope_imports', { state: 'running' }), 0)
    for (const name of ['callscope_store_bytes', 'callscope_disk_free_bytes', 'process_resident_memory_bytes', 'process_open_fds'])
      assert.ok(value(now, name) > 0, name)
    assert.ok(Math.abs(value(now, 'process_start_time_seconds') - Date.now() / 1000) < 600)
  })
})

describe('metrics of the queue', () => {
  test('count what workers did, and go on counting', async () => {
    const server = await open()
    const read = async () => readMetrics((await server.get('/metrics')).text)
    const bring = async (conversations) => {
      const answer = await send(server.base, 'POST', '/api/v1/conversations?wait=30', conversations)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.state, 'done')
    }
    try {
      const earlier = await read()
      for (const state of ['waiting', 'running', 'aside']) assert.equal(value(earlier, 'callscope_jobs', { state }), 0)
      assert.equal(value(earlier, 'callscope_job_oldest_seconds'), 0)
      const done = async () => value(await read(), 'callscope_jobs_done_total')
      const before = await done()
      await bring([conversation('W-1', ['你好', '您好']), conversation('W-2', ['你好', '您好'])])
      assert.equal(await done(), before + 2)
      assert.equal(await done(), before + 2)
      await bring([conversation('W-3', ['你好', '您好'])])
      assert.equal(await done(), before + 3)
      assert.equal(value(await read(), 'callscope_job_failures_total'), 0)
    } finally {
      await server.close()
    }
  })
})

describe('health', () => {
  test('it lives without a store, is ready without one, and says why it is not', async () => {
    const folder = await makeFolder()
    const server = await serve(folder)
    const data = path.join(folder, 'data')
    const ready = async () => {
      const { status, body } = await server.get('/readyz')
      return { status, ready: body.ready, bad: body.checks.filter((c) => !c.ok) }
    }
    try {
      assert.deepEqual((await server.get('/healthz')).body, { alive: true })
      assert.equal(readMetrics((await server.get('/metrics')).text).callscope_conversations, undefined)
      const none = await server.get('/readyz')
      assert.equal(none.status, 200, none.text)
      assert.match(none.body.checks.find((c) => c.check === 'store').reason, /no store/)

      await inspect(folder, [conversation('ONE', ['你好', '您好'])])
      assert.deepEqual(await ready(), { status: 200, ready: true, bad: [] })
      assert.equal((await server.get('/readyz')).body.checks.find((c) => c.check === 'rules').ok, true)

      // SQLite's own file, damaged; a store in PostgreSQL has none
      if ((await readdir(data)).includes('callscope.db')) {
        for (const file of await readdir(data)) if (file.startsWith('callscope.db')) await rm(path.join(data, file))
        await writeFile(path.join(data, 'callscope.db'), 'this is no database, it is a text of some length'.repeat(50))
        const broken = await ready()
        assert.equal(broken.status, 503)
        assert.equal(broken.bad[0].check, 'store')
        assert.ok(broken.bad[0].reason.length > 10 && broken.bad[0].remedy.length > 10)
        assert.equal((await server.get('/healthz')).status, 200)
        assert.equal(value(readMetrics((await server.get('/metrics')).text), 'callscope_store_up'), 0)
      }
    } finally {
      await server.stop()
      await rm(folder, { recursive: true })
    }
  })
})

describe('each request', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())

  test('has an id, its own where it may stand in a log', async () => {
    const id = async (given) => (await store.get('/api/v1/status', { headers: given === undefined ? {} : { 'x-request-id': given } })).headers['x-request-id']
    assert.equal(await id('trace-0123_ABC'), 'trace-0123_ABC')
    assert.equal(await id('a'.repeat(64)), 'a'.repeat(64))
    for (const given of [undefined, 'short', 'a'.repeat(65), 'has a blank', 'semi;colon', '{"x":"y12345"}']) assert.match(await id(given), /^[0-9a-f]{16}$/)
    assert.notEqual(await id(), await id())
    const failed = await store.get('/api/v1/conversations/nobody', { headers: { 'x-request-id': 'my-request-1' } })
    assert.equal(failed.headers['x-request-id'], 'my-request-1')
    assert.equal(failed.body.error.request, 'my-request-1')
    assert.match((await store.get('/api/v1/none')).body.error.request, /^[0-9a-f]{16}$/)
  })

  test('says how long it took', async () => {
    for (const address of ['/', '/api/v1/conversations', '/api/v1/none', '/healthz']) {
      const { headers } = await store.get(address)
      const ms = Number(/^app;dur=(\d+\.\d{3})$/.exec(headers['server-timing'])?.[1])
      assert.ok(ms >= 0 && ms < 60000, headers['server-timing'])
    }
  })
})

describe('the log', () => {
  /** A server of its own with this environment; gives its lines after a few requests. */
  const linesOf = async (folder, log, options, ask) => {
    const args = ['serve', '--port', '0', '--data', path.join(folder, 'data'), ...options]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CALLSCOPE_LOG: log } })
    let said = ''
    child.stderr.on('data', (part) => { said += part })
    const base = await new Promise((resolve) => child.stdout.on('data', (part) => resolve(/http:\S+(?=\/)/.exec(part)[0])))
    await ask(base)
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGTERM')
    await ended
    return said.split('\n').slice(0, -1)
  }

  test('is a line a request, with its id and without what was asked for', async () => {
    const folder = await makeFolder()
    await inspect(folder)
    const ask = async (base) => {
      for (const address of ['/api/v1/conversations?q=13800138000', '/api/v1/conversations/T-HIT', '/healthz', '/'])
        await fetch(base + address, { headers: { 'x-request-id': 'request-of-test' } })
    }
    try {
      const text = await linesOf(folder, '', [], ask)
      assert.equal(text.length, 2, text.join('\n'))
      for (const line of text) assert.match(line, /^\d{4}-\S+ info {2}answered request=request-of-test method=GET route=\/api\/v1\/\S+ status=200 ms=\d+\.\d{3} bytes=\d+$/)
      assert.doesNotMatch(text.join('\n'), /13800138000|T-HIT/)
      const json = (await linesOf(folder, 'text,debug', ['--log-format', 'json'], ask)).map((line) => JSON.parse(line)).filter((line) => line.message === 'answered')
      assert.equal(json.length, 4)
      assert.deepEqual(Object.keys(json[1]), ['time', 'level', 'message', 'request', 'method', 'route', 'status', 'ms', 'bytes'])
      assert.equal(json[1].route, '/api/v1/conversations/{id}')
      assert.deepEqual(json.map((line) => line.level), ['info', 'info', 'debug', 'debug'])
      assert.deepEqual(await linesOf(folder, 'warn', [], ask), [])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('tells why something failed inside', async () => {
    const folder = await makeFolder()
    await inspect(folder)
    const file = path.join(folder, 'data', 'callscope.db')
    const kept = (await readdir(path.join(folder, 'data'))).includes('callscope.db')
    if (!kept) return rm(folder, { recursive: true }) // PostgreSQL has no file to damage
    try {
      for (const end of ['-wal', '-shm']) await rm(file + end, { force: true })
      await writeFile(file, 'no database at all, but a long text'.repeat(99))
      await chmod(file, 0o600)
      const lines = (await linesOf(folder, 'json', [], async (base) => {
        const answer = await fetch(`${base}/api/v1/summary`)
        assert.equal(answer.status, 503)
        assert.ok(!(await answer.text()).includes(folder), 'a path of this machine is nobody\'s business')
      })).map((line) => JSON.parse(line))
      const failed = lines.find((line) => line.message === 'a request failed')
      const answered = lines.find((line) => line.message === 'answered')
      assert.equal(failed.request, answered.request)
      assert.equal(answered.status, 503)
      assert.equal(failed.route, '/api/v1/summary')
      assert.ok(failed.reason && failed.remedy)
      assert.match(failed.place, /callscope\.db/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a word that says nothing is told at once', async () => {
    const answer = await run('serve', '--log-format', 'xml')
    assert.equal(answer.code, 2)
    assert.match(answer.stderr, /"xml"[^]*text or json/)
  })
})
