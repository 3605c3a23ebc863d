// The demo's recordings: each side is heard when its dialogue says so and at no other time, and the recording traps of
// demo/README.md are what they claim. The WAVs are read here, by nothing of the tool that wrote them.
// What it proves is sound: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { dialogueRead } from '../../tools/demo-audio/dialogue.mjs'
import { spoken } from '../../tools/demo-audio/voices.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const execute = promisify(execFile)
const make = (out, { stems = [], environment = process.env } = {}) =>
  execute(process.execPath, [path.join(root, 'tools/demo-audio/make.mjs'), path.join(root, 'demo'), out, ...stems], { env: environment })
const has = (program, option) => {
  try {
    execFileSync(program, [option], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const noVoice = has('espeak-ng', '--version') ? false : 'espeak-ng is not installed'
const noFfmpeg = noVoice || (has('ffmpeg', '-version') ? false : 'ffmpeg is not installed')

const PLAIN = ['D-AC-0214-01', 'D-AC-0112-01', 'D-FR-0113-01', 'D-WM-0126-01', 'D-TV-0131-01', 'D-EC-0129-01', 'D-XX-0118-01',
  'D-WP-0128-01', 'D-MW-0208-01', 'D-EC-0128-01', 'D-EN-WA-0114-01']
const SECOND = 8000
const db = (ratio) => 20 * Math.log10(Math.max(ratio, 1e-9))

let out
before(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'callscope-demo-audio-'))
  if (!noVoice) await make(out)
})
after(() => rm(out, { recursive: true, force: true }))

function pathOf(name) {
  const folder = ['appliances', 'ecommerce', 'english'].find((one) => existsSync(path.join(out, one, name)))
  assert.ok(folder, `${name} was not made`)
  return path.join(out, folder, name)
}

// ITU-T G.711: the sample of a mu-law byte, as 16 bits.
const expanded = Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff, size = (((code & 0x0f) << 3) + 132) << ((code >> 4) & 7)
  return code & 0x80 ? 132 - size : size - 132
})

/** The channels of a mu-law WAV, full scale 1. */
function heard(name) {
  const bytes = readFileSync(pathOf(name))
  assert.equal(bytes.toString('latin1', 0, 4), 'RIFF')
  assert.equal(bytes.readUInt16LE(20), 7, 'mu-law')
  assert.equal(bytes.readUInt32LE(24), SECOND)
  const count = bytes.readUInt16LE(22), data = bytes.indexOf('data', 12, 'latin1'), length = bytes.readUInt32LE(data + 4)
  const channels = Array.from({ length: count }, () => new Float32Array(length / count))
  for (let i = 0; i < length; i++) channels[i % count][Math.floor(i / count)] = expanded[bytes[data + 8 + i]] / 32768
  return channels
}

const milliseconds = (time) => time.split(':').reduce((sum, part) => sum * 60 + Math.round(Number(part) * 1000), 0)

/** { spans: [{ channel, start, end }], holds: [{ start, end }], end } in milliseconds, from the dialogue in demo/. */
function told(id) {
  const at = ['appliances', 'ecommerce', 'english'].flatMap((folder) => ['json', 'vtt'].map((kind) => path.join(root, 'demo', folder, `${id}.${kind}`))).find(existsSync)
  const text = readFileSync(at, 'utf8')
  if (at.endsWith('.vtt')) {
    const lines = text.split('\n'), spans = []
    lines.forEach((line, i) => {
      const [start, end] = line.split(' --> ')
      if (end) spans.push({ channel: lines[i + 1].startsWith('<v customer') ? 1 : 0, start: milliseconds(start), end: milliseconds(end) })
    })
    const holds = [...text.matchAll(/^hold: (\S+)/gm)].map(([, start]) => {
      const begun = milliseconds(start)
      return { start: begun, end: spans.find((span) => span.channel === 0 && span.start > begun).start }
    })
    return { spans, holds, end: milliseconds(/^hang-up: (\S+)/m.exec(text)[1]) }
  }
  const { turns, participants, events } = JSON.parse(text)
  const customers = participants.filter(({ role }) => role === 'customer').map((one) => one.id)
  return {
    spans: turns.map((turn) => ({ channel: customers.includes(turn.from) ? 1 : 0, start: turn.start_ms, end: turn.end_ms })),
    holds: events.filter(({ kind }) => kind === 'hold').map(({ at_ms }) => ({ start: at_ms, end: events.find((one) => one.kind === 'resume' && one.at_ms > at_ms).at_ms })),
    end: Math.max(...events.map(({ at_ms }) => at_ms), ...turns.map(({ end_ms }) => end_ms)),
  }
}

/** The level from start to end (ms), dB below full scale. */
function level(samples, start, end) {
  const from = Math.round((start * SECOND) / 1000), to = Math.min(samples.length, Math.round((end * SECOND) / 1000))
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i] ** 2
  return db(Math.sqrt(sum / Math.max(1, to - from)))
}

/** The stretches of at least 300 ms in which nothing of the spans is on the channel, without their edges. */
function pauses({ spans, holds, end }, channel) {
  const busy = [...spans.filter((span) => span.channel === channel), ...(channel === 0 ? holds : [])].sort((one, other) => one.start - other.start)
  const free = []
  let from = 0
  for (const { start, end: until } of [...busy, { start: end, end }]) {
    if (start - from >= 300) free.push({ start: from + 20, end: start - 20 })
    from = Math.max(from, until)
  }
  return free
}

function likeness(one, other, lag = 0) {
  let both = 0, first = 0, second = 0
  for (let i = lag; i < one.length; i++) {
    both += other[i] * one[i - lag]
    first += one[i - lag] ** 2
    second += other[i] ** 2
  }
  return { of_one: both / first, correlation: both / Math.sqrt(first * second) }
}

function assertSides(call, [agent, customer], noise = -45) {
  for (const [channel, samples] of [agent, customer].entries()) {
    for (const { start, end } of call.spans.filter((span) => span.channel === channel)) {
      assert.ok(level(samples, start, end) > -34, `heard from ${start} to ${end}: ${level(samples, start, end)} dB`)
      assert.ok(level(samples, start, start + 150) > noise + 3, `begins at ${start}`)
      assert.ok(level(samples, end - 250, end) > noise + 3, `lasts until ${end}`) // a last d or t is a stop with a faint burst
    }
    for (const { start, end } of pauses(call, channel)) assert.ok(level(samples, start, end) < noise, `quiet from ${start} to ${end}: ${level(samples, start, end)} dB`)
  }
}

describe('the demo\'s recordings', { skip: noVoice }, () => {
  test('every call has one of its length, chats have none', () => {
    const folders = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'lists').map(({ name }) => name)
    const names = folders.flatMap((folder) => readdirSync(path.join(out, folder)))
    const dialogues = names.filter((name) => /\.(json|vtt)$/.test(name))
    const calls = dialogues.filter((name) => name.endsWith('.vtt') || JSON.parse(readFileSync(pathOf(name))).channel === 'call').map((name) => path.parse(name).name)
    const stems = new Set(names.filter((name) => !/\.(json|jsonl|vtt)$/.test(name)).map((name) => path.parse(name).name.replace(/-(agent|customer)$/, '')))
    assert.equal(calls.length, 35)
    assert.deepEqual([...stems].sort(), [...calls, 'D-XX-0301-01'].sort())
  })

  for (const id of PLAIN) {
    test(`${id}: each side speaks when its dialogue says so, the agent on the first channel`, () => {
      const call = told(id), channels = heard(`${id}.wav`)
      assert.equal(channels.length, 2)
      assert.equal(channels[0].length, call.end * 8)
      assertSides(call, channels)
    })
  }

  test('hold music plays on the agent\'s channel, from hold to resume', () => {
    for (const id of ['D-WM-0126-01', 'D-AC-0124-01', 'D-EC-0128-01']) {
      const call = told(id), [agent, customer] = heard(`${id}.wav`)
      assert.equal(call.holds.length, 1)
      for (let at = call.holds[0].start + 200; at < call.holds[0].end - 800; at += 500) {
        assert.ok(level(agent, at, at + 500) > -40, `${id} at ${at}: ${level(agent, at, at + 500)} dB`)
        if (!call.spans.some(({ channel, start, end }) => channel === 1 && start < at + 500 && end > at)) assert.ok(level(customer, at, at + 500) < -45)
      }
    }
  })

  test('an upset customer is louder than a calm one', () => {
    const [, customer] = heard('D-AC-0214-01.wav'), turns = JSON.parse(readFileSync(pathOf('D-AC-0214-01.json'))).turns.filter(({ from }) => from === 'c1')
    const mean = (some) => some.reduce((sum, { start_ms, end_ms }) => sum + level(customer, start_ms, end_ms), 0) / some.length
    const marks = ({ text }) => text.match(/！/g)?.length ?? 0
    assert.ok(mean(turns.filter((turn) => marks(turn) > 1)) > mean(turns.filter((turn) => !marks(turn))) + 2)
  })

  test('swapped: the customer comes first', () => assertSides(told('D-WM-0202-01'), heard('D-WM-0202-01.wav').reverse()))

  test('a mono mix, and the same signal on both channels', () => {
    assert.equal(heard('D-RF-0127-01.wav').length, 1)
    const [one, other] = heard('D-EN-HD-0115-01.wav')
    assert.deepEqual(one, other)
    for (const { start, end } of told('D-EN-HD-0115-01').spans) assert.ok(level(one, start, end) > -34)
  })

  test('one side is silent', () => {
    const [agent, customer] = heard('D-WH-0205-01.wav')
    assert.ok(customer.every((sample) => sample === 0))
    assert.ok(level(agent, 0, 80000) > -34)
  })

  test('the agent comes back on the customer\'s channel, 130 ms later and 14 dB fainter', () => {
    const call = told('D-GS-0129-01'), [agent, customer] = heard('D-GS-0129-01.wav')
    const alone = call.spans.filter((span) => span.channel === 0 && !call.spans.some((other) => other.channel === 1 && other.start < span.end + 200 && other.end > span.start - 200))
    assert.ok(alone.length > 3)
    for (const { start, end } of alone) {
      const [from, to] = [start * 8, (end + 130) * 8], echo = likeness(agent.subarray(from, to), customer.subarray(from, to), 130 * 8)
      assert.ok(echo.correlation > 0.9, `${echo.correlation}`)
      assert.ok(Math.abs(db(echo.of_one) + 14) < 0.5, `${db(echo.of_one)} dB`)
    }
  })

  test('a noisy line: voices 10 dB above the noise', () => {
    const call = told('D-DR-0207-01'), channels = heard('D-DR-0207-01.wav')
    const mean = (samples, spans) => spans.reduce((sum, { start, end }) => sum + level(samples, start, end), 0) / spans.length
    channels.forEach((samples, channel) => {
      const above = mean(samples, call.spans.filter((span) => span.channel === channel)) - mean(samples, pauses(call, channel))
      assert.ok(above > 6 && above < 13, `${above} dB`)
    })
  })

  test('an agent cut off at full scale, a customer who is not', () => {
    const [agent, customer] = heard('D-DW-0123-01.wav'), most = agent.reduce((one, other) => Math.max(one, Math.abs(other)), 0)
    const share = (samples) => samples.reduce((count, sample) => count + (Math.abs(sample) >= most * 0.99), 0) / samples.length
    assert.ok(most > 0.95 && share(agent) > 0.005, `${share(agent)} of the samples`)
    assert.equal(share(customer), 0)
  })

  test('a file a side', () => {
    const call = told('D-EN-AC-0112-01'), sides = ['agent', 'customer'].map((side) => heard(`D-EN-AC-0112-01-${side}.wav`))
    assert.deepEqual(sides.map(({ length }) => length), [1, 1])
    assertSides(call, sides.flat())
  })

  test('a recording without a transcript', () => {
    assert.equal(heard('D-XX-0301-01.wav').length, 2)
    for (const kind of ['json', 'vtt']) assert.ok(!existsSync(path.join(out, 'appliances', `D-XX-0301-01.${kind}`)))
  })

  test('a recording that ends inside a sample, though its head says otherwise', () => {
    const bytes = readFileSync(pathOf('D-EN-FR-0109-01.wav'))
    assert.equal(bytes.readUInt16LE(34), 16)
    assert.ok(bytes.readUInt32LE(54) > bytes.length)
    assert.equal((bytes.length - 58) % 2, 1)
  })

  test('mp3, Opus, FLAC and AAC are what they are called, and as long as their dialogues', { skip: noFfmpeg }, async () => {
    for (const [name, codec] of [['D-EN-DW-0108-01.mp3', 'mp3'], ['D-EC-0130-01.opus', 'opus'], ['D-WM-0130-01.flac', 'flac'], ['D-EN-OV-0120-01.m4a', 'aac']]) {
      const { stdout } = await execute('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name,channels:format=duration', '-of', 'json', pathOf(name)])
      const { streams, format } = JSON.parse(stdout)
      assert.deepEqual(streams.map(({ codec_name, channels }) => ({ codec_name, channels })), [{ codec_name: codec, channels: 2 }])
      assert.ok(Math.abs(format.duration * 1000 - told(path.parse(name).name).end) < 250, `${name}: ${format.duration} s`)
    }
  })

  test('a second run makes nothing, a missing recording is made again with the same bytes', async () => {
    const name = pathOf('D-XX-0118-01.wav'), bytes = readFileSync(name), other = statSync(pathOf('D-AC-0214-01.wav')).mtimeMs
    assert.match((await make(out)).stdout, /, 0 made/)
    await rm(name)
    assert.match((await make(out)).stdout, /, 1 made/)
    assert.ok(readFileSync(name).equals(bytes))
    assert.equal(statSync(pathOf('D-AC-0214-01.wav')).mtimeMs, other)
  })
})

test('what is spoken is what stands in the dialogue, in either format', () => {
  const read = dialogueRead(path.join(root, 'demo/appliances/D-WP-0128-01.vtt'))
  const cues = readFileSync(path.join(root, 'demo/appliances/D-WP-0128-01.vtt'), 'utf8').split('\n').filter((line) => line.startsWith('<v '))
  assert.deepEqual(read.turns.map(({ text }) => text), cues.map((line) => line.slice(line.indexOf('>') + 1)))
  assert.equal(read.agent, '周倩')
  assert.equal(dialogueRead(path.join(root, 'demo/appliances/D-AC-0214-01.json')).turns.length, 25)
  assert.equal(dialogueRead(path.join(root, 'demo/ecommerce/D-EC-0105-01.json')), null)
})

test('codes are said sign by sign, a placeholder by its word, a date as it is', () => {
  assert.equal(spoken('JC-20931，[电话]，选DTV，按HOME，1月8号，48小时，打12315', 'zh'),
    'J C 二 零 九 三 一， 电话 ，选D T V，按home，1月8号，48小时，打一 二 三 一 五')
  assert.equal(spoken("It's TW-28801, 24 months.", 'en'), "It's T W 2 8 8 0 1, 24 months.")
})

test('without espeak-ng the dialogues are there, recordings are not, and it is said how to get them', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'callscope-demo-mute-'))
  try {
    const { stdout } = await make(folder, { environment: { PATH: folder } })
    assert.match(stdout, /espeak-ng is not installed.*tools\/setup/)
    assert.deepEqual(readdirSync(path.join(folder, 'appliances')), readdirSync(path.join(root, 'demo/appliances')))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('without ffmpeg the recordings that need it are WAV', { skip: noVoice }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'callscope-demo-plain-'))
  try {
    const espeak = execFileSync('sh', ['-c', 'command -v espeak-ng']).toString().trim(), programs = path.join(folder, 'programs')
    execFileSync('sh', ['-c', 'mkdir "$1" && ln -s "$2" "$1"', '-', programs, espeak])
    const { stdout } = await make(path.join(folder, 'out'), { stems: ['D-EC-0130-01'], environment: { PATH: programs } })
    assert.match(stdout, /ffmpeg is not installed: D-EC-0130-01/)
    assert.ok(existsSync(path.join(folder, 'out/ecommerce/D-EC-0130-01.wav')))
  } finally {
    await rm(folder, { recursive: true })
  }
})
