// Recordings are taken in: alone, beside a transcript, in two files, named by a conversation; broken, missing, changed.
import assert from 'node:assert/strict'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { spawnSync } from 'node:child_process'
import { conversation, makeFolder, run } from './callscope.mjs'

const RATE = 8000

let seed = 7
const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff

/** Somebody speaks: syllables of two formants, each with its own pitch and length, words with short pauses between. */
function voice(out, from, to, pitch, level) {
  let at = from
  let phase = 0
  while (at < to) {
    const length = Math.min(0.12 + 0.12 * random(), to - at)
    const start = pitch * (0.85 + 0.3 * random())
    const slope = (random() - 0.5) * 0.4
    const [first, second] = [400 + 500 * random(), 1200 + 1000 * random()]
    for (let i = 0; i < length * RATE; i++) {
      const part = i / (length * RATE)
      const hz = start * (1 + slope * part)
      phase += hz / RATE
      let sum = 0
      for (let k = 1; k * hz < 3300; k++)
        sum += Math.sin(2 * Math.PI * k * phase) * (1 / (1 + ((k * hz - first) / 250) ** 2) + 0.4 / (1 + ((k * hz - second) / 300) ** 2))
      out[Math.round(at * RATE) + i] += level * (0.15 + Math.sin(Math.PI * part)) * sum
    }
    at += length + (random() < 0.25 ? 0.12 * random() : 0.01)
  }
}

/** spans: [[from s, to s], …] of each channel. */
function wav(channels, seconds) {
  const noise = () => (random() - 0.5) * 0.002
  const sides = channels.map((spans, c) => {
    const out = new Float32Array(seconds * RATE).map(noise)
    for (const [from, to] of spans) voice(out, from, to, c ? 210 : 125, 0.12)
    return out
  })
  const body = Buffer.alloc(seconds * RATE * channels.length * 2)
  for (let i = 0; i < seconds * RATE; i++)
    sides.forEach((side, c) => body.writeInt16LE(Math.round(Math.max(-1, Math.min(1, side[i])) * 32767), (i * channels.length + c) * 2))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(body.length + 36, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels.length, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * channels.length * 2, 28)
  head.writeUInt16LE(channels.length * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(body.length, 40)
  return Buffer.concat([head, body])
}

const RULES = `rule dead-air
  never  silence > 8s owed by agent

rule long-silence
  never  silence > 8s

rule greeting
  expect agent says "您好"
`
const AGENT = [[1, 4], [20, 24]]
const CUSTOMER = [[5, 9], [25, 28]]
/** The same call, written: the agent's turns where AGENT speaks, a little beside. */
const TURNS = [
  { from: 'a1', start_ms: 1100, end_ms: 4000, text: '您好' },
  { from: 'c1', start_ms: 5200, end_ms: 9000, text: '漏水了' },
  { from: 'a1', start_ms: 20000, end_ms: 24000, text: '请您稍等' },
  { from: 'c1', start_ms: 25000, end_ms: 28000, text: '好' },
]
const written = (id, more = {}) => JSON.stringify(conversation(id, [], { turns: TURNS, events: [], ...more }))

describe('recordings that are taken in', () => {
  let folder, data, rules
  const put = async (name, content) => {
    const file = path.join(folder, 'in', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content)
    return file
  }
  const inspect = async (...more) => {
    const result = await run('inspect', path.join(folder, 'in'), '--data', data, '--rules', rules, '--json', ...more)
    return { ...JSON.parse(result.stdout), code: result.code, stderr: result.stderr }
  }
  const show = async (id) => JSON.parse((await run('show', id, '--data', data, '--json')).stdout)
  const verdict = (page, rule) => page.rules.find((one) => one.rule === rule)

  before(async () => {
    folder = await makeFolder()
    rules = path.join(folder, 'x.rules')
    await writeFile(rules, RULES)
  })
  const fresh = async () => {
    await rm(path.join(folder, 'in'), { recursive: true, force: true })
    data = path.join(folder, `data-${Math.random()}`)
  }
  after(() => rm(folder, { recursive: true, force: true }))

  test('alone: inspected on what can be heard, the rest undecided with a word', async () => {
    await fresh()
    await put('R-1.wav', wav([AGENT, CUSTOMER], 30))
    const told = await inspect()
    assert.equal(told.code, 0, JSON.stringify(told.refused))
    assert.equal(told.counts.recordings, 1)
    const page = await show('R-1')
    assert.equal(page.recording.relation, 'two')
    assert.equal(page.recording.duration_ms, 30000)
    assert.deepEqual(page.recording.sides.map((side) => side.role), ['undecided', 'undecided'])
    assert.ok(page.recording.notes.includes('role_undecided'))
    assert.ok(page.turns.length >= 4 && page.turns.every((turn) => turn.is_wordless))
    assert.equal(verdict(page, 'long-silence').verdict, 'hit')
    assert.equal(verdict(page, 'dead-air').verdict, 'undecided')
    assert.equal(verdict(page, 'dead-air').findings[0].reason, 'role_unknown')
    assert.equal(verdict(page, 'greeting').findings[0].reason, 'no_words')
  })

  test('the centre may say whose channel is whose', async () => {
    await fresh()
    await put('R-1.wav', wav([CUSTOMER, AGENT], 30))
    assert.equal((await inspect('--agent-channel', '2')).code, 0)
    const page = await show('R-1')
    assert.deepEqual(page.recording.sides.map((side) => side.role), ['customer', 'agent'])
    assert.equal(page.recording.decided_by, 'metadata')
    assert.equal(verdict(page, 'dead-air').verdict, 'hit')
    await inspect('--agent-channel', '1') // said otherwise, it is heard otherwise
    assert.deepEqual((await show('R-1')).recording.sides.map((side) => side.role), ['agent', 'customer'])
    assert.equal((await run('inspect', folder, '--agent-channel', '3')).code, 2)
  })

  test('beside a transcript of the same name: one conversation, whose times tell the sides', async () => {
    await fresh()
    await put('R-2.json', written('R-2'))
    await put('R-2.wav', wav([CUSTOMER, AGENT], 30))
    const told = await inspect()
    assert.equal(told.code, 0)
    assert.equal(told.counts.expected, 1)
    const page = await show('R-2')
    assert.equal(page.recording.decided_by, 'times')
    assert.deepEqual(page.recording.sides.map((side) => side.role), ['customer', 'agent'])
    assert.equal(verdict(page, 'dead-air').verdict, 'hit')
    assert.equal(verdict(page, 'greeting').verdict, 'met')
    assert.ok(Math.abs(page.turns[0].start_ms - 1000) <= 40, `the first turn starts where it is heard: ${page.turns[0].start_ms}`)
  })

  test('registered the wrong way round: the transcript is followed, and it is said', async () => {
    await fresh()
    await put('R-3.json', written('R-3', { recordings: [{ file: 'sound/17.wav', channels: ['a1', 'c1'] }] }))
    await put('sound/17.wav', wav([CUSTOMER, AGENT], 30))
    const told = await inspect()
    assert.equal(told.counts.expected, 1, 'a recording that a conversation names is none of its own')
    const page = await show('R-3')
    assert.ok(page.recording.notes.includes('swapped'))
    assert.deepEqual(page.recording.sides.map((side) => side.role), ['customer', 'agent'])
    const again = await inspect()
    assert.deepEqual([again.counts.expected, again.counts.unchanged, again.counts.recordings], [1, 1, 0])
  })

  test('two files, one a side, with and without a transcript', async () => {
    await fresh()
    await put('R-4-agent.wav', wav([AGENT], 30))
    await put('R-4-customer.wav', wav([CUSTOMER], 29))
    await put('R-5.json', written('R-5'))
    await put('R-5_坐席.wav', wav([AGENT], 30))
    await put('R-5_客户.wav', wav([CUSTOMER], 30))
    const told = await inspect()
    assert.equal(told.code, 0, JSON.stringify(told.refused))
    assert.equal(told.counts.expected, 2)
    for (const id of ['R-4', 'R-5']) {
      const page = await show(id)
      assert.deepEqual(page.recording.sides.map((side) => side.role), ['agent', 'customer'], id)
      assert.equal(page.recording.decided_by, 'name')
      assert.equal(page.recording.duration_ms, 30000)
      assert.equal(verdict(page, 'dead-air').verdict, 'hit')
    }
  })

  test('what did not change is not heard again; what changed is', async () => {
    await fresh()
    await put('R-6.json', written('R-6'))
    const file = await put('R-6.wav', wav([AGENT, CUSTOMER], 30))
    await put('R-7.wav', wav([AGENT, CUSTOMER], 30))
    assert.equal((await inspect()).counts.recordings, 2)
    const again = await inspect()
    assert.deepEqual([again.counts.unchanged, again.counts.recordings], [2, 0])
    await writeFile(file, wav([[[1, 4]], CUSTOMER], 30))
    const changed = await inspect()
    assert.deepEqual([changed.counts.inspected, changed.counts.recordings], [1, 1])
    const info = await stat(file)
    await utimes(file, info.atime, new Date(info.mtimeMs + 5000)) // only touched: heard again, nothing new
    const touched = await inspect()
    assert.deepEqual([touched.counts.unchanged, touched.counts.recordings], [2, 1])
    assert.deepEqual((({ unchanged, recordings }) => [unchanged, recordings])((await inspect()).counts), [2, 0])
  })

  test('broken or missing: named with a remedy, and the words are inspected all the same', async () => {
    await fresh()
    await put('B-1.wav', Buffer.from('RIFF but nothing of the kind, only text that goes on for a while'))
    await put('B-2.json', written('B-2'))
    await put('B-2.wav', Buffer.alloc(2000, 'x'))
    await put('B-3.json', written('B-3', { recordings: [{ file: 'nowhere.wav' }] }))
    await put('B-4-agent.wav', wav([AGENT], 30))
    await put('B-4-customer.wav', wav([CUSTOMER], 30).fill(Buffer.from([0x40, 0x1f, 0, 0]), 24, 28)) // 8000: stays
    const told = await inspect()
    assert.equal(told.code, 1)
    assert.deepEqual([told.counts.expected, told.counts.refused, told.counts.recordings_failed], [4, 1, 2])
    for (const one of told.refused) assert.ok(one.reason && one.remedy, JSON.stringify(one))
    assert.ok(told.refused.some((one) => one.file.endsWith('B-1.wav')))
    assert.ok(told.refused.some((one) => one.id === 'B-3' && one.reason.includes('nowhere.wav')))
    assert.equal(verdict(await show('B-2'), 'greeting').verdict, 'met')
    assert.equal((await show('B-2')).recording, null)
    await writeFile(path.join(folder, 'in', 'B-2.wav'), wav([AGENT, CUSTOMER], 30)) // mended: taken in by the next run
    await inspect()
    assert.equal((await show('B-2')).recording.relation, 'two')
  })

  test('moved away after it was heard: what is kept still counts', async () => {
    await fresh()
    await put('M-1.json', written('M-1'))
    const file = await put('M-1.wav', wav([AGENT, CUSTOMER], 30))
    await inspect()
    const before = await show('M-1')
    await rename(file, path.join(folder, 'moved.wav'))
    const again = await inspect()
    assert.deepEqual([again.code, again.counts.unchanged, again.counts.recordings], [0, 1, 0])
    const after = await show('M-1')
    assert.deepEqual(after.voices, before.voices)
    assert.deepEqual(after.rules.map((rule) => rule.verdict), before.rules.map((rule) => rule.verdict))
  })

  test('first the recording, then its transcript: one conversation', async () => {
    await fresh()
    await put('call7.wav', wav([AGENT, CUSTOMER], 30))
    await inspect()
    await put('call7.json', written('T-2026-7'))
    const told = await inspect()
    assert.equal(told.counts.stored, 1)
    assert.equal(verdict(await show('T-2026-7'), 'greeting').verdict, 'met')
    assert.equal((await run('show', 'call7', '--data', data)).code, 1)
  })

  test('two recordings of one name are not one', async () => {
    await fresh()
    await put('1/0001.wav', wav([AGENT, CUSTOMER], 30))
    await put('2/0001.wav', wav([CUSTOMER, AGENT], 30))
    const told = await inspect()
    assert.deepEqual([told.code, told.counts.inspected, told.counts.refused], [1, 1, 1])
    assert.match(told.refused[0].reason, /stands twice/)
    await rm(path.join(folder, 'in/1'), { recursive: true })
    assert.equal((await inspect()).counts.refused, 1, 'nor in another run')
    assert.equal((await show('0001')).source.includes('/1/'), true)
  })

  test('cut off on its way: heard as far as it goes, and told once', async () => {
    await fresh()
    const whole = wav([AGENT, CUSTOMER], 30)
    await put('T-1.wav', whole.subarray(0, whole.length / 2 + 1))
    const told = await inspect()
    assert.deepEqual([told.code, told.counts.inspected, told.counts.recordings_failed], [1, 1, 1])
    assert.match(told.refused[0].reason, /15\.0 s before/)
    const page = await show('T-1')
    assert.ok(page.recording.notes.includes('cut'))
    assert.ok(Math.abs(page.recording.duration_ms - 15000) < 10)
    assert.deepEqual((({ code, counts }) => [code, counts.unchanged])(await inspect()), [0, 1])
  })

  const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0
  test('what ffmpeg converts is heard, and damage in it is told', { skip: !hasFfmpeg && 'ffmpeg is not installed' }, async () => {
    await fresh()
    const from = path.join(folder, 'sound.wav'), to = path.join(folder, 'in/F-1.m4a')
    await writeFile(from, wav([AGENT, CUSTOMER], 30))
    await mkdir(path.dirname(to), { recursive: true })
    assert.equal(spawnSync('ffmpeg', ['-loglevel', 'error', '-i', from, to]).status, 0)
    const bytes = await readFile(to)
    await put('F-2.m4a', Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.alloc(4000, 'x'), bytes.subarray((bytes.length >> 1) + 4000)]))
    const told = await inspect()
    assert.deepEqual([told.counts.recordings, told.counts.recordings_failed], [1, 1])
    assert.ok(told.refused[0].file.endsWith('F-2.m4a') && told.refused[0].remedy, JSON.stringify(told.refused))
    assert.ok(Math.abs((await show('F-1')).recording.duration_ms - 30000) < 200)
    assert.ok((await show('F-2')).recording.notes.includes('cut'))
  })

  test('two files of different rates are refused with the way to mend them', async () => {
    await fresh()
    await put('B-5-agent.wav', wav([AGENT], 30))
    const other = wav([CUSTOMER], 30)
    other.writeUInt32LE(16000, 24)
    other.writeUInt32LE(32000, 28)
    await put('B-5-customer.wav', other)
    const told = await inspect()
    assert.equal(told.counts.refused, 1)
    assert.match(told.refused[0].reason, /8000 and 16000/)
    assert.match(told.refused[0].remedy, /ffmpeg/)
  })

  test('the content decides, not the name', async () => {
    await fresh()
    await put('C-1.dat', wav([AGENT, CUSTOMER], 30))
    await put('C-2.mp3', wav([AGENT, CUSTOMER], 30))
    await put('notes.dat', 'no recording')
    const told = await inspect()
    assert.equal(told.code, 0, JSON.stringify(told.refused))
    assert.equal(told.counts.recordings, 2)
  })

  test('nothing in the store can be played without the key', async () => {
    await fresh()
    await put('K-1.wav', wav([AGENT, CUSTOMER], 30))
    await inspect()
    const key = path.join(data, 'recordings.key')
    assert.equal((await stat(key)).mode & 0o777, 0o600)
    const sound = wav([AGENT, CUSTOMER], 30).subarray(8000, 8064)
    const { stdout } = await run('keys', 'rotate', '--data', data)
    assert.match(stdout, /2/)
    const { execFileSync } = await import('node:child_process')
    const files = execFileSync('find', [path.join(data, 'recordings'), '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')
    assert.equal(files.length, 2) // the recording and its waveform
    await rename(key, `${key}.away`)
    await put('K-2.wav', wav([AGENT], 30))
    const result = await run('inspect', path.join(folder, 'in'), '--data', data, '--rules', rules)
    assert.equal(result.code, 1)
    assert.match(result.stderr, /--key-file/, 'a new key would open none of the old recordings')
    const other = path.join(folder, `other-${Math.random()}`)
    await run('inspect', path.join(folder, 'in', 'K-1.wav'), '--data', other, '--rules', rules)
    const wrong = await run('inspect', path.join(folder, 'in'), '--data', data, '--rules', rules, '--key-file', path.join(other, 'recordings.key'))
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /--key-file/, 'the key of another store opens nothing here')
    const doctor = async (...more) => (await run('doctor', '--data', data, '--rules', rules, ...more))
    assert.equal((await doctor('--key-file', path.join(other, 'recordings.key'))).code, 1)
    assert.equal((await doctor()).code, 1, 'recordings without their key are broken')
    await rename(`${key}.away`, key)
    assert.equal((await inspect()).counts.recordings, 1)
    for (const file of files) assert.equal((await readFile(file)).indexOf(sound), -1)
  })
})
