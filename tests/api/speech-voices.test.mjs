// --voices silero: a model says which stretches of a recording are recognised; where it fails the listener does, and it is told once.
import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'
import { model, runWith, skip } from './pretender.mjs'

const RATE = 8000, SECONDS = 12
const RULES = 'flag refund\n  title "要退款" | "Refund"\n  when anyone says "款"\n  then tag refund\n'
let folder, number = 0

/** Something like a voice at 120 Hz all along, faint but from 4 s to 6 s, where it is loud: the pretender hears that alone. */
function recording() {
  const bytes = Buffer.alloc(44 + SECONDS * RATE * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(RATE, 24)
  bytes.writeUInt32LE(RATE * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(bytes.length - 44, 40)
  for (let i = 0; i < SECONDS * RATE; i++) {
    const t = i / RATE, syllable = 0.5 + 0.5 * Math.sin(2 * Math.PI * 4 * t), isLoud = t >= 4 && t < 6
    let wave = 0
    for (let harmonic = 1; harmonic < 20; harmonic++) wave += Math.sin(2 * Math.PI * harmonic * (120 + 10 * Math.sin(2 * Math.PI * 0.7 * t)) * t) / harmonic
    bytes.writeInt16LE(Math.round(32767 * Math.max(-0.95, Math.min(0.95, isLoud ? wave * 0.6 : wave * 0.08 * syllable))), 44 + i * 2)
  }
  return bytes
}

before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'in'))
  await writeFile(path.join(folder, 'rules.rules'), RULES)
  await writeFile(path.join(folder, 'in', 'call.wav'), recording())
})
after(() => rm(folder, { recursive: true }))

async function hear(voices, whose) {
  const models = path.join(folder, `models-${++number}`), data = path.join(folder, `data-${number}`)
  await model(models, 'hears', 'sense-voice', 'model.onnx')
  if (voices) await model(models, 'voices', 'voice-activity', voices)
  const done = await runWith(models, 'inspect', path.join(folder, 'in'), '--data', data, '--rules', path.join(folder, 'rules.rules'), '--speech', 'hears', '--voices', whose)
  if (done.code !== 0) return done
  const { stdout } = await run('export', '--data', data, '--format', 'jsonl')
  return { ...done, turns: JSON.parse(stdout.split('\n')[0]).turns.filter(({ text }) => text) }
}

test('what the model calls a voice is recognised, and nothing else', { skip }, async () => {
  const { turns, stderr } = await hear('m', 'silero')
  assert.equal(turns.length, 1, JSON.stringify(turns))
  assert.match(turns[0].text, /^退款/)
  assert.ok(turns[0].start_ms >= 3700 && turns[0].start_ms <= 4400, `${turns[0].start_ms}`)
  assert.ok(turns[0].end_ms <= 6300, `${turns[0].end_ms}`)
  assert.doesNotMatch(stderr, /voices are found/)
})

test('a model that cannot be loaded costs nothing but itself', { skip }, async () => {
  const plain = await hear('m', 'listener'), { turns, stderr } = await hear('m-load-null', 'silero')
  assert.deepEqual(turns, plain.turns)
  assert.equal(stderr.match(/voices are found by the listener/g)?.length, 1, stderr)
})

test('without a model, and with a word that is none, it is said before anything begins', { skip }, async () => {
  const none = await hear(null, 'silero'), wrong = await hear(null, 'mine')
  assert.ok(none.code !== 0 && wrong.code !== 0)
  assert.match(none.stderr, /Silero's model is not on this machine/)
  assert.match(none.stderr, /models pull silero-vad-6/)
  assert.match(wrong.stderr, /mine finds no voices/)
})
