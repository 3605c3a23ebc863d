// callscope evaluate speech: what another recogniser heard against what was said; and the model at hand on real clips.
// Nothing here is kept in a store: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolder, run } from './callscope.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const shared = path.join(root, '../shared/data')
const MODEL = 'zh-zipformer-phonetic-3.3m', clips = path.join(shared, 'audio/zh/references.tsv')
const here = existsSync(path.join(shared, 'models', MODEL)) && existsSync(clips)
const ofModel = here ? {} : { skip: `the model ${MODEL} and its clips are not in ../shared/data` }
process.env.CALLSCOPE_MODELS = path.join(shared, 'models')

let folder
before(async () => { folder = await makeFolder() })
after(() => rm(folder, { recursive: true }))

async function put(name, text) {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

const evaluate = (...parameters) => run('evaluate', 'speech', ...parameters)

test('hypotheses: substitutions, deletions and insertions of each file and in sum', async () => {
  const said = await put('said.tsv', 'a.wav\t您好，我要退款350元\tnin hao wo yao tui kuan san bai wu shi yuan\nb.wav\tI want a refund, please\nc.wav\t再见\n')
  const heard = await put('heard.tsv', 'a.wav\t您好我要腿宽三百五十圆\nb.wav\ti want the re fund please\nc.wav\t\n')
  const { code, stdout, stderr } = await evaluate(said, '--hypotheses', heard, '--json')
  assert.equal(code, 0, stderr)
  const report = JSON.parse(stdout)
  assert.equal(report.files, 3)
  assert.equal(report.recogniser, undefined)
  assert.deepEqual([report.characters.reference, report.characters.substitutions, report.characters.deletions, report.characters.insertions], [13, 3, 2, 0])
  assert.deepEqual([report.syllables.reference, report.syllables.substitutions, report.syllables.deletions], [13, 0, 2])
  assert.deepEqual([report.words.reference, report.words.substitutions, report.words.insertions], [5, 2, 1])
  assert.ok(report.characters.low_percent <= report.characters.error_percent && report.characters.error_percent <= report.characters.high_percent)
  assert.equal(report.words.low_percent, undefined, 'one utterance says nothing of chance')
  assert.equal(report.results[0].heard, '您好我要腿宽三百五十圆')
  assert.equal((await evaluate(said, '--hypotheses', heard, '--json')).stdout, stdout, 'the same again')
  assert.match((await evaluate(said, '--hypotheses', heard)).stdout, /38\.46 %/)
})

test('what is wrong with a line is told with its place and a remedy, and the rest goes on', async () => {
  const said = await put('bad.tsv', 'a.wav\t你好\nno tab\nb.wav\t再见\na.wav\t你好\n')
  const heard = await put('one.tsv', 'a.wav\t你好\n')
  const { code, stdout, stderr } = await evaluate(said, '--hypotheses', heard, '--json')
  assert.equal(code, 1)
  const report = JSON.parse(stdout)
  assert.deepEqual([report.files, report.refused, report.characters.error_percent], [1, 3, 0])
  assert.match(stderr, /bad\.tsv: the line has 1 column[^]*where: line 2[^]*what to do: put one tab/)
  assert.match(stderr, /stands in line 1 already[^]*where: line 4/)
  assert.match(stderr, /b\.wav: what was heard of it is missing/)
})

test('nothing to evaluate, no such file, no such rate', async () => {
  assert.match((await evaluate(await put('empty.tsv', '# nothing\n'), '--hypotheses', '/nowhere')).stderr, /nothing in it[^]*what to do: a line a recording/)
  assert.equal((await evaluate('/nowhere/at.tsv')).code, 1)
  const said = await put('x.tsv', 'a.wav\tx\n')
  for (const wrong of [['--rate', '80'], ['--rate', '8000x'], ['--codec', 'gsm']]) {
    const { code, stderr } = await evaluate(said, ...wrong)
    assert.equal(code, 2)
    assert.match(stderr, /--(rate|codec) is/)
  }
  const { code, stderr } = await evaluate(said, '--model', 'there-is-none')
  assert.equal(code, 1)
  assert.match(stderr, /there-is-none[^]*what to do/)
})

test('the phonetic model on real clips, as they are and as a telephone gives them', ofModel, async () => {
  const rates = {}
  for (const [name, how] of [['good', []], ['telephone', ['--rate', '8000', '--codec', 'mulaw']], ['a-law', ['--rate', '8000', '--codec', 'alaw']]]) {
    const { code, stdout, stderr } = await evaluate(clips, '--model', MODEL, ...how, '--json')
    assert.equal(code, 0, stderr)
    const report = JSON.parse(stdout)
    assert.ok(report.syllables.reference > 100)
    assert.ok(report.recogniser.audio_seconds > 20 && report.recogniser.memory_bytes > 1e6 && report.recogniser.audio_hours_per_core_hour > 1)
    assert.match(report.recogniser.sha256, /^[0-9a-f]{64}$/)
    assert.ok(report.results.every(({ audio_ms, heard_pinyin, heard_sounds }) => audio_ms > 1000 && heard_pinyin.length > 5 && heard_sounds.length > 5))
    assert.equal(report.sounds.reference, report.syllables.reference)
    assert.ok(Math.abs(report.sounds.error_percent - report.syllables.error_percent) < 10, 'repairing is no other recogniser')
    rates[name] = report.syllables.error_percent
  }
  // Bounds that only a broken path passes; the figures are measured by bench/run speech.
  assert.ok(rates.good < 15 && rates.telephone < 30 && rates['a-law'] < 30, JSON.stringify(rates))
  assert.ok(rates.telephone > rates.good)
})

test('a recording that is none, and one of two channels, cost one line each', ofModel, async () => {
  const clip = (await readFile(clips, 'utf8')).split('\n')[0].split('\t')
  const wav = await readFile(path.join(path.dirname(clips), clip[0]))
  await put('good.wav', wav)
  await put('none.wav', 'this is no sound')
  const stereo = Buffer.from(wav) // the same bytes as two channels: half as long, and each is every other sample
  stereo.writeUInt16LE(2, 22), stereo.writeUInt32LE(stereo.readUInt32LE(24) * 4, 28), stereo.writeUInt16LE(4, 32)
  await put('two.wav', stereo)
  const said = await put('mixed.tsv', ['none.wav', 'good.wav', 'missing.wav', 'two.wav', 'two.wav#2', 'good.wav#2'].map((file) => `${file}\t${clip[1]}\t${clip[2] ?? ''}\n`).join(''))
  const { code, stdout, stderr } = await evaluate(said, '--model', MODEL, '--json')
  assert.equal(code, 1)
  const report = JSON.parse(stdout)
  assert.deepEqual(report.results.map(({ file }) => file), ['good.wav', 'two.wav#2'])
  assert.equal(report.refused, 4)
  assert.match(stderr, /two\.wav: it has two channels[^]*#1 or #2/)
  assert.match(stderr, /good\.wav#2: it has no channel 2/)
})
