// docs/upgrade.md, followed step by step with a store that the release before left (tools/release-store.mjs): today's program
// answers all that the older one did, adds what is new, and the way back is open. It runs the program itself, never through
// tests/postgres/callscope: a release before this one knew SQLite alone.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, readFile, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { allAnswers, differences } from './answers.mjs'

process.env.CALLSCOPE = process.env.CALLSCOPE_REAL ?? process.env.CALLSCOPE
process.env.CALLSCOPE_DATABASE = ''
const { makeFolder, run, serve } = await import('./callscope.mjs')
const { pause, send } = await import('./imports.mjs')

const BEFORE = '0.1.0'
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const cases = path.join(root, 'tests/cases/upgrade')

let folder
let said // by the release before
let server
const at = (...names) => path.join(folder, ...names)
const asking = (one) => async (address) => {
  const { status, body, text } = await one.get(`/${address}`)
  assert.equal(status, 200, `${address}: ${text}`)
  return body
}
const ask = (address) => asking(server)(address)

/** The server, when it says that it is ready: until then the store may not be up to date. */
async function started(where) {
  const one = await serve(where)
  while ((await one.get('/readyz')).status !== 200) await pause(50)
  return one
}

async function hashes(where) {
  const found = {}
  for (const entry of await readdir(where, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /-(wal|shm)$/.test(entry.name)) continue // SQLite's own, beside an open database
    const name = path.join(entry.path, entry.name)
    found[path.relative(where, name)] = createHash('sha256').update(await readFile(name)).digest('hex')
  }
  return found
}

before(async () => {
  folder = await makeFolder()
  execFileSync('tar', ['-xzf', path.join(cases, `${BEFORE}.tar.gz`), '-C', folder])
  said = JSON.parse(gunzipSync(await readFile(path.join(cases, `${BEFORE}.answers.json.gz`))))
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})

describe(`a store of ${BEFORE}`, () => {
  test('is copied while nothing runs, and only looking at it changes nothing', async () => {
    await cp(at('data'), at('copy'), { recursive: true })
    const looked = await run('doctor', '--data', at('data'), '--rules', path.join(root, 'packs'))
    assert.match(looked.stdout, /store is of an older program/)
    assert.deepEqual(await hashes(at('data')), await hashes(at('copy')))
  })

  test('is brought up to date by the first start, and every answer stands', async () => {
    server = await started(folder)
    assert.deepEqual(differences(said, await allAnswers(ask, 3)), [])
    const { conversations, stale } = await ask('api/v1/status')
    assert.deepEqual({ conversations, stale }, { conversations: said.list.length, stale: 0 })
    const checked = await run('doctor', '--data', at('data'), '--rules', path.join(root, 'packs'))
    assert.equal(checked.code, 0, checked.stdout)
    const verified = await run('store', 'verify', '--data', at('data'))
    assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  })

  test('plays its recordings, and explains its inspections', async () => {
    const { conversations } = said
    const heard = said.list.find(({ external_id: id }) => id === 'U-HEARD')
    const { status, bytes } = await server.get(`/api/v1/conversations/${heard.id}/audio`)
    assert.equal(status, 200)
    assert.equal(bytes.subarray(0, 4).toString(), 'RIFF')
    const { code, stdout, stderr } = await run('explain', Object.keys(conversations)[0], '--data', at('data'))
    assert.equal(code, 0, stdout + stderr)
  })

  test('gets figures that count what was there', async () => {
    let figures
    do figures = await ask('api/v1/figures')
    while (!figures.is_settled && (await pause(50), true))
    assert.equal(figures.conversations, said.list.length)
    assert.equal(figures.high_risk, said.list.filter((one) => one.high_risk).length)
    const { rows } = await ask('api/v1/figures/table?by=agent')
    for (const { name, conversations } of rows) {
      assert.equal(conversations, said.list.filter((one) => (one.agent ?? null) === (name || null)).length, `of ${name}`)
    }
  })

  test('is searched by its words', async () => {
    for (const [word, holds] of [['12315', (text) => text.includes('12315')], ['订单', (text) => text.includes('订单')], ['"fridge"', (text) => /\bfridge\b/i.test(text)]]) {
      let found
      do found = await ask(`api/v1/conversations?limit=200&q=${encodeURIComponent(word)}`)
      while (found.search?.is_complete === false && (await pause(50), true))
      const ids = new Set(found.items.map(({ id }) => id))
      // Those that were opened then show their words: they are found when they hold it, and only then.
      for (const [id, { external_id: name, turns }] of Object.entries(said.conversations)) {
        assert.equal(ids.has(id), turns.some(({ text }) => holds(text)), `${word} in ${name}`)
      }
    }
  })

  test('knows the same files again', async () => {
    await server.stop()
    server = null
    for (const part of ['appliances', 'english', 'lists']) await cp(path.join(root, 'demo', part), at('demo', part), { recursive: true })
    const again = await run('inspect', at('demo'), '--data', at('data'), '--rules', path.join(root, 'packs'), '--json')
    assert.equal(again.code, 0, again.stderr)
    const { counts } = JSON.parse(again.stdout)
    // D-WM-0116-01 had got another text since.
    assert.deepEqual([counts.read, counts.unchanged, counts.inspected], [39, 38, 1], JSON.stringify(counts))
    server = await started(folder)
  })

  test('takes back an import from before', async () => {
    const number = said.imports.find(({ name }) => name === 'later').number
    const undone = await send(server.base, 'POST', `/api/v1/imports/${number}/undo`)
    assert.equal(undone.status, 202, undone.text)
    let one
    do one = await ask(`api/v1/imports/${number}`)
    while (one.state === 'undoing' && (await pause(20), true))
    assert.equal(one.state, 'undone', JSON.stringify(one))
    const { items } = await ask('api/v1/conversations?limit=200')
    assert.equal(items.length, said.list.length - 2)
    assert.deepEqual(items.filter(({ external_id: id }) => id.startsWith('U-')), [])
  })

  test('is backed up and restored as it is now', async () => {
    const now = await allAnswers(ask)
    const backup = await run('backup', at('backup'), '--data', at('data'))
    assert.equal(backup.code, 0, backup.stderr)
    const restored = await run('restore', at('backup'), '--data', at('restored/data'))
    assert.equal(restored.code, 0, restored.stderr)
    const other = await started(at('restored'))
    try {
      assert.deepEqual(differences(now, await allAnswers(asking(other))), [])
    } finally {
      await other.stop()
    }
  })

  test('can be had back as it was: the copy is untouched', async () => {
    const fresh = at('fresh')
    await cp(at('copy'), path.join(fresh, 'data'), { recursive: true })
    execFileSync('tar', ['-xzf', path.join(cases, `${BEFORE}.tar.gz`), '-C', at('copy'), '--transform', 's,^data,again,'])
    assert.deepEqual(await hashes(at('copy/again')), await hashes(path.join(fresh, 'data')))
    const other = await started(fresh)
    try {
      assert.deepEqual(differences(said, await allAnswers(asking(other), 3)), [])
    } finally {
      await other.stop()
    }
  })
})
