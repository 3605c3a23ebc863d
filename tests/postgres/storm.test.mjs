// Two servers, two workers and their PostgreSQL, killed at random while conversations come in: what was acknowledged is stored
// once, users hear a clear word, and everything goes on by itself. KILLS: how many (24); tools/kill storm N does more.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RULES } from '../api/callscope.mjs'
import { pause, send } from '../api/imports.mjs'
import { call } from '../api/kills.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const program = process.env.CALLSCOPE_REAL ?? process.env.CALLSCOPE ?? path.join(here, '../../build/release/callscope')
const KILLS = Number(process.env.KILLS ?? 24)
const OF_A_POST = 4
const OF_AN_UPLOAD = 300
const PATIENCE_MS = 240000

const folder = mkdtempSync(path.join(tmpdir(), 'callscope-storm-'))
const data = path.join(folder, 'data')
const rules = path.join(folder, 'test.rules')
const cluster = path.join(folder, 'postgres')
const server = (...words) => execFileSync(path.join(here, 'server'), words, { encoding: 'utf8' }).trim()

/** A process that is started again whenever it ends, as a service manager does. */
class Service {
  constructor(name, words, env) {
    Object.assign(this, { name, words, env, base: null, log: '', isWanted: true })
    this.start()
  }

  start() {
    this.base = null
    this.child = spawn(program, this.words, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stderr.on('data', (part) => (this.log = (this.log + part).slice(-20000)))
    this.child.stdout.on('data', (part) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(part)
      if (found) this.base = found[0]
    })
    this.ended = new Promise((resolve) => this.child.once('close', resolve)).then(async () => {
      if (!this.isWanted) return
      await pause(50)
      this.start()
    })
  }

  async stop() {
    this.isWanted = false
    this.child.kill('SIGTERM')
    await this.ended
  }
}

/** What users may hear while something is down: no connection, or an error that says what to do. */
function isClear(status, body) {
  return [500, 503, 429].includes(status) && body?.error?.reason && body.error.remedy !== undefined
}

/** One backend process, or the whole server at once. */
function killDatabase() {
  const pid = readFileSync(path.join(cluster, 'data/postmaster.pid'), 'utf8').split('\n')[0]
  const backends = execFileSync('sh', ['-c', `pgrep -P ${pid} -f 'callscope.*(idle|BEGIN|INSERT|SELECT|UPDATE|COMMIT)' || true`], { encoding: 'utf8' }).split('\n').filter(Boolean)
  if (backends.length && Math.random() < 0.6) {
    process.kill(Number(backends[Math.floor(Math.random() * backends.length)]), 'SIGKILL')
    return 'a backend'
  }
  server('restart', cluster)
  return 'the database server'
}

test(`${KILLS} kills of servers, workers and the database under load`, { timeout: 1200000 }, async (t) => {
  chmodSync(folder, 0o711) // the user of the database goes through it
  writeFileSync(rules, RULES)
  mkdirSync(data)
  const env = { ...process.env, CALLSCOPE_DATABASE: server('start', cluster) }
  delete env.CALLSCOPE
  const common = ['--data', data, '--rules', rules]
  const servers = [
    new Service('server 1', ['serve', '--port', '0', '--workers', '1', ...common], env),
    new Service('server 2', ['serve', '--port', '0', '--workers', '0', ...common], env),
  ]
  const workers = [1, 2].map((n) => new Service(`worker ${n}`, ['worker', '--workers', '1', ...common], env))
  t.after(async () => {
    await Promise.all([...servers, ...workers].map((one) => one.stop()))
    server('stop', cluster)
    rmSync(folder, { recursive: true, force: true })
  })

  let isOver = false
  const acknowledged = new Set()
  const heard = { answers: 0, refusals: 0, silence: 0 }
  const any = () => servers[Math.floor(Math.random() * 2)]

  /** Asks one server or the other; null where nobody answered, or with a clear word that it can't now. */
  async function ask(method, address, body, headers, most = 20000) {
    const { base } = any()
    if (!base) return null
    try {
      const answer = await Promise.race([send(base, method, `/api/v1/${address}`, body, headers), pause(most)])
      assert.ok(answer, `${method} ${address}: no answer within ${most} ms`)
      if (answer.status < 300) {
        heard.answers++
        return answer
      }
      assert.ok(isClear(answer.status, answer.body) || answer.status === 409 || answer.status === 404, `${method} ${address}: ${answer.status} ${answer.text}`)
      heard.refusals++
    } catch (trouble) {
      if (!trouble.code) throw trouble
      heard.silence++
    }
    return null
  }
  async function until(what, done) {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      const found = await done()
      if (found) return found
      assert.ok(Date.now() < end, `${what} was waited for too long; ${[...servers, ...workers].map((one) => `${one.name}: ${one.log.slice(-600)}`).join('\n')}`)
      await pause(150)
    }
  }

  async function post(first) {
    for (let next = first; !isOver; next += OF_A_POST) {
      const some = Array.from({ length: OF_A_POST }, (_, i) => call(next + i))
      await until('a post', () => ask('POST', 'conversations', some, { 'Idempotency-Key': `post-${next}` }))
      for (const one of some) acknowledged.add(one.id)
      await pause(20)
    }
  }
  async function upload(first) {
    for (let next = first; !isOver; next += OF_AN_UPLOAD) {
      const some = Array.from({ length: OF_AN_UPLOAD }, (_, i) => call(next + i))
      const text = some.map((one) => JSON.stringify(one)).join('\n')
      const { number } = (await until('an import', () => ask('POST', 'imports', { name: `upload ${next}` }))).body
      await until('a file', () => ask('PUT', `imports/${number}/files/x.jsonl`, text))
      await until('a start', async () => {
        await ask('POST', `imports/${number}/start`)
        const row = await ask('GET', `imports/${number}`)
        return row && row.body.state !== 'open'
      })
      for (const one of some) acknowledged.add(one.id)
      await pause(200)
    }
  }
  async function read() {
    const asked = ['conversations?limit=20', 'status', 'imports', 'work', 'conversations?rule=apologise&verdict=missed', 'conversations?q=%E6%8A%95%E8%AF%89']
    while (!isOver) {
      const answer = await ask('GET', asked[Math.floor(Math.random() * asked.length)])
      if (answer) assert.ok(answer.body, 'an answer without JSON')
      await pause(40)
    }
  }

  await until('a first answer', () => ask('GET', 'work'))
  const load = Promise.all([post(0), upload(1e6), read()])
  load.catch(() => {})
  const phases = {}
  for (let kills = 0; kills < KILLS; ) {
    await Promise.race([pause(150 + Math.random() * 700), load])
    const work = await ask('GET', 'work')
    const during = !work ? 'while it was coming back' : work.body.running ? 'while it inspected' : work.body.waiting ? 'while work waited' : 'while it was idle'
    const pick = Math.random()
    let who
    if (pick < 0.2) {
      who = killDatabase()
    } else {
      const one = [...servers, ...workers][Math.floor(Math.random() * 4)]
      if (one.child.exitCode !== null || !one.child.kill('SIGKILL')) continue
      who = one.name.slice(0, -2)
    }
    phases[`${who} ${during}`] = (phases[`${who} ${during}`] ?? 0) + 1
    kills++
  }
  isOver = true
  await load

  await until('the end of all work', async () => {
    const work = await ask('GET', 'work')
    if (work?.body.aside && !work.body.waiting && !work.body.running) await ask('POST', 'work/aside/retry') // thrice met by a kill
    const imports = await ask('GET', 'imports?limit=1')
    return work && imports && !work.body.waiting && !work.body.running && !work.body.aside && imports.body.items.every((one) => !['waiting', 'running'].includes(one.state)) && work
  })
  const found = new Map()
  for (let after = null, isFirst = true; isFirst || after; isFirst = false) {
    const page = await until('a page', () => ask('GET', `conversations?limit=200${after ? `&after=${after}` : ''}`))
    for (const one of page.body.items) {
      assert.ok(!found.has(one.external_id), `${one.external_id} stands twice`)
      found.set(one.external_id, one)
    }
    after = page.body.next
  }
  assert.deepEqual([...acknowledged].filter((id) => !found.has(id)), [], 'acknowledged, and lost')
  assert.equal(found.size, acknowledged.size)

  // The same conversations, undisturbed.
  const calm = path.join(folder, 'calm')
  const input = path.join(folder, 'calm.jsonl')
  writeFileSync(input, [...acknowledged].map((id) => JSON.stringify(call(Number(id.slice(2))))).join('\n'))
  execFileSync(program, ['inspect', input, '--data', calm, '--rules', rules], { encoding: 'utf8', env: { ...env, CALLSCOPE_DATABASE: '' } })
  const undisturbed = execFileSync(program, ['export', '--data', calm, '--format', 'jsonl'], { encoding: 'utf8', maxBuffer: 1 << 30, env: { ...env, CALLSCOPE_DATABASE: '' } })
  const stormy = execFileSync(program, ['export', '--data', data, '--format', 'jsonl'], { encoding: 'utf8', maxBuffer: 1 << 30, env })
  const plain = (text) => text.split('\n').filter(Boolean).map((line) => {
    const { source, inspection, ...one } = JSON.parse(line)
    delete inspection?.inspected
    return JSON.stringify({ ...one, inspection })
  }).sort()
  assert.deepEqual(plain(stormy), plain(undisturbed))
  t.diagnostic(`${KILLS} kills: ${Object.entries(phases).map(([what, n]) => `${n} of ${what}`).join(', ')}`)
  t.diagnostic(`${acknowledged.size} conversations acknowledged, all stored once; ${heard.answers} answers, ${heard.refusals} refusals with a clear word, ${heard.silence} times nobody answered`)
})
