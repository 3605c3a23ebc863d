// The same commands on SQLite and on PostgreSQL give the same answers, byte for byte, but for the moments of the run.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { request } from '../api/callscope.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const real = path.resolve(root, process.env.CALLSCOPE_REAL ?? 'build/release/callscope')
const programs = { sqlite: real, postgres: path.join(root, 'tests/postgres/callscope') }
const MOMENTS = /"(decided_ms|created_at|inspected_ms|made_ms|created_ms|started_at_ms|ended_ms|run_ms|counted_ms|now_ms|seen_ms|request)":("[^"]*"|\d+)/g
/** In the body of an export it is a text within a text. */
const INSPECTED = /\\"inspected\\":\\"[^"]*\\"/g
const IMPORT_MOMENTS = /"(started_ms)":\d+/g

let folder
const stores = {}

/** A store on each, from demo/ twice: the second time nothing is new. */
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'callscope-both-'))
  for (const [name, program] of Object.entries(programs)) {
    const env = { ...process.env, CALLSCOPE_DATABASE: '' }
    const data = path.join(folder, name)
    const run = async (...words) => {
      const { stdout } = await promisify(execFile)(program, words, { env, cwd: root, maxBuffer: 1 << 28 })
      return stdout.replaceAll(data, 'DATA').replace(INSPECTED, '').replace(MOMENTS, '"$1":0').replace(IMPORT_MOMENTS, (all) => (words[0] === 'imports' ? '"started_ms":0' : all))
    }
    const inspected = [await run('inspect', 'demo', '--data', data, '--rules', 'packs', '--json'),
      await run('inspect', 'demo', '--data', data, '--rules', 'packs', '--json')]
    const child = spawn(program, ['serve', '--port', '0', '--data', data, '--rules', 'packs'], { env, cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    const base = await new Promise((resolve, reject) => {
      child.stdout.on('data', (part) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(part)
        if (found) resolve(found[0])
      })
      child.once('exit', (code) => reject(new Error(`callscope serve ended with ${code}`)))
    })
    const get = async (address) => {
      const { status, text } = await request(base, address)
      return `${status} ${text.replaceAll(data, 'DATA').replace(MOMENTS, '"$1":0').replace(IMPORT_MOMENTS, (all) => (address.startsWith('/api/v1/imports') ? '"started_ms":0' : all))}`
    }
    stores[name] = { data, run, get, inspected, child }
  }
})
after(async () => {
  for (const { child } of Object.values(stores)) {
    child.removeAllListeners('exit')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

async function same(ask, what) {
  const [one, other] = [await ask(stores.sqlite), await ask(stores.postgres)]
  assert.ok(one.length > 2, what)
  assert.equal(other, one, what)
  return one
}
const get = (address) => same((store) => store.get(address), address)

describe('SQLite and PostgreSQL', () => {
  test('say the same of what was inspected', () => assert.deepEqual(stores.postgres.inspected, stores.sqlite.inspected))

  for (const sort of ['started', '-started', 'risk', '-risk', 'compliance', 'experience'])
    test(`list the same, page by page, by ${sort}`, async () => {
      for (let next = null, pages = 0; pages === 0 || next; pages++) {
        const text = await get(`/api/v1/conversations?limit=20&sort=${sort}${next ? `&after=${encodeURIComponent(next)}` : ''}`)
        assert.match(text, /^200/)
        next = JSON.parse(text.slice(4)).next
      }
    })

  test('list the same under every filter', async () => {
    const { items } = JSON.parse((await stores.sqlite.get('/api/v1/conversations?limit=200')).slice(4))
    const values = (key) => [...new Set(items.map((item) => item[key]).filter(Boolean))]
    for (const key of ['agent', 'team', 'queue', 'channel', 'customer'])
      for (const value of values(key).slice(0, 6)) await get(`/api/v1/conversations?${key}=${encodeURIComponent(value)}`)
    const { rules } = JSON.parse((await stores.sqlite.get('/api/v1/summary')).slice(4))
    for (const { rule } of rules)
      for (const verdict of ['', 'missed', 'hit', 'met', 'clean', 'undecided'])
        await get(`/api/v1/conversations?rule=${rule}${verdict && `&verdict=${verdict}`}&limit=5`)
    for (const query of ['high_risk=true', 'high_risk=false', 'score=compliance&max=80', `q=${encodeURIComponent('漏水')}`, `q=${encodeURIComponent('退')}`, 'q=refund', 'verdict=missed'])
      await get(`/api/v1/conversations?${query}`)
  })

  test('show every conversation alike', async () => {
    const { items } = JSON.parse((await stores.sqlite.get('/api/v1/conversations?limit=200')).slice(4))
    assert.ok(items.length > 60)
    for (const { id } of items) await get(`/api/v1/conversations/${id}`)
  })

  test('sum up, join and name people alike', async () => {
    for (const address of ['summary', 'summary?team=none', 'joins?state=matched', 'joins?state=doubtful', 'joins?state=unmatched', 'people?kind=customer',
      'people?kind=agent', 'imports', 'rules', 'obligations', 'mappings', 'figures', 'nothing'])
      await get(`/api/v1/${address}`)
  })

  test('write the same files', async () => {
    for (const format of ['json', 'jsonl', 'csv', 'vcon']) await same((s) => s.run('export', '--data', s.data, '--format', format), format)
    for (const words of [['rules', 'stats'], ['joins', '--json'], ['people', '--json'], ['obligations', '--json'], ['imports', '--json']])
      await same((s) => s.run(...words, '--data', s.data), words.join(' '))
  })
})
