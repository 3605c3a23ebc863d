// The program killed in the middle of each of its phases, so many times each: while it reads, commits, matches and joins, brings
// an older store up to date, takes an import back, and while conversations are posted. Each time the next run finishes, and the
// store answers as one that nobody disturbed. The server's own imports: imports-kill.test.mjs. KILLS: of each phase.
import assert from 'node:assert/strict'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { RULES, makeFolder, ofSqliteAlone, run } from './callscope.mjs'
import { pause, serveImports } from './imports.mjs'
import { CALL_MAPPING, KILLS, answers, asItOpens, assertSame, call, callList, calls, killInRounds, whileItGrows, within } from './kills.mjs'

const CALLS = 2000
/** Made by the program before there were imports, from calls(200). */
const OLD_CALLS = 200
const OLD_STORE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../cases/store/version-3.db.gz')

let folder
let undisturbed // with the calls, and with the list
const ms = {} // how long an undisturbed run took
const at = (...names) => path.join(folder, ...names)
const data = (store) => at(store, 'data')
const inspect = (...what) => (store) => ['inspect', ...what.map((one) => at(one)), '--data', data(store), '--rules', at('few.rules'), '--json']

async function finish(words) {
  const started = performance.now()
  const { code, stdout, stderr } = await run(...words)
  assert.equal(code, 0, `${stderr}${stdout.slice(0, 900)}`)
  return { counts: JSON.parse(stdout).counts, import: JSON.parse(stdout).import, ms: performance.now() - started }
}

async function empty(name) {
  await rm(at(name), { recursive: true, force: true })
  await mkdir(at(name))
  return name
}

async function copy(from, name) {
  await empty(name)
  await cp(data(from), data(name), { recursive: true })
  return name
}

before(async () => {
  folder = await makeFolder()
  if (ofSqliteAlone('').skip) return
  await writeFile(at('few.rules'), RULES)
  await mkdir(at('calls'))
  await writeFile(at('calls/calls.jsonl'), calls(CALLS))
  await mkdir(at('list'))
  await writeFile(at('list/list.csv'), callList(CALLS))
  await writeFile(at('list/list.mapping.json'), CALL_MAPPING)
  await mkdir(at('old'))
  await writeFile(at('old/calls.jsonl'), calls(OLD_CALLS + 100))
  const read = await finish(inspect('calls')(await empty('base')))
  const whole = await finish(inspect('calls', 'list')(await copy('base', 'listed')))
  assert.equal(read.counts.inspected, CALLS)
  assert.ok(whole.counts.joined > CALLS / 2, `${whole.counts.joined} were joined`)
  ms.read = read.ms
  ms.join = whole.ms
  undisturbed = { base: await answers(at('base')), listed: await answers(at('listed')), list: whole.import }
  assert.equal(undisturbed.listed.joins, CALLS)
  assert.equal(undisturbed.base.joins, 0)
})
after(() => rm(folder, { recursive: true, force: true }))

describe(`killed ${KILLS} times`, ofSqliteAlone('it watches the log of callscope.db grow, and copies it'), () => {
  /** Calls into an empty store. */
  const reading = (moment) => killInRounds({
    fresh: () => empty('killed'), words: inspect('calls'), moment,
    finish: async (store) => {
      const { counts } = await finish(inspect('calls')(store))
      assert.equal(counts.read, counts.expected)
      assert.equal(counts.stored, CALLS)
      assertSame(await answers(at(store)), undisturbed.base)
    },
  })

  test('while it reads', async (t) => t.diagnostic(await reading(() => within(ms.read * 0.8))))

  test('while it commits', async (t) => t.diagnostic(await reading((store) => whileItGrows(data(store), 4))))

  test('while it matches and joins', async (t) => {
    t.diagnostic(await killInRounds({
      fresh: () => copy('base', 'killed'), words: inspect('calls', 'list'), moment: () => within(ms.join),
      finish: async (store) => {
        await finish(inspect('calls', 'list')(store))
        assertSame(await answers(at(store)), undisturbed.listed)
      },
    }))
  })

  test('while it commits what was matched and joined', async (t) => {
    t.diagnostic(await killInRounds({
      fresh: () => copy('base', 'killed'), words: inspect('calls', 'list'), moment: (store) => whileItGrows(data(store), 8),
      finish: async (store) => {
        await finish(inspect('calls', 'list')(store))
        assertSame(await answers(at(store)), undisturbed.listed)
      },
    }))
  })

  test('while it takes an import back', async (t) => {
    const undo = (store) => ['imports', 'undo', String(undisturbed.list), '--data', data(store)]
    const started = performance.now()
    const done = await run(...undo(await copy('listed', 'undone')))
    const undoMs = performance.now() - started
    assert.equal(done.code, 0, done.stderr)
    assertSame(await answers(at('undone')), undisturbed.base)
    t.diagnostic(await killInRounds({
      fresh: () => copy('listed', 'killed'), words: undo, isEnded: /is undone/, moment: () => within(undoMs),
      finish: async (store) => {
        const { code, stderr } = await run(...undo(store))
        assert.ok(code === 0 || /is undone/.test(stderr), stderr)
        assertSame(await answers(at(store)), undisturbed.base)
      },
    }))
  })

  test('while it brings an older store up to date', async (t) => {
    const old = gunzipSync(await readFile(OLD_STORE))
    const fresh = async (name) => {
      await empty(name)
      await mkdir(data(name), { mode: 0o700 })
      await writeFile(path.join(data(name), 'callscope.db'), old)
      return name
    }
    const { counts } = await finish(inspect('old')(await fresh('brought')))
    assert.equal(counts.stored, OLD_CALLS + 100)
    const brought = await answers(at('brought'))
    const shapes = { older: 0, newer: 0 }
    const kills = await killInRounds({
      fresh: () => fresh('killed'), words: inspect('old'),
      moment: (store) => (Math.random() < 0.5 ? asItOpens(data(store), 100) : whileItGrows(data(store), 3)),
      afterKill: async (store) => { // whole on either side of it
        const { code, stderr } = await run('imports', '--data', data(store), '--json')
        if (code) assert.match(stderr, /the store is of an older program/)
        shapes[code ? 'older' : 'newer']++
        return code === 0
      },
      finish: async (store) => {
        await finish(inspect('old')(store))
        assertSame(await answers(at(store)), brought)
      },
    })
    t.diagnostic(`${kills}; ${shapes.older} left the older shape, ${shapes.newer} the newer`)
  })

  test('while conversations are posted: what was acknowledged is stored, and once', async (t) => {
    let server = await serveImports(at(await empty('posted')))
    const acknowledged = new Set()
    let next = 0
    let kills = 0
    let again = 0
    const post = async (number) => {
      for (;;) {
        const { base } = server
        let isAnswered = false
        try {
          const { status } = await server.call('POST', 'conversations?wait=30', call(number), { 'Idempotency-Key': `key-${number}` })
          if (status === 200) return acknowledged.add(`K-${number}`)
          assert.ok(status === 202 || status === 503, `it answered ${status}`)
          isAnswered = true // it waits behind others
        } catch (failure) {
          if (failure.code === 'ERR_ASSERTION') throw failure
        }
        if (!isAnswered) again++
        do await pause(10)
        while (!isAnswered && server.base === base && kills < KILLS)
      }
    }
    const client = async () => {
      while (kills < KILLS) await post(next++)
    }
    const clients = Promise.all([client(), client(), client(), client()])
    while (kills < KILLS) {
      await pause(50 + Math.random() * 800)
      const before = new Set(acknowledged)
      await server.kill()
      const started = await serveImports(at('posted'))
      kills++
      for (const id of before) assert.equal((await started.get(`conversations/${id}`)).status, 200, `${id} was acknowledged and is gone`)
      server = started
    }
    await clients
    await server.stop()
    const { ids, states } = await answers(at('posted'))
    assert.deepEqual([...ids].sort(), [...acknowledged].sort())
    assert.equal(ids.length, next)
    assert.equal(states.length, next, 'an import for each, however often it was posted')
    t.diagnostic(`${kills} kills; ${next} posted, ${again} of them again`)
  })
})
