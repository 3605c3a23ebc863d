// Recordings without a transcript become inspected conversations with words, through whatever door they come; what kills it
// in the middle costs the piece in hand. With the phonetic model and real clips of ../shared; where they are absent it says so.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { program, run } from './callscope.mjs'
import { serveImports } from './imports.mjs'
import { AISHELL, MODEL, clip, inspect, longCall, metric, needs, open, samplesOf, stage, until, wav, wordsOf } from './speech.mjs'

describe('recordings that come in are recognised', { ...needs, timeout: 300_000 }, () => {
  let folder, server
  before(async () => {
    folder = await stage()
    await mkdir(path.join(folder, 'watched'))
    await copyFile(clip(AISHELL), path.join(folder, 'in/a.wav'))
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true })
  })

  test('by callscope inspect: words, and what rules find in them', async () => {
    const made = await inspect(folder, path.join(folder, 'in'), '--json')
    assert.equal(made.code, 0, made.stderr)
    const { counts } = JSON.parse(made.stdout)
    assert.deepEqual([counts.recordings, counts.recognised, counts.unrecognised], [1, 1, 0])
    assert.ok(counts.speech_ms > 2000 && counts.speech_ms < 6000, `${counts.speech_ms} ms`)
    server = await serveImports(folder, '--watch', path.join(folder, 'watched'))
    const found = await open(server, 'a')
    assert.match(wordsOf(found), /广州市.*中介协会/)
    assert.deepEqual(found.rules.map((rule) => [rule.rule, rule.verdict]), [['agents', 'noted']])
    assert.equal(await metric(server, 'callscope_speech_recordings_total'), 1)
    assert.equal(await metric(server, 'callscope_speech_parts'), 0)
  })

  test('uploaded', async () => {
    const ended = await server.upload({ 'posted.wav': await readFile(clip(AISHELL)) })
    assert.equal(ended.state, 'done')
    assert.equal(ended.counts.recognised, 1)
    assert.ok(ended.counts.speech_ms > 2000)
    assert.match(wordsOf(await open(server, 'posted')), /中介协会/)
  })

  test('put into a watched folder', async () => {
    await copyFile(clip('wenetspeech_0'), path.join(folder, 'watched/w.wav'))
    assert.match(wordsOf(await until(() => open(server, 'w'))), /介绍/)
  })

  test('a file that did not change is not recognised again', async () => {
    const again = JSON.parse((await inspect(folder, path.join(folder, 'in'), '--json')).stdout)
    assert.deepEqual([again.counts.recognised, again.counts.files_skipped], [0, 1])
  })

  test('one signal on both channels is recognised once', async () => {
    const sound = await samplesOf(clip(AISHELL))
    const both = path.join(folder, 'both')
    await mkdir(both)
    await writeFile(path.join(both, 'same.wav'), wav([sound, sound], 16000))
    const { counts } = JSON.parse((await inspect(folder, both, '--json')).stdout)
    assert.equal(counts.recognised, 1)
    assert.ok(counts.speech_ms < 6000, `${counts.speech_ms} ms`)
    assert.equal(wordsOf(await open(server, 'same')).match(/中介协会/g).length, 1)
  })

  test('a transcript that came with the recording stands', async () => {
    const given = path.join(folder, 'given')
    await mkdir(given)
    await copyFile(clip(AISHELL), path.join(given, 'call.wav'))
    await writeFile(path.join(given, 'call.json'), JSON.stringify([{ id: 'GIVEN', channel: 'call',
      participants: [{ id: 'a1', role: 'agent' }], turns: [{ from: 'a1', start_ms: 0, end_ms: 3000, text: '别的话' }] }]))
    const { counts } = JSON.parse((await inspect(folder, given, '--json')).stdout)
    assert.deepEqual([counts.recordings, counts.recognised], [1, 0])
    assert.equal(wordsOf(await open(server, 'GIVEN')), '别的话')
  })

  test('off: heard, inspected without words, and how to turn it on', async () => {
    const off = path.join(folder, 'off')
    await mkdir(off)
    await copyFile(clip(AISHELL), path.join(off, 'off.wav'))
    const said = await inspect(folder, off, '--speech', 'off', '--json')
    assert.equal(JSON.parse(said.stdout).counts.unrecognised, 1)
    assert.equal(said.stderr, '')
    const none = await inspect(folder, off, '--speech', 'no-such-model')
    assert.equal(none.code, 1)
    assert.match(none.stderr, /no-such-model/)
  })

  test('what was off is recognised from the store, without its file; then there is nothing left to do', async () => {
    assert.equal(wordsOf(await open(server, 'off')), '')
    await rm(path.join(folder, 'off'), { recursive: true })
    const again = async () => {
      const said = await run('inspect', '--again', '--speech', MODEL, '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'own.rules'), '--json')
      assert.equal(said.code, 0, said.stderr)
      const { counts } = JSON.parse(said.stdout)
      return [counts.recognised, counts.reinspected, counts.read]
    }
    assert.deepEqual(await again(), [1, 1, 0])
    const found = await open(server, 'off')
    assert.match(wordsOf(found), /中介协会/)
    assert.deepEqual(found.rules.map((rule) => [rule.rule, rule.verdict]), [['agents', 'noted']])
    assert.equal(wordsOf(await open(server, 'GIVEN')), '别的话')
    assert.deepEqual(await again(), [0, 0, 0])
  })
})

describe('what is killed while it recognises', { ...needs, timeout: 500_000 }, () => {
  let folder, watcher
  before(async () => {
    folder = await stage()
    await writeFile(path.join(folder, 'in/long.wav'), await longCall(16))
    await mkdir(path.join(folder, 'none'))
    await inspect(folder, path.join(folder, 'none'))
    watcher = await serveImports(folder, '--workers', '0')
  })
  after(async () => {
    await watcher.stop()
    await rm(folder, { recursive: true })
  })

  test('a run that was killed goes on where it was, and comes to the same words', async () => {
    const parameters = ['inspect', path.join(folder, 'in'), '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'own.rules')]
    const child = spawn(program, parameters, { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal)))
    const kept = await until(() => metric(watcher, 'callscope_speech_parts'))
    child.kill('SIGKILL')
    assert.equal(await ended, 'SIGKILL', 'it was done before it could be killed')
    assert.ok(kept > 0)
    assert.equal(await open(watcher, 'long'), null)
    const made = await inspect(folder, path.join(folder, 'in'), '--json')
    assert.equal(made.code, 0, made.stderr)
    const { counts } = JSON.parse(made.stdout)
    assert.equal(counts.recognised, 1)
    assert.ok(counts.speech_kept_ms >= 10_000, `${counts.speech_kept_ms} ms of ${counts.speech_ms} ms were not pushed again`)
    assert.ok(counts.speech_kept_ms < counts.speech_ms)
    assert.equal(await metric(watcher, 'callscope_speech_parts'), 0)
    const resumed = (await open(watcher, 'long')).turns

    const other = await stage()
    await copyFile(path.join(folder, 'in/long.wav'), path.join(other, 'in/long.wav'))
    assert.equal((await inspect(other, path.join(other, 'in'))).code, 0)
    const server = await serveImports(other, '--workers', '0')
    assert.deepEqual(resumed, (await open(server, 'long')).turns)
    await server.stop()
    await rm(other, { recursive: true })
  })
})

test('a manager chooses a model by queue; whoever has seen an older choice is shown what stands there', { timeout: 60_000 }, async () => {
  const folder = await stage()
  await inspect(folder, path.join(folder, 'in'))
  const server = await serveImports(folder, '--workers', '0')
  const choose = (body) => server.call('PUT', 'speech/choice', body)
  assert.deepEqual((await server.get('speech')).body.choices, [])
  const first = await choose({ queue: '售后', language: '', model: 'off', changes: 0 })
  assert.equal(first.status, 200, first.text)
  assert.deepEqual(first.body.choices.map((one) => [one.queue, one.model, one.changes]), [['售后', 'off', 1]])
  const late = await choose({ queue: '售后', language: '', model: MODEL, changes: 0 })
  assert.equal(late.status, 409)
  assert.deepEqual([late.body.now.model, late.body.now.changes], ['off', 1])
  assert.equal((await choose({ queue: '售后', language: '', model: MODEL, changes: 1 })).body.choices[0].model, MODEL)
  assert.equal((await choose({ queue: '', language: 'zh', model: 'no-such', changes: 0 })).status, 400)
  assert.equal((await choose({ queue: '', model: 'off' })).status, 400)
  await server.stop()
  await rm(folder, { recursive: true })
})

test('what was chosen as off for a queue stays without words there alone', { ...needs, timeout: 120_000 }, async () => {
  const folder = await stage()
  await inspect(folder, path.join(folder, 'in'))
  const server = await serveImports(folder, '--workers', '0')
  assert.equal((await server.call('PUT', 'speech/choice', { queue: '售后', language: '', model: 'off', changes: 0 })).status, 200)
  for (const [name, queue] of [['one', '售后'], ['two', '售前']]) {
    await copyFile(clip(AISHELL), path.join(folder, `in/${name}.wav`))
    await writeFile(path.join(folder, `in/${name}.json`), JSON.stringify([{ id: name, channel: 'call', queue,
      participants: [{ id: 'a1', role: 'agent' }], turns: [] }]))
  }
  const made = await inspect(folder, path.join(folder, 'in'), '--json')
  const { counts } = JSON.parse(made.stdout)
  assert.deepEqual([counts.recognised, counts.unrecognised], [1, 1])
  assert.equal(wordsOf(await open(server, 'one')), '')
  assert.match(wordsOf(await open(server, 'two')), /中介协会/)
  await server.stop()
  await rm(folder, { recursive: true })
})
