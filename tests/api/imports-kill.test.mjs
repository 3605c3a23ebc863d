// The server killed while files are sent, while they are read in, and while they are taken back: nothing is lost, doubled or
// left over, and what was begun goes on by itself.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation } from './callscope.mjs'
import { chats, contents, filesUnder, pause, serveImports } from './imports.mjs'

const KILLS = Number(process.env.KILLS ?? 20) // in each phase
const CHATS = 3000
const TEXT = chats(CHATS, 'X')

let folder
let server
let killed = { send: 0, read: 0, undo: 0 }
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'callscope-import-kill-'))
  server = await serveImports(folder)
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})
/** number: only a kill that met this import at work counts. */
async function killAndStart(phase, number) {
  const before = number && (await server.get(`imports/${number}`)).body.state
  await server.kill()
  server = await serveImports(folder)
  if (!number || ['running', 'undoing'].includes(before)) killed[phase]++
}
const uploads = () => filesUnder(path.join(folder, 'data/uploads'))

/** Sends half a file and never ends; gives how to hang up. */
function sendHalf(number, name) {
  const { hostname, port } = new URL(server.base)
  const asked = http.request({ hostname, port, method: 'PUT', path: `/api/v1/imports/${number}/files/${name}`, headers: { 'Content-Length': 1e6 } })
  asked.on('error', () => {})
  asked.write('x'.repeat(3e5))
  return () => asked.destroy()
}

describe('killed', () => {
  test(`while a file is sent, ${KILLS} times: acknowledged files are there, half ones never`, async (t) => {
    const { body: { number } } = await server.call('POST', 'imports')
    for (let i = 0; i < KILLS; i++) {
      assert.equal((await server.put(number, `whole-${i}.json`, `[${i}]`)).status, 200)
      const hangUp = sendHalf(number, `half-${i}.json`)
      await pause(Math.random() * 60)
      await killAndStart('send')
      hangUp()
      const { body } = await server.get(`imports/${number}`)
      assert.equal(body.files.length, i + 1)
      assert.ok(body.files.every((f) => f.path.startsWith('whole-')))
    }
    const hangUp = sendHalf(number, 'left.json') // a client that goes away leaves nothing
    await pause(100)
    hangUp()
    const half = async () => (await uploads()).filter((f) => f.includes('.incoming')).length
    while ((await half()) > killed.send) await pause(20)
    await server.call('POST', `imports/${number}/cancel`)
    t.diagnostic(`${killed.send} kills while sending`)
  })

  test(`while it is read in and while it is taken back, ${KILLS} times each: it goes on, and ends as if undisturbed`, async (t) => {
    await server.upload({ 'first.json': [conversation('FIRST', ['a', 'b'])] })
    const before = await contents(server)
    const undisturbed = await server.upload({ 'x.jsonl': TEXT })
    assert.equal(undisturbed.counts.inspected, CHATS)
    const whole = (await server.get('summary')).body.conversations
    assert.equal((await server.undo(undisturbed.number)).counts.undo.removed, CHATS)

    const readMs = undisturbed.ended_ms - undisturbed.started_ms
    let last = null
    while (killed.read < KILLS || killed.undo < KILLS) {
      const { body: { number } } = await server.call('POST', 'imports')
      await server.put(number, 'x.jsonl', TEXT)
      await server.call('POST', `imports/${number}/start`)
      for (let i = 0; i < 4; i++) {
        await pause(Math.random() * readMs * 0.4)
        await killAndStart('read', number)
      }
      const done = await server.end(number)
      assert.equal(done.state, 'done', JSON.stringify(done))
      assert.equal(done.counts.read, done.counts.expected)
      assert.equal(done.counts.expected, CHATS)
      assert.equal((await server.get('summary')).body.conversations, whole)
      while ((await uploads()).some((f) => !f.includes('.incoming'))) await pause(10)
      await server.call('POST', `imports/${number}/undo`)
      for (let i = 0; i < 4; i++) {
        await pause(Math.random() * readMs * 0.2)
        await killAndStart('undo', number)
      }
      last = await server.end(number)
      assert.equal(last.state, 'undone', JSON.stringify(last))
      assert.deepEqual(last.counts.undo, { removed: CHATS, restored: 0, records: 0, kept: 0 })
    }
    assert.deepEqual(await contents(server), before)
    t.diagnostic(`${killed.read} kills while reading, ${killed.undo} while taking back`)
  })
})
