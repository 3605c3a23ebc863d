// A recogniser that ends with every recording: it is tried twice, the reason stands at the recording, and another model makes up for
// it. The library is a pretender (tests/unit/speech/recogniser_pretender.c).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { serveImports } from './imports.mjs'
import { library, model, skip } from './pretender.mjs'
import { inspect, metric, open, stage, until, wordsOf } from './speech.mjs'

/** As loud as can be: at such sounds the pretender misbehaves. */
async function speak(file) {
  execFileSync('espeak-ng', ['-w', file, 'good morning, I would like to have my money back, please'])
  const bytes = await readFile(file)
  let peak = 1
  for (let at = 44; at + 2 <= bytes.length; at += 2) peak = Math.max(peak, Math.abs(bytes.readInt16LE(at)))
  for (let at = 44; at + 2 <= bytes.length; at += 2) bytes.writeInt16LE(Math.round(bytes.readInt16LE(at) * 32000 / peak), at)
  await writeFile(file, bytes)
}

describe('what a recogniser fails at', { skip, timeout: 120_000 }, () => {
  let folder, server
  before(async () => {
    folder = await stage()
    const models = path.join(folder, 'models')
    await mkdir(models)
    await model(models, 'hears', 'sense-voice', 'model.onnx')
    await model(models, 'breaks', 'online-transducer', 'x-abort')
    await speak(path.join(folder, 'in/call.wav'))
    const made = await inspect(folder, path.join(folder, 'in'), '--speech', 'off')
    assert.equal(made.code, 0, made.stderr)
    process.env.CALLSCOPE_MODELS = models
    process.env.CALLSCOPE_SPEECH_LIBRARY = library
    server = await serveImports(folder, '--workers', '1')
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true })
  })
  const again = async (wanted) => {
    const begun = await server.call('POST', 'speech/again', { model: wanted })
    assert.equal(begun.status, 201, begun.text)
    return until(async () => {
      const { again: run } = (await server.get('speech')).body
      return run.state === 'running' ? null : run
    })
  }
  const became = async () => (await server.get('conversations/call/speech')).body

  test('is tried twice, and told with its reason', async () => {
    const run = await again('breaks')
    assert.deepEqual([run.found, run.done, run.failed], [1, 0, 1])
    const told = await became()
    assert.deepEqual([told.state, told.model, told.tries], ['failed', 'breaks', 1])
    assert.match(told.reason, /recogni[sz]e|process|signal/)
    assert.equal(await metric(server, 'callscope_speech_restarts_total'), 2, 'a second child was tried')
    assert.equal(await metric(server, 'callscope_speech_lost_total'), 1)
    const { items } = (await server.get('speech/failed')).body
    assert.deepEqual(items.map((one) => [one.external_id, one.model, one.tries, one.reason]), [['call', 'breaks', 1, told.reason]])
    const behind = async (place) => (await server.get(`speech/failed?after=${place}`)).body.items?.length ?? 'refused'
    const { at_ms: at } = items[0]
    assert.deepEqual(await Promise.all([`${at + 1}-0`, `${at}-0`, `${at}`, `${at}-`, '-', `${at}-0x`].map(behind)), [1, 0, ...Array(4).fill('refused')])
    assert.equal((await server.get('work')).body.unrecognised, 1)
  })

  test('is tried again when somebody asks for it, and counted', async () => {
    assert.equal((await again('breaks')).failed, 1)
    assert.equal((await became()).tries, 2)
    assert.equal(wordsOf(await open(server, 'call')), '')
  })

  test('gets its words by another model', async () => {
    const run = await again('hears')
    assert.deepEqual([run.done, run.changed, run.failed], [1, 1, 0])
    assert.match(wordsOf(await open(server, 'call')), /^退款/)
    const { state, tries } = await became()
    assert.deepEqual([state, tries], ['recognised', 0])
    assert.deepEqual((await server.get('speech/failed')).body, { items: [], next: null })
    assert.equal((await server.get('speech')).body.failed, 0)
  })
})
