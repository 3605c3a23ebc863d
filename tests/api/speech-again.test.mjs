// What is in the store is recognised again through the queue: asked for by a manager, done by whichever process is there, told while it
// runs, stopped, and taken up after a kill. With the phonetic model and real clips of ../shared; where they are absent it says so.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, program, run } from './callscope.mjs'
import { serveImports } from './imports.mjs'
import { AISHELL, MODEL, clip, inspect, longCall, metric, needs, open, stage, until, wordsOf } from './speech.mjs'

const again = async (server) => (await server.get('speech')).body.again
const ended = (server) => until(async () => {
  const run = await again(server)
  return run.state === 'running' ? null : run
})
const became = async (server, id) => (await server.get(`conversations/${id}/speech`)).body

describe('recordings without words are recognised through the queue', { ...needs, timeout: 120_000 }, () => {
  let folder, server
  before(async () => {
    folder = await stage()
    for (const name of ['one', 'two', 'given']) await copyFile(clip(AISHELL), path.join(folder, `in/${name}.wav`))
    for (const [id, queue, turns] of [['one', '售后', []], ['two', '售前', []], ['given', '售后', [{ from: 'a1', start_ms: 0, end_ms: 3000, text: '别的话' }]]])
      await writeFile(path.join(folder, `in/${id}.json`), JSON.stringify([{ id, channel: 'call', queue, participants: [{ id: 'a1', role: 'agent' }], turns }]))
    const made = await inspect(folder, path.join(folder, 'in'), '--speech', 'off')
    assert.equal(made.code, 0, made.stderr)
    server = await serveImports(folder)
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true })
  })

  test('what became of each is told, and how many have no words', async () => {
    const off = await became(server, 'one')
    assert.equal(off.state, 'off')
    assert.deepEqual(off.chosen, { model: MODEL, is_off: false, is_of_server: false, is_here: true })
    assert.equal((await became(server, 'given')).state, 'given')
    assert.equal((await server.get('conversations/nobody/speech')).status, 404)
    assert.equal((await server.get('work')).body.unrecognised, 2)
    assert.equal((await server.get('speech')).body.unrecognised, 2)
  })

  test('how many that would be is told before, and what nobody knows is refused', async () => {
    const count = async (filter) => (await server.call('POST', 'speech/again/count', filter)).body
    const all = await count({})
    assert.deepEqual([all.recordings, all.wordless], [2, 2])
    assert.ok(all.duration_ms > 6000 && all.duration_ms < 20_000, `${all.duration_ms} ms`)
    assert.equal((await count({ queue: '售前' })).recordings, 1)
    assert.equal((await count({ from_ms: 1 })).recordings, 0, 'calls of unknown time are of no span')
    assert.equal((await count({ by: MODEL })).recordings, 0, 'nobody wrote them down')
    for (const wrong of [{ queues: '售前' }, { queue: 3 }, { model: 'no-such' }, { from_ms: 'today' }])
      assert.equal((await server.call('POST', 'speech/again', wrong)).status, 400, JSON.stringify(wrong))
  })

  test('one queue alone: its words come, a comment moves to them, and the other stays', async () => {
    const noted = await server.call('POST', 'conversations/two/comments', { turn: 1, body: '听一听' })
    assert.ok(noted.status < 300, noted.text)
    const begun = await server.call('POST', 'speech/again', { queue: '售前' })
    assert.equal(begun.status, 201, begun.text)
    assert.deepEqual(begun.body.again.filter, { queue: '售前' })
    const run = await ended(server)
    assert.deepEqual([run.state, run.found, run.done, run.changed, run.failed, run.waiting, run.running], ['done', 1, 1, 1, 0, 0, 0])
    const found = await open(server, 'two')
    assert.match(wordsOf(found), /中介协会/)
    assert.deepEqual(found.rules.map((rule) => [rule.rule, rule.verdict]), [['agents', 'noted']])
    assert.deepEqual((await server.get('conversations/two/judgements')).body.comments.map((one) => one.body), ['听一听'])
    assert.equal(found.transcript.moved.placed, 1)
    const now = await became(server, 'two')
    assert.deepEqual([now.state, now.model, now.reason, now.tries], ['recognised', MODEL, null, 0])
    assert.match(now.sha256, /^[0-9a-f]{64}$/)
    assert.ok(now.at_ms > run.made_ms)
    assert.equal(wordsOf(await open(server, 'one')), '')
  })

  test('the rest of them; then nothing is left, and what came with a transcript stands', async () => {
    assert.equal((await server.call('POST', 'speech/again', {})).status, 201)
    assert.equal((await ended(server)).done, 1)
    assert.equal((await server.get('work')).body.unrecognised, 0)
    assert.equal((await server.call('POST', 'speech/again', { model: MODEL })).status, 201)
    const last = await ended(server)
    assert.deepEqual([last.found, last.done], [0, 0])
    assert.equal(wordsOf(await open(server, 'given')), '别的话')
    const log = (await server.get('audit')).body
    assert.ok(JSON.stringify(log).includes('speech.again'))
  })

  test('older than a day means the words of the same model, too; the same words are no new version', async () => {
    const before_ms = Date.now() + 1000
    assert.equal((await server.call('POST', 'speech/again/count', { before_ms, by: MODEL })).body.recordings, 2)
    await server.call('POST', 'speech/again', { before_ms, by: MODEL })
    const run = await ended(server)
    assert.deepEqual([run.done, run.changed], [2, 0])
  })

  test('a recording that is read again with speech off keeps its words', async () => {
    const words = wordsOf(await open(server, 'one'))
    const later = new Date(Date.now() + 5000)
    await utimes(path.join(folder, 'in/one.wav'), later, later)
    const read = JSON.parse((await inspect(folder, path.join(folder, 'in'), '--speech', 'off', '--json')).stdout)
    assert.equal(read.counts.recordings, 1, 'it was heard again')
    const kept = await open(server, 'one')
    assert.equal(wordsOf(kept), words)
    assert.equal(kept.transcript.model, MODEL)
    assert.equal((await became(server, 'one')).state, 'recognised')
    assert.equal((await server.get('work')).body.unrecognised, 0)
  })
})

test('one run at a time; one that nobody works on waits, and can be stopped', { timeout: 60_000 }, async () => {
  const folder = await stage()
  await mkdir(path.join(folder, 'none'))
  await inspect(folder, path.join(folder, 'none'))
  const server = await serveImports(folder, '--workers', '0')
  assert.equal((await server.get('speech')).body.again, null)
  const begun = await server.call('POST', 'speech/again', { wordless_only: true })
  assert.equal(begun.status, 201, begun.text)
  const second = await server.call('POST', 'speech/again', {})
  assert.equal(second.status, 409)
  assert.equal(second.body.now.number, begun.body.again.number)
  assert.equal((await server.call('DELETE', `speech/again/${begun.body.again.number + 1}`)).status, 404)
  const stopped = await server.call('DELETE', `speech/again/${begun.body.again.number}`)
  assert.equal(stopped.body.again.state, 'stopped', stopped.text)
  assert.equal((await server.call('POST', 'speech/again', {})).status, 201)
  await server.stop()
  await rm(folder, { recursive: true })
})

test('what comes in goes first: chats do not wait for all the recordings', { ...needs, timeout: 120_000 }, async () => {
  const folder = await stage(), most = 12
  for (let i = 0; i < most; i++) await copyFile(clip(AISHELL), path.join(folder, `in/call-${i}.wav`))
  assert.equal((await inspect(folder, path.join(folder, 'in'), '--speech', 'off')).code, 0)
  const server = await serveImports(folder, '--workers', '1')
  assert.equal((await server.call('POST', 'speech/again', {})).status, 201)
  await until(async () => (await again(server)).done > 0)
  const chats = await server.upload({ 'chats.json': JSON.stringify([conversation('CHAT', ['在吗', '在的'])]) })
  assert.equal(chats.counts.inspected, 1)
  const run = await again(server)
  assert.ok(run.done < most && run.state === 'running', `${run.done} recordings went before it`)
  assert.equal((await ended(server)).done, most)
  await server.stop()
  await rm(folder, { recursive: true })
})

describe('what is killed while it recognises again', { ...needs, timeout: 240_000 }, () => {
  let folder, server, worker
  before(async () => {
    folder = await stage()
    await writeFile(path.join(folder, 'in/long.wav'), await longCall(8))
    await copyFile(clip(AISHELL), path.join(folder, 'in/short.wav'))
    const made = await inspect(folder, path.join(folder, 'in'), '--speech', 'off')
    assert.equal(made.code, 0, made.stderr)
    server = await serveImports(folder)
  })
  after(async () => {
    worker?.kill('SIGKILL')
    await server?.stop()
    await rm(folder, { recursive: true })
  })

  test('a worker goes on where the server was, and each is recognised once', async () => {
    assert.equal((await server.call('POST', 'speech/again', {})).status, 201)
    await until(() => metric(server, 'callscope_speech_parts'))
    assert.equal((await became(server, 'long')).state, 'running')
    await server.kill()
    worker = spawn(program, ['worker', '--data', path.join(folder, 'data'), '--workers', '1'], { stdio: 'ignore' })
    server = await serveImports(folder, '--workers', '0')
    const run = await ended(server)
    assert.deepEqual([run.state, run.found, run.done, run.failed], ['done', 2, 2, 0])
    assert.ok(wordsOf(await open(server, 'long')).length > 100)
    assert.match(wordsOf(await open(server, 'short')), /中介协会/)
    assert.equal(await metric(server, 'callscope_speech_parts'), 0)
    const { recognised } = (await server.get('speech')).body
    assert.deepEqual(recognised.map((one) => [one.model, one.recordings]), [[MODEL, 2]])
  })
})

test('at the machine: a model is chosen, and the queue is given what there is', { ...needs, timeout: 120_000 }, async () => {
  const folder = await stage()
  await copyFile(clip(AISHELL), path.join(folder, 'in/one.wav'))
  await inspect(folder, path.join(folder, 'in'), '--speech', 'off')
  const models = (...more) => run('models', ...more, '--data', path.join(folder, 'data'))
  const used = await models('use', MODEL, '--queue', '售后')
  assert.equal(used.code, 0, used.stderr)
  assert.match(used.stdout, /售后 .*zh-zipformer-phonetic-3\.3m\n/)
  assert.match((await models('use', 'off')).stdout, /any queue .* off\n/)
  assert.match((await models('again', '--count')).stdout, /^0 recordings/)
  assert.match((await models('use', 'otherwise')).stdout, /^售后.*\notherwise +zh-zipformer/)
  const unknown = await models('use', 'no-such')
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /no-such/)
  assert.match((await models('again', '--count', '--wordless')).stdout, /^1 recordings, .* 1 of them/)
  assert.equal((await models('again', '--from', 'today')).code, 2)
  const server = await serveImports(folder)
  const done = await models('again')
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /^done: 1 of 1 recordings, 0 failed, 0 running/)
  assert.match(wordsOf(await open(server, 'one')), /中介协会/)
  assert.equal((await models('again', '--stop')).code, 1, 'nothing runs')
  await server.stop()
  await rm(folder, { recursive: true })
})
