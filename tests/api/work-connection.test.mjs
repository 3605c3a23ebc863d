// Programs on one PostgreSQL: a connection of one breaks, and no other; two take back the same import.
// It opens both databases itself: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'

// Here the program itself is meant, never the one through tests/postgres/callscope.
process.env.CALLSCOPE = process.env.CALLSCOPE_REAL ?? process.env.CALLSCOPE ?? 'build/release/callscope'
const { makeFolder, program } = await import('./callscope.mjs')
const { env, openPostgres } = await import('./databases.mjs')
const { chats, pause, serveImports } = await import('./imports.mjs')

const COUNT = 3000
let folder, postgres, server, worker, schema, address

before(async () => {
  folder = await makeFolder()
  postgres = openPostgres()
  ;({ schema, address } = postgres.place())
})
after(async () => {
  server?.child.kill('SIGKILL')
  worker?.kill('SIGKILL')
  postgres?.close()
  await rm(folder, { recursive: true, force: true })
})

test('an import that loses its connection goes on by itself', { timeout: 120000 }, async () => {
  process.env.CALLSCOPE_DATABASE = `${address}&application_name=${schema}r`
  const reading = await serveImports(folder, '--workers', '1')
  process.env.CALLSCOPE_DATABASE = env.CALLSCOPE_DATABASE
  const { body: { number } } = await reading.call('POST', 'imports', {})
  await reading.put(number, 'more.jsonl', chats(COUNT, 'R'))
  await reading.call('POST', `imports/${number}/start`, {})
  let broken = 0
  while (broken < 2) {
    broken += Number(postgres.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE application_name = '${schema}r' AND (query LIKE '%FROM job WHERE import%' OR
      query LIKE 'SELECT 1 FROM conversation WHERE external%' OR query LIKE '%FROM import_work WHERE import%')`))
    await pause(20)
  }
  const done = await reading.end(number)
  await reading.stop()
  assert.equal(done.state, 'done', JSON.stringify(done))
  assert.equal(Number(postgres.sql(`SELECT count(*) FROM ${schema}.conversation WHERE external_id LIKE 'R-%'`)), COUNT)
})

test('a connection that broke alone holds up nothing', { timeout: 120000 }, async () => {
  process.env.CALLSCOPE_DATABASE = address // serveImports hands it on
  server = await serveImports(folder, '--workers', '0')
  process.env.CALLSCOPE_DATABASE = env.CALLSCOPE_DATABASE
  worker = spawn(program, ['worker', '--data', path.join(folder, 'data'), '--workers', '1'],
    { env: { ...env, CALLSCOPE_DATABASE: `${address}&application_name=${schema}` }, stdio: 'ignore' })
  const { body: { number } } = await server.call('POST', 'imports', {})
  await server.put(number, 'chats.jsonl', chats(COUNT))
  await server.call('POST', `imports/${number}/start`, {})
  let broken = 0
  while (!broken) {
    broken = Number(postgres.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE application_name = '${schema}' AND query LIKE 'SELECT 1 FROM conversation WHERE external_id%'`))
    await pause(20)
  }
  const done = await server.end(number)
  assert.equal(done.state, 'done', JSON.stringify(done))
  assert.equal(Number(postgres.sql(`SELECT count(*) FROM ${schema}.conversation WHERE external_id LIKE 'M-%'`)), COUNT)
  assert.equal(Number(postgres.sql(`SELECT count(*) FROM ${schema}.job`)), 0)
})

test('an import that two servers take back at once is counted once', { timeout: 120000 }, async () => {
  const elsewhere = await makeFolder()
  process.env.CALLSCOPE_DATABASE = address
  const one = await serveImports(folder, '--workers', '1'), other = await serveImports(elsewhere, '--workers', '0')
  process.env.CALLSCOPE_DATABASE = env.CALLSCOPE_DATABASE
  const { number } = await one.upload({ 'undone.jsonl': chats(COUNT, 'U') })
  await one.call('POST', `imports/${number}/undo`)
  await other.call('POST', 'imports', {}) // gives notice to its runner
  const undone = await one.end(number)
  await one.stop()
  await other.stop()
  await rm(elsewhere, { recursive: true, force: true })
  assert.equal(undone.state, 'undone')
  assert.equal(undone.counts.undo.removed, COUNT)
})
