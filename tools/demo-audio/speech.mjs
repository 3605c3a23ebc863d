// A sentence, spoken by espeak-ng so that it lasts as long as the dialogue says.
import { execFileSync } from 'node:child_process'
import { fade, RATE, setLevel, stretch, toTelephone } from './sound.mjs'

const SLOWEST = 80, FASTEST = 450 // espeak-ng's own limits, words a minute
const NEAR = 0.06 // so far from the wanted length the pieces of the sentence are moved instead, which nobody hears
// Seconds that a sentence takes at `speed`, by what it is made of: least squares over the demo's sentences. Two of three
// are near at once, and espeak-ng runs only once for them.
const LENGTHS = {
  zh: { speed: 260, base: -0.04, parts: [[/\p{Script=Han}/gu, 0.251], [/[A-Za-z0-9]/g, 0.079], [/[，、：；]/g, 0.102], [/[。！？]+/g, 0.15], [/…+/g, 0.044]] },
  en: { speed: 145, base: 0.1, parts: [[/[A-Za-z]/g, 0.063], [/[A-Za-z']+/g, 0.045], [/[,:;]/g, 0.316], [/[.!?]+/g, 0.533], [/[0-9]/g, 0.412]] },
}
const MOST_STRETCH = 1.25 // where espeak-ng's limits are reached
const AUDIBLE = 0.02 // of the loudest sample: where a sentence begins and ends

/** Signed 16-bit samples and their rate from the WAV that espeak-ng streams: its lengths are not filled in. */
function samplesOfWav(wav) {
  if (wav.toString('latin1', 0, 4) !== 'RIFF') throw new Error('espeak-ng gave no sound')
  const data = wav.indexOf('data', 12, 'latin1') + 8
  const samples = new Int16Array((wav.length - data) >> 1)
  for (let i = 0; i < samples.length; i++) samples[i] = wav.readInt16LE(data + 2 * i)
  return { samples, rate: wav.readUInt32LE(24) }
}

function trimmed(samples) {
  let loudest = 0, first = 0, last = samples.length - 1
  for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample))
  const least = loudest * AUDIBLE
  while (first < last && Math.abs(samples[first]) <= least) first++
  while (last > first && Math.abs(samples[last]) <= least) last--
  return samples.subarray(first, last + 1)
}

function synthesize(text, { voice, pitch }, speed) {
  const wav = execFileSync('espeak-ng', ['-v', voice, '-p', String(pitch), '-s', String(speed), '-z', '--stdout', '--stdin'],
    { input: text, maxBuffer: 64 << 20, timeout: 60000, stdio: ['pipe', 'pipe', 'ignore'] })
  const { samples, rate } = samplesOfWav(wav)
  const sound = trimmed(samples)
  return { sound, rate, seconds: sound.length / rate }
}

const speedFor = (seconds, speed, wanted) => Math.round(Math.min(FASTEST, Math.max(SLOWEST, (speed * seconds) / wanted)))

function expected(text, language) {
  const core = text.replace(/[\s\p{P}]+$/u, ''), { base, parts } = LENGTHS[language]
  return Math.max(0.2, parts.reduce((sum, [what, seconds]) => sum + seconds * (core.match(what)?.length ?? 0), base))
}

/** length samples, and how many of a sentence that is too long at the highest speed were cut off. */
export function speak(text, language, voice, length) {
  const wanted = length / RATE
  let speed = speedFor(expected(text, language), LENGTHS[language].speed, wanted), made = synthesize(text, voice, speed)
  for (let attempt = 0; attempt < 3 && Math.abs(made.seconds / wanted - 1) > NEAR; attempt++) {
    const next = speedFor(made.seconds, speed, wanted)
    if (next === speed) break
    speed = next
    made = synthesize(text, voice, speed)
  }
  const sound = trimmed(toTelephone(made.sound, made.rate)) // a last f or s may be beyond the band
  const fitting = Math.round(Math.min(sound.length * MOST_STRETCH, Math.max(sound.length / MOST_STRETCH, length)))
  const whole = stretch(sound, fitting)
  return { samples: fade(setLevel(whole.slice(0, length), voice.level_db), 4), cut: Math.max(0, whole.length - length) }
}
