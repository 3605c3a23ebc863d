// From the end of a spoken phrase to its final text at the client: calls that run beside each other, in real time.
//   node bench/live.mjs CALLSCOPE CLIPS FOLDER [CALLS [RECOGNISERS [SECONDS]]]
// Clips (16 kHz, mono) are joined with pauses to telephone calls of two sides at 8 kHz, the same at every run. The end of a phrase is the
// last sounding 10 ms of it, as found here, from the sound alone; the arrival is when the line has been read from the program's
// output. So the pause that ends a phrase is part of the figure. Prints `name value` lines for bench/run, times in milliseconds.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

const [program, clips, folder, calls = '20', recognisers = '2', seconds = '60'] = process.argv.slice(2)
if (!folder) {
  console.error('usage: node bench/live.mjs CALLSCOPE CLIPS FOLDER [CALLS [RECOGNISERS [SECONDS]]]')
  process.exit(2)
}
const RATE = 8000, FRAME = RATE / 100, FIRST_SECONDS = 10 // all calls begin at once

let state = 1n
function roll(below) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
  return Number(state >> 33n) % below
}

// ---- sound ----

function readClip(file) {
  const bytes = readFileSync(file)
  let at = 12, rate = 0
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32LE(at + 4), body = at + 8
    const name = bytes.toString('latin1', at, at + 4)
    if (name === 'fmt ') rate = bytes.readUInt32LE(body + 4)
    if (name === 'data') return { rate, samples: new Int16Array(bytes.buffer.slice(bytes.byteOffset + body, bytes.byteOffset + body + (size & ~1))) }
    at = body + size + (size & 1)
  }
  throw new Error(`${file} has no sound`)
}

// To 8 kHz, behind a short low-pass so that nothing folds back.
function halve(samples) {
  const taps = [-0.0318, 0, 0.2818, 0.5, 0.2818, 0, -0.0318]
  return Float32Array.from({ length: samples.length >> 1 }, (_, i) =>
    taps.reduce((sum, tap, k) => sum + tap * (samples[2 * i + k - 3] ?? 0), 0))
}

// Spans with a sound, in seconds; gaps below 300 ms are within a phrase.
function spansOf(samples) {
  const levels = []
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    let sum = 0
    for (let i = 0; i < FRAME; i++) sum += samples[at + i] ** 2
    levels.push(10 * Math.log10(sum / FRAME / 32768 ** 2 + 1e-10))
  }
  const limit = Math.max(-55, levels.reduce((a, b) => Math.max(a, b), -96) - 35), spans = []
  levels.forEach((level, i) => {
    if (level < limit) return
    const last = spans.at(-1)
    if (last && i / 100 - last.to < 0.3) last.to = (i + 1) / 100
    else spans.push({ from: i / 100, to: (i + 1) / 100 })
  })
  return spans
}

function makeCall(number, all) {
  const length = Number(seconds) * RATE, sides = [new Float32Array(length), new Float32Array(length)]
  const spans = [[], []]
  let at = roll(3 * RATE), side = roll(2)
  for (;;) {
    const clip = all[roll(all.length)]
    if (at + clip.samples.length + 2 * RATE > length) break
    sides[side].set(clip.samples, at)
    for (const { from, to } of clip.spans) spans[side].push({ from: from + at / RATE, to: to + at / RATE })
    at += clip.samples.length + RATE / 2 + roll(2 * RATE)
    side ^= roll(4) > 0
  }
  const file = path.join(folder, `call-${String(number).padStart(2, '0')}.wav`), bytes = Buffer.alloc(44 + 4 * length)
  bytes.write('RIFF'), bytes.writeUInt32LE(36 + 4 * length, 4), bytes.write('WAVEfmt ', 8), bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20), bytes.writeUInt16LE(2, 22), bytes.writeUInt32LE(RATE, 24), bytes.writeUInt32LE(4 * RATE, 28)
  bytes.writeUInt16LE(4, 32), bytes.writeUInt16LE(16, 34), bytes.write('data', 36), bytes.writeUInt32LE(4 * length, 40)
  for (let i = 0; i < length; i++)
    for (const k of [0, 1]) bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sides[k][i] + roll(7) - 3))), 44 + 4 * i + 2 * k)
  writeFileSync(file, bytes)
  return { file, spans }
}

// ---- running ----

const ticks = (pid) => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch { return 0 }
}
const childrenOf = (pid) => {
  try { return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean) } catch { return [] }
}

function listen(group, speed) {
  const child = spawn(program, ['listen', '--json', '--speed', speed, '--recognisers', recognisers, ...group.map((call) => call.file)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const found = { events: [], spent: 0 }
  const begun = new Map()
  const sample = setInterval(() => { found.spent = [child.pid, ...childrenOf(child.pid)].reduce((sum, pid) => sum + ticks(pid), 0) / 100 }, 1000)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line), now = Date.now()
    if (event.event === 'begin') begun.set(event.call, event.begun_ms)
    found.events.push({ ...event, arrived: (now - begun.get(event.call)) / 1000 })
  })
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => {
    clearInterval(sample)
    code === 0 ? done(found) : fail(new Error(`listen ended with ${code}`))
  }))
}

// ---- the figures ----

const tell = (name, value) => console.log(`${name} ${value}`)

// Played as fast as it goes, a text is told on the call's clock when its piece ends: so much of a latency is the pause that is waited for.
const place = (e) => `${e.call} ${e.channel} ${e.from}`
function latenciesOf(call, events, ends) {
  const last = new Map() // of phrases that arrive together the last one ends the piece
  for (const e of events) if (e.event === 'final' && e.call === call.file) last.set(`${e.channel} ${e.seconds}`, e)
  const out = { all: [], cut: 0, extra: 0 }
  for (const e of last.values()) {
    const span = call.spans[e.channel - 1].findLast((one) => one.from <= e.to)
    if (!span) out.extra++
    else if (e.seconds < span.to) out.cut++ // somebody who speaks long is cut at a breath: no end of a phrase
    else out.all.push({ ms: (e.arrived - span.to) * 1000, to: span.to, work: (e.arrived - ends.get(place(e))) * 1000 })
  }
  return out
}

const at = (sorted, share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))])

mkdirSync(folder, { recursive: true })
const all = readdirSync(clips).filter((name) => name.endsWith('.wav')).sort().map((name) => readClip(path.join(clips, name)))
  .filter((clip) => clip.rate === 16000 && clip.samples.length < 15 * 16000)
  .map((clip) => halve(clip.samples)).map((samples) => ({ samples, spans: spansOf(samples) }))
const made = Array.from({ length: Number(calls) }, (_, i) => makeCall(i + 1, all))
const { events, spent } = await listen(made, '1'), patient = await listen(made, '0')
const ends = new Map(patient.events.filter((e) => e.event === 'final').map((e) => [place(e), e.seconds]))
const latencies = made.map((call) => latenciesOf(call, events, ends)), told = latencies.flatMap((one) => one.all)
const sortedOf = (list, what = 'ms') => list.map((one) => one[what]).filter((ms) => ms === ms).sort((a, b) => a - b)
const sorted = sortedOf(told), first = sortedOf(told.filter((one) => one.to < FIRST_SECONDS))
const sum = (name) => events.filter((e) => e.event === 'end').reduce((total, e) => total + e[name], 0)
tell('phrases', sorted.length)
tell('p50', at(sorted, 0.5))
tell('p95', at(sorted, 0.95))
tell('most', at(sorted, 1))
tell('first', at(first, 0.95))
tell('work', at(sortedOf(told, 'work'), 0.95))
tell('cut', latencies.reduce((total, one) => total + one.cut, 0))
tell('recognised', Math.round(sum('recognised') / sum('seconds') / 2 * 100)) // of both sides' time: silence is not decoded
tell('lost', sum('lost'))
tell('lags', events.filter((e) => e.event === 'lag' && e.lag > 0).length)
tell('cores', Math.round(spent / Number(seconds) * 100) / 100)
tell('load', Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[0]))
if (!events.filter((e) => e.event === 'end').every((e) => e.same_as_at_once)) throw new Error('live is not the same as at once')
