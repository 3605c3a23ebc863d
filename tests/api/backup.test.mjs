// A backup made while the store is used, and the store brought back from it: the same answers, in either database, and
// whoever is killed in between.
// It opens both databases itself: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, makeFolder, RULES } from './callscope.mjs'
import { answersOf, done, openPostgres, run, serve, top } from './databases.mjs'
import { pause, send } from './imports.mjs'

/** Two seconds of a voice-like hum, different for each number. */
function wav(number) {
  const rate = 8000, bytes = Buffer.alloc(44 + rate * 4)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + rate * 4, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(rate * 4, 40)
  for (let i = 0; i < rate * 2; i++) bytes.writeInt16LE(Math.round(8000 * Math.sin((i * (200 + number * 40)) / rate * 2 * Math.PI)), 44 + i * 2)
  return bytes
}

const heard = (number) => conversation(`R-${number}`, ['你好', '您好'], { recordings: [{ file: `${number}.wav` }] })
/** Each at a second of its own: those of one second stand in the order in which they came. */
const many = (count, part) => Array.from({ length: count }, (_, i) =>
  conversation(`M${part}-${i}`, ['我要投诉你们', `这是第${i}个`, '非常抱歉'], { customer: `K-${i}`, started: new Date(Date.UTC(2026, 2, 1 + part) + i * 1000).toISOString() }))

/** What differs because it is another run of the same import, or another machine's clock. */
const timeless = (value) => JSON.parse(JSON.stringify(value, (key, inner) => (/^(created|started|ended|inspected|saved)_ms$/.test(key) ? null : inner)))

describe('a backup', () => {
  let folder, data, rules, postgres, expected
  const at = (...parts) => path.join(folder, ...parts)
  const add = async (name, conversations, files = {}) => {
    await mkdir(at(name), { recursive: true })
    await writeFile(at(name, 'conversations.json'), JSON.stringify(conversations))
    for (const [file, bytes] of Object.entries(files)) await writeFile(at(name, file), bytes)
    await done('inspect', at(name), '--data', data, '--rules', rules)
  }
  const backup = (to, killAfter) => run(['backup', to, '--data', data], killAfter)
  const restore = (from, to, options = [], killAfter) => run(['restore', from, '--data', to, ...options], killAfter)
  /** The restored store, with the key file put back, answers as the original and plays its recordings. */
  const compare = async (restored, what = expected) => {
    await cp(path.join(data, 'recordings.key'), path.join(restored, 'recordings.key'))
    assert.deepEqual(await answersOf(restored), what)
    const one = await serve(data), other = await serve(restored)
    try {
      const [a, b] = [await one.get('api/v1/conversations/R-1/audio'), await other.get('api/v1/conversations/R-1/audio')]
      assert.equal(a.status, 200, a.text)
      assert.deepEqual(a.bytes, b.bytes)
    } finally {
      await one.stop()
      await other.stop()
    }
  }

  before(async () => {
    folder = await makeFolder()
    data = at('data')
    rules = at('test.rules')
    postgres = openPostgres()
    await writeFile(rules, RULES)
    await done('inspect', path.join(top, 'demo'), '--data', data, '--rules', rules)
    await add('first', [heard(1), heard(2), heard(3)], { '1.wav': wav(1), '2.wav': wav(2), '3.wav': wav(3) })
    expected = await answersOf(data)
  })
  after(async () => {
    postgres?.close()
    await rm(folder, { recursive: true })
  })

  test('is restored with the same answers, into SQLite and into PostgreSQL, and from there again', async () => {
    const made = await backup(at('b'))
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stdout, /The key file of the recordings is not in it: .*recordings\.key/)
    assert.ok(!(await readdir(at('b'), { recursive: true })).some((name) => name.endsWith('recordings.key')))
    assert.match((await done('backup', 'verify', at('b'))).stdout, /every file is as it was backed up/)
    await done('restore', at('b'), '--data', at('n'))
    assert.deepEqual((await readdir(at('n'))).sort(), ['callscope.db', 'recordings'])
    await compare(at('n'))
    const { address } = postgres.place()
    await done('restore', at('b'), '--data', at('p'), '--to', address)
    assert.equal((await stat(at('p', 'database'))).mode & 0o777, 0o600)
    await compare(at('p'))
    await done('backup', at('b2'), '--data', at('p'))
    assert.equal(JSON.parse(await readFile(at('b2', 'backup.json'))).database, 'postgresql')
    await done('restore', at('b2'), '--data', at('q'))
    await compare(at('q'))
    const again = await restore(at('b'), at('n'))
    assert.equal(again.code, 1)
    assert.match(again.stderr, /not empty/)
  })

  test('copies what is new, and drops what is gone', async () => {
    assert.match((await backup(at('b'))).stdout, /; 0 of them are new/)
    await add('second', [heard(4)], { '4.wav': wav(4) })
    assert.match((await backup(at('b'))).stdout, /; 2 of them are new/) // the sound and its waveform
    assert.equal((await readdir(at('b'))).filter((name) => name.startsWith('run-')).length, 1)
    // a new key changes the head of each file: the backup follows, so that the key file of today opens it
    await done('keys', 'rotate', '--data', data)
    assert.match((await backup(at('b'))).stdout, /; 8 of them are new/)
    await rm(at('n'), { recursive: true })
    await done('restore', at('b'), '--data', at('n'))
    expected = await answersOf(data)
    await compare(at('n'))
  })

  test('that was damaged is told, and is not restored', async () => {
    await cp(at('b'), at('damaged'), { recursive: true })
    const files = (await readdir(at('damaged', 'recordings'), { recursive: true })).filter((name) => name.length > 32)
    const file = at('damaged', 'recordings', files[0])
    const bytes = await readFile(file)
    bytes[bytes.length - 20] ^= 1
    await writeFile(file, bytes)
    await rm(at('damaged', 'recordings', files[1]))
    const looked = await run(['backup', 'verify', at('damaged')])
    assert.equal(looked.code, 1)
    for (const name of files.slice(0, 2)) assert.ok(looked.stderr.includes(`recordings/${name}`), looked.stderr)
    assert.match(looked.stdout, /2 files are not/)
    const refused = await restore(at('damaged'), at('x'))
    assert.equal(refused.code, 1)
    assert.ok(!(await readdir(at('x'))).includes('callscope.db'), 'nothing is a store before everything is there')
    for (const [place, words] of [[at('nothing'), /no finished backup/], [at('input'), /no finished backup/]])
      assert.match((await restore(place, at('y'))).stderr, words)
    assert.match((await backup(path.join(data, 'inside'))).stderr, /inside the store/)
  })

  test('survives kills: the one before stays whole, and a restore goes on', async () => {
    for (let i = 0; i < 8; i++) {
      await backup(at('b'), 5 + i * 12)
      assert.equal((await run(['backup', 'verify', at('b')])).code, 0)
    }
    assert.equal((await backup(at('b'))).code, 0)
    for (const options of [[], ['--to', postgres.place().address]]) {
      const to = at(`killed-${options.length}`)
      await mkdir(path.join(to, 'restoring'), { recursive: true }) // killed at its first step
      let kills = 0, ended
      while ((ended = await restore(at('b'), to, options, 3 + kills * 12)).code === null) kills++
      if (ended.code !== 0) assert.match(ended.stderr, /not empty: it holds (callscope\.db|database)/) // killed behind its last step
      assert.ok(kills > 1, `only ${kills} kills came in time`)
      await compare(to)
    }
  })

  test('store verify names what a store has lost, in either database', async () => {
    const copies = [at('verify-a'), at('verify-b')], { schema, address } = postgres.place()
    await done('restore', at('b'), '--data', copies[0])
    await done('restore', at('b'), '--data', copies[1], '--to', address)
    const damage = "DELETE FROM timeline WHERE seq = 2; DELETE FROM inspection WHERE seq = 3; UPDATE timeline SET hash = body WHERE seq = 4"
    const sqls = [
      (sql) => execFileSync('sqlite3', [path.join(copies[0], 'callscope.db'), sql]),
      (sql) => postgres.sql(`SET search_path TO ${schema}; ${sql}`),
    ]
    for (const [i, copy] of copies.entries()) {
      await cp(path.join(data, 'recordings.key'), path.join(copy, 'recordings.key'))
      assert.match((await done('store', 'verify', '--data', copy)).stdout, /8 files of recordings opened[^]*the store is whole/)
      sqls[i](damage)
      const files = (await readdir(path.join(copy, 'recordings'), { recursive: true })).filter((name) => name.length > 32)
      await rm(path.join(copy, 'recordings', files[0]))
      await writeFile(path.join(copy, 'recordings', files[1]), 'no recording')
      const looked = await run(['store', 'verify', '--data', copy])
      assert.equal(looked.code, 1)
      for (const words of ['without its current text', 'without its current inspection', 'not the one that was stored', files[0].slice(3), files[1].slice(3)])
        assert.ok(looked.stderr.includes(words), `${words}: ${looked.stderr}`)
      assert.doesNotMatch(looked.stderr, /and \d+ more/)
    }
  })

  test('is made while an import runs, which goes on after the restore', async () => {
    const server = await serve(data, '--rules', rules)
    const call = (method, address, body) => send(server.base, method, `/api/v1/${address}`, body)
    const finish = async (ask, import_) => {
      for (;;) {
        const now = await ask(`api/v1/imports/${import_}`)
        if (now.state === 'done') return
        assert.match(now.state, /waiting|running/, JSON.stringify(now))
        await pause(50)
      }
    }
    let number
    try {
      number = (await call('POST', 'imports', {})).body.number
      for (let i = 0; i < 4; i++) await call('PUT', `imports/${number}/files/part-${i}.json`, JSON.stringify(many(1000, i)))
      await call('POST', `imports/${number}/start`)
      let states = []
      for (let i = 0; i < 3; i++) {
        assert.equal((await backup(at(`running-${i}`))).code, 0)
        states.push((await server.ask(`api/v1/imports/${number}`)).state)
      }
      assert.notEqual(states[0], 'done', 'the backup was to be quicker than the import')
      await finish(server.ask, number)
    } finally {
      await server.stop()
    }
    const whole = await answersOf(data)
    await done('restore', at('running-0'), '--data', at('resumed'))
    await cp(path.join(data, 'recordings.key'), at('resumed', 'recordings.key'))
    const other = await serve(at('resumed'), '--rules', rules)
    try {
      await finish(other.ask, number)
    } finally {
      await other.stop()
    }
    const resumed = await answersOf(at('resumed'))
    for (const part of ['list', 'conversations', 'facets', 'matched', 'unmatched']) assert.deepEqual(timeless(resumed[part]), timeless(whole[part]), part)
    // people are numbered in the order in which they came
    const identities = (people) => people.map((person) => JSON.stringify(person.identities)).sort()
    for (const part of ['customers', 'agents']) assert.deepEqual(identities(resumed[part]), identities(whole[part]), part)
  })
})
