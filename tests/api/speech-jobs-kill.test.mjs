// Killed while a recording is recognised: the server, a worker, the recogniser's own process; a recording that was uploaded, and one in
// a watched folder. Nothing is lost, nothing doubled, and the next one goes on behind what was finished. With the phonetic model and
// real clips of ../shared; where they are absent it says so. What is recognised is proved here: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, rename, rm, writeFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { program } from './callscope.mjs'
import { serveImports } from './imports.mjs'
import { inspect, longCall, metric, needs, open, stage, until, wordsOf } from './speech.mjs'

const parts = (server) => metric(server, 'callscope_speech_parts')

/** The recogniser of a process: its child that runs `callscope speech`. */
async function recogniserOf(pid) {
  for (const name of (await readdir('/proc')).filter((one) => /^\d+$/.test(one))) {
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    if (Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]) !== pid) continue
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (words.split('\0')[1] === 'speech') return Number(name)
  }
  return null
}

/** All that may be doubled or lost, of a store with one call. Between two jobs none runs, and the next one waits: both are looked at. */
async function checkOnce(server, id) {
  const work = await until(async () => {
    const { body } = await server.get('work')
    return body.waiting + body.running === 0 && body
  })
  assert.equal(work.aside, 0)
  const { items } = (await server.get('conversations?limit=10')).body
  assert.deepEqual(items.map((one) => one.external_id), [id])
  const { recognised, unrecognised, failed } = (await server.get('speech')).body
  assert.deepEqual([recognised.length, recognised[0].recordings, recognised[0].lost, unrecognised, failed], [1, 1, 0, 0, 0])
  assert.equal(await parts(server), 0)
}

/** What a test that failed left running. */
const left = new Set()
const start = async (...parameters) => {
  const server = await serveImports(...parameters)
  left.add(server.child)
  return server
}
after(() => left.forEach((child) => child.kill('SIGKILL')))

describe('killed while it is recognised', { ...needs, timeout: 240_000 }, () => {
  let sound, words
  before(async () => {
    sound = await longCall(12) // six stretches: a glance that comes late still sees one of them kept
    const folder = await stage()
    await writeFile(path.join(folder, 'in/long.wav'), sound)
    assert.equal((await inspect(folder, path.join(folder, 'in'))).code, 0)
    const server = await start(folder, '--workers', '0')
    words = wordsOf(await open(server, 'long'))
    await server.stop()
    await rm(folder, { recursive: true })
  })

  test('uploaded: the recogniser dies, then the server', async () => {
    const folder = await stage()
    let server = await start(folder, '--workers', '1')
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, 'long.wav', sound)
    await server.call('POST', `imports/${number}/start`, {})
    const first = await until(() => parts(server))
    process.kill(await until(() => recogniserOf(server.child.pid)), 'SIGKILL')
    const kept = await until(async () => (await parts(server)) > first && parts(server)) // the second try goes on
    await server.kill()
    server = await start(folder, '--workers', '1')
    assert.ok((await parts(server)) >= kept, 'what was finished is kept')
    const ended = await server.end(number)
    assert.deepEqual([ended.state, ended.counts.inspected, ended.counts.recognised, ended.counts.recordings_failed ?? 0], ['done', 1, 1, 0])
    assert.equal(wordsOf(await open(server, 'long')), words)
    await checkOnce(server, 'long')
    await server.stop()
    await rm(folder, { recursive: true })
  })

  test('in a watched folder: the worker dies, then the server with the next worker', async () => {
    const folder = await stage(), watched = path.join(folder, 'watched')
    await mkdir(watched)
    let server = await start(folder, '--workers', '0', '--watch', watched)
    const work = () => {
      const child = spawn(program, ['worker', '--data', path.join(folder, 'data'), '--workers', '1'], { stdio: 'ignore' })
      left.add(child)
      return child
    }
    const kill = async (child) => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    let worker = work()
    await writeFile(path.join(folder, 'long.part'), sound)
    await rename(path.join(folder, 'long.part'), path.join(watched, 'long.wav'))
    const first = await until(() => parts(server))
    await kill(worker)
    worker = work()
    await until(async () => (await parts(server)) > first)
    await Promise.all([kill(worker), server.kill()])
    server = await start(folder, '--workers', '1', '--watch', watched)
    const found = await until(() => open(server, 'long'))
    assert.equal(wordsOf(found), words)
    await checkOnce(server, 'long')
    await server.stop()
    await rm(folder, { recursive: true })
  })
})
