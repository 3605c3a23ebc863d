// The call: who says what and when, as two channels and as a conversation whose every word has its time.
import { readFileSync } from 'node:fs'
import { RATE } from './syllables.mjs'

const BETWEEN = 0 // samples between two syllables of a phrase
const COMMA_MS = 250
const NOISE = 0.0006 // of the line
const END_MS = 1500
// Nobody says a word twice alike: each time a syllable is so much higher and quicker, or lower and slower, and louder or fainter.
// (The same samples again would be a recorded announcement, and callscope finds those.)
const VOICES = { agent: 1, customer: 1.05 }
const PITCH_SPREAD = 0.05, LOUDNESS_SPREAD = 0.25

const ms = (samples) => Math.round((samples * 1000) / RATE)

/** Lines of script.tsv: [{ from, gap_ms, text, syllables }], a comma is a syllable ",". */
export function scriptRead(file) {
  return readFileSync(file, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).map((line, i) => {
    const [from, gap, text, pinyin] = line.split('\t'), syllables = pinyin.split(' ')
    const characters = [...text.replace(/，/g, '')]
    if (characters.length !== syllables.filter((syllable) => syllable !== ',').length) throw new Error(`line ${i + 2}: ${text} has not as many syllables as characters`)
    return { from, gap_ms: Number(gap) * 1000, text, characters, syllables }
  })
}

/** { channels: [customer, agent], turns: [{ from, start_ms, end_ms, text, words }] }, in samples at RATE; another seed is another way to say it. */
export function callRender(script, sounds, seed = 7) {
  const spoken = [], random = randomOf(seed)
  let end = 0
  for (const line of script) {
    const places = [...line.text].flatMap((character, offset) => (character === '，' ? [] : [offset]))
    let at = Math.max(0, end + Math.round((line.gap_ms * RATE) / 1000)), next = 0
    const pieces = []
    for (const syllable of line.syllables) {
      if (syllable === ',') {
        at += (COMMA_MS * RATE) / 1000
        continue
      }
      const samples = vary(sounds.get(syllable), VOICES[line.from] * (1 + PITCH_SPREAD * random()), 1 + LOUDNESS_SPREAD * random())
      pieces.push({ at, samples, offset: places[next++] })
      at += samples.length + BETWEEN
    }
    end = at
    spoken.push({ ...line, pieces, end: at })
  }
  const length = Math.max(...spoken.map((line) => line.end)) + (END_MS * RATE) / 1000
  const channels = { customer: hiss(length, 1), agent: hiss(length, 2) }
  for (const { from, pieces } of spoken) for (const { at, samples } of pieces) for (let i = 0; i < samples.length; i++) channels[from][at + i] += samples[i]
  const turns = spoken.map(({ from, text, pieces, end: last }) => ({
    from, start_ms: ms(pieces[0].at), end_ms: ms(last), text,
    words: pieces.map(({ at, samples, offset }) => ({ offset, length: 1, start_ms: ms(at), end_ms: ms(at + samples.length) })),
  }))
  return { channels: [channels.customer, channels.agent], turns, duration_ms: ms(length) }
}

/** Numbers from -1 to 1, the same for the same seed. */
function randomOf(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
}

function hiss(length, seed) {
  const random = randomOf(seed)
  return Float32Array.from({ length }, () => NOISE * random())
}

/** So many times as quick and as high: Catmull and Rom's curve through the samples. */
function vary(samples, quicker, gain) {
  const at = (i) => samples[Math.max(0, Math.min(samples.length - 1, i))]
  return Float32Array.from({ length: Math.floor(samples.length / quicker) }, (_, i) => {
    const place = i * quicker, whole = Math.floor(place), x = place - whole
    const [a, b, c, d] = [at(whole - 1), at(whole), at(whole + 1), at(whole + 2)]
    return gain * (b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a))))
  })
}

/** 16 bit. */
export function wavOf(channels, rate = RATE) {
  const frames = channels[0].length, width = 2 * channels.length, body = Buffer.alloc(frames * width), head = Buffer.alloc(44)
  for (let i = 0; i < frames; i++) channels.forEach((channel, c) => body.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(channel[i] * 32767))), i * width + 2 * c))
  head.write('RIFF', 0), head.writeUInt32LE(36 + body.length, 4), head.write('WAVEfmt ', 8), head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20), head.writeUInt16LE(channels.length, 22), head.writeUInt32LE(rate, 24), head.writeUInt32LE(rate * width, 28)
  head.writeUInt16LE(width, 32), head.writeUInt16LE(16, 34), head.write('data', 36), head.writeUInt32LE(body.length, 40)
  return Buffer.concat([head, body])
}
