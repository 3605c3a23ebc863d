// callscope listen: a call that is recognised and inspected while it is spoken, with the model at hand on real clips.
// Nothing here is kept in a store: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolder, program, run } from './callscope.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const shared = path.join(root, '../shared/data')
const MODEL = 'zh-zipformer-phonetic-3.3m', clip = path.join(shared, 'audio/zh/baidu_16k.wav')
const here = existsSync(path.join(shared, 'models', MODEL)) && existsSync(clip)
const ofModel = here ? {} : { skip: `the model ${MODEL} and its clips are not in ../shared/data` }
process.env.CALLSCOPE_MODELS = path.join(shared, 'models')

const RULES = `flag museum
  title "Museum"
  when customer says "科技馆"
rule polite
  title "Polite"
  when customer says "科技馆"
  expect agent says "再见" within 60s after
  prompt at 1s "Say goodbye"
`

let folder, rules
before(async () => {
  folder = await makeFolder()
  rules = path.join(folder, 'rules')
  await mkdir(rules)
  await writeFile(path.join(rules, 'live.rules'), RULES)
})
after(() => rm(folder, { recursive: true }))

const listen = (...parameters) => run('listen', '--rules', rules, ...parameters)
const eventsOf = (stdout) => stdout.trim().split('\n').map((line) => JSON.parse(line))

/** The clip on the second of two channels after a second of silence, and two seconds later again; 16 kHz as it is. */
async function makeCall(name) {
  const bytes = await readFile(clip), from = bytes.indexOf('data') + 8, length = bytes.readUInt32LE(from - 4) >> 1
  const second = 16000, frames = 4 * second + 2 * length, head = Buffer.alloc(44), data = Buffer.alloc(frames * 4)
  const put = (at) => { for (let i = 0; i < length; i++) bytes.copy(data, (at + i) * 4 + 2, from + 2 * i, from + 2 * i + 2) }
  put(second)
  put(3 * second + length)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(2, 22)
  head.writeUInt32LE(second, 24)
  head.writeUInt32LE(4 * second, 28)
  head.writeUInt16LE(4, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  const file = path.join(folder, name)
  await writeFile(file, Buffer.concat([head, data]))
  return file
}

test('phrases, signals and verdicts come while it is spoken, and are those of an inspection at once', ofModel, async () => {
  const file = await makeCall('call.wav')
  const { code, stdout, stderr } = await listen('--wav', file, '--agent-channel', '1', '--speed', '0', '--model', MODEL, '--json')
  assert.equal(code, 0, stderr)
  const events = eventsOf(stdout), finals = events.filter((e) => e.event === 'final')
  assert.equal(events[0].event, 'begin')
  assert.deepEqual([events[0].channels, events[0].rate_hz, events[0].model], [2, 16000, MODEL])
  assert.equal(finals.length, 2)
  for (const e of finals) {
    assert.match(e.text, /科技馆/)
    assert.deepEqual([e.channel, e.role], [2, 'customer'])
    assert.ok(e.from < e.to && e.to <= e.seconds)
  }
  assert.ok(finals[0].seconds < finals[1].from, 'the first is told before the second is spoken')
  const partial = events.findIndex((e) => e.event === 'partial'), final = events.indexOf(finals[0])
  assert.ok(partial > 0 && partial < final, 'what is being said is told before it is over')
  const flag = events.find((e) => e.event === 'verdict' && e.rule === 'museum')
  assert.equal(flag.verdict, 'noted')
  assert.ok(flag.seconds < finals[1].from, 'a verdict that is decided does not wait for the end')
  assert.ok(events.some((e) => e.event === 'signal' && e.kind === 'prompt' && e.change === 'raised' && e.rule === 'polite' && e.words === 'Say goodbye'))
  const end = events.at(-1)
  assert.deepEqual([end.event, end.turns, end.lost, end.same_as_at_once], ['end', 2, 0, true])
  assert.ok(end.recognised < end.seconds, 'silence is not recognised')
})

test('for people: lines, and that it is the same as at once', ofModel, async () => {
  const file = await makeCall('lines.wav')
  const { code, stdout } = await listen(file, file, '--agent-channel', '1', '--speed', '0')
  assert.equal(code, 0)
  assert.equal(stdout.match(/the same as judged at once/g).length, 2, 'each file is a call of its own')
  assert.equal(stdout.match(/customer +.*科技馆/g).length, 4)
  assert.match(stdout, /verdict .*Museum/)
  assert.doesNotMatch(stdout, /\x1b/, 'no terminal, nothing is rewritten')
})

test('who is who is not known without a word of service', ofModel, async () => {
  const { stdout } = await listen(await makeCall('sides.wav'), '--speed', '0', '--json')
  const events = eventsOf(stdout)
  assert.deepEqual(events.find((e) => e.event === 'sides').roles, ['undecided', 'undecided'])
  assert.equal(events.at(-1).same_as_at_once, true)
})

/** Every child that is there is killed when something is being said, as often as told. */
async function listenAndKill(kills, ...parameters) {
  const child = spawn(program, ['listen', '--rules', rules, '--json', ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
  const events = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line))
    if (events.at(-1).event !== 'partial' || kills-- <= 0) return
    for (const pid of readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1').split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
  })
  const code = await new Promise((done) => child.on('close', done))
  assert.equal(code, 0)
  return events
}

test('a recogniser that is killed in the middle of a word costs nothing', ofModel, async () => {
  const file = await makeCall('killed.wav'), other = await makeCall('other.wav')
  const events = await listenAndKill(1, file, other, '--agent-channel', '1', '--speed', '4', '--recognisers', '2')
  for (const call of [file, other]) {
    const finals = events.filter((e) => e.event === 'final' && e.call === call), end = events.find((e) => e.event === 'end' && e.call === call)
    assert.equal(finals.length, 2)
    for (const e of finals) assert.match(e.text, /科技馆/)
    assert.deepEqual([end.lost, end.same_as_at_once], [0, true])
  }
})

test('what can not be listened to is told, and the others go on', ofModel, async () => {
  const broken = path.join(folder, 'broken.wav')
  await writeFile(broken, 'no sound')
  const { code, stdout, stderr } = await listen(broken, clip, '--speed', '0', '--json')
  assert.equal(code, 1)
  assert.match(stderr, /broken\.wav/)
  assert.deepEqual(eventsOf(stdout).filter((e) => e.event === 'end').map((e) => e.call), [clip])
})

test('wrong options are told', async () => {
  for (const wrong of [[], ['--wav', 'a.wav', '--speed', '-1'], ['--wav', 'a.wav', '--speed', 'fast'], ['--wav', 'a.wav', '--agent-channel', '3'], Array(33).fill('a.wav')]) {
    const { code, stderr } = await listen(...wrong)
    assert.equal(code, 2)
    assert.match(stderr, /1 to 32 recordings/)
  }
  const { code, stderr } = await listen('--wav', 'a.wav', '--model', 'no-such-model')
  assert.equal(code, 1)
  assert.match(stderr, /no-such-model/)
})
