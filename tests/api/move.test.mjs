// A store moves to PostgreSQL and back: the same answers, whoever is killed in between.
// It opens both databases itself: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeFolder } from './callscope.mjs'
import { answersOf, done, openPostgres, run, serve, top } from './databases.mjs'

describe('a store that moves', () => {
  let folder, data, postgres, expected
  const move = (to, killAfter) => run(['store', 'move', '--data', data, '--to', to], killAfter)
  const inspect = () => done('inspect', path.join(top, 'demo'), '--data', data, '--rules', path.join(top, 'packs'))

  before(async () => {
    folder = await makeFolder()
    data = path.join(folder, 'data')
    postgres = openPostgres()
    await inspect()
    expected = await answersOf(data)
    assert.ok(expected.list.length >= 60)
  })
  after(async () => {
    postgres?.close()
    await rm(folder, { recursive: true })
  })

  test('answers the same in PostgreSQL, and back in SQLite', async () => {
    const target = postgres.place(), there = await move(target.address)
    assert.equal(there.code, 0, there.stderr)
    assert.match(there.stdout, /now uses PostgreSQL/)
    assert.equal((await stat(path.join(data, 'database'))).mode & 0o777, 0o600)
    assert.ok(!(await readdir(data)).includes('callscope.db'))
    assert.deepEqual(await answersOf(data), expected)
    await inspect()
    // what a worker elsewhere has in hand can be seen
    postgres.sql(`SET search_path TO ${target.schema}; INSERT INTO job (kind, import, urgency, started_ms, made_ms, run_ms, state, attempts, lease_ms) VALUES ('rules', 0, 0, 0, 0, 0, 'running', 1, 9e15)`)
    assert.match((await move('sqlite')).stderr, /workers are inspecting[^]*stop callscope serve/)
    postgres.sql(`SET search_path TO ${target.schema}; DELETE FROM job`)
    const back = await move('sqlite')
    assert.equal(back.code, 0, back.stderr)
    assert.ok(!(await readdir(data)).includes('database'))
    assert.deepEqual((await answersOf(data)).list, expected.list)
    for (const name of await readdir(data)) if (name.includes('.moved-')) await rm(path.join(data, name))
  })

  test('does not move under a running server, which is named', async () => {
    const server = await serve(data)
    try {
      await server.ask('api/v1/status')
      const refused = await move(postgres.place().address)
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, new RegExp(`process ${server.child.pid} \\(callscope serve\\) uses the store`))
      assert.match(refused.stderr, /stop it/)
      await server.ask('api/v1/summary')
    } finally {
      await server.stop()
    }
  })

  test('says what is wrong with a target, and changes nothing', async () => {
    const full = postgres.place()
    const refused = async (to, words) => {
      const answer = await move(to)
      assert.notEqual(answer.code, 0)
      assert.match(answer.stderr, words)
      assert.doesNotMatch(answer.stderr, /secret/)
      assert.ok((await readdir(data)).includes('callscope.db'))
    }
    await refused('sqlite', /already/)
    await refused('http://localhost/', /no address/)
    await refused('postgres://nobody:secret@127.0.0.1:1/none', /./)
    const other = path.join(folder, 'other')
    await cp(data, other, { recursive: true })
    await done('store', 'move', '--data', other, '--to', full.address)
    await refused(full.address, /not empty/)
    assert.equal(postgres.sql(`SELECT count(*) FROM ${full.schema}.conversation`), String(expected.list.length))
    assert.equal((await run(['store', 'move', '--data', data])).code, 2)
    assert.deepEqual((await answersOf(data)).list, expected.list)
  })

  test('a file of SQLite that a killed move left in the way is kept aside, one with a log is left alone', async () => {
    const there = path.join(folder, 'there'), left = path.join(there, 'callscope.db')
    await cp(data, there, { recursive: true })
    await done('store', 'move', '--data', there, '--to', postgres.place().address)
    const back = () => run(['store', 'move', '--data', there, '--to', 'sqlite'])
    await cp(path.join(data, 'callscope.db'), left)
    await writeFile(`${left}-wal`, 'a log')
    const refused = await back()
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /callscope\.db already[^]*move it away, with its log/)
    await rm(`${left}-wal`)
    const kept = /it is kept as (\S+)\.\n/.exec((await done('store', 'move', '--data', there, '--to', 'sqlite')).stdout)
    assert.deepEqual(await readFile(kept[1]), await readFile(path.join(data, 'callscope.db')))
    assert.deepEqual((await answersOf(there)).list, expected.list)
  })

  test('goes on after kills, there and back', async () => {
    const file = path.join(folder, 'address')
    await writeFile(file, `${postgres.place().address}\n`, { mode: 0o600 })
    for (const target of [`@${file}`, 'sqlite']) {
      let kills = 0, ended
      while ((ended = await move(target, 5 + kills * 15)).code === null) kills++
      // killed behind the switch it is there already
      if (ended.code !== 0) assert.match(ended.stderr, /in that database already/)
      assert.ok(kills > 3, `only ${kills} kills came in time`)
      assert.deepEqual((await answersOf(data)).list, expected.list)
    }
  })
})
