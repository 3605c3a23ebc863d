// Signals as Float32Array at RATE, full scale 1: the telephone's band, levels, tempo, noise, music.
export const RATE = 8000
const BAND = { low_hz: 300, high_hz: 3400 }
const TAPS = 128 // of the low-pass at the source's rate: 45 dB down 300 Hz beyond the band at 22,050 Hz

export const amplitude = (db) => 10 ** (db / 20)
export const samplesOf = (ms) => Math.round((ms * RATE) / 1000)

const greatest = (a, b) => (b ? greatest(b, a % b) : a)
const resamplers = new Map()

// One windowed sinc for each place an output sample can have between two input samples.
function resampler(rate) {
  if (resamplers.has(rate)) return resamplers.get(rate)
  const phases = RATE / greatest(RATE, rate), cut = (2 * BAND.high_hz) / rate
  const kernels = Array.from({ length: phases }, (_, phase) => {
    const kernel = new Float64Array(TAPS)
    let sum = 0
    for (let tap = 0; tap < TAPS; tap++) {
      const at = tap - TAPS / 2 + 1 - phase / phases
      const window = 0.5 + 0.5 * Math.cos((2 * Math.PI * at) / (TAPS + 1))
      kernel[tap] = (at === 0 ? cut : Math.sin(Math.PI * cut * at) / (Math.PI * at)) * window
      sum += kernel[tap]
    }
    return kernel.map((weight) => weight / sum)
  })
  resamplers.set(rate, kernels)
  return kernels
}

/** samples at rate (Int16) become RATE and the telephone's band. */
export function toTelephone(samples, rate) {
  const kernels = resampler(rate), step = (rate * kernels.length) / RATE
  const out = new Float32Array(Math.floor((samples.length * RATE) / rate))
  for (let i = 0; i < out.length; i++) {
    const place = i * step, whole = Math.floor(place / kernels.length), kernel = kernels[place % kernels.length]
    const first = whole - TAPS / 2 + 1
    let sum = 0
    for (let tap = Math.max(0, -first), end = Math.min(TAPS, samples.length - first); tap < end; tap++) sum += kernel[tap] * samples[first + tap]
    out[i] = sum / 32768
  }
  return highPass(out, BAND.low_hz)
}

/** Second-order Butterworth, in place. */
function highPass(samples, hz) {
  const w = (2 * Math.PI * hz) / RATE, alpha = Math.sin(w) / Math.SQRT2, c = Math.cos(w), a0 = 1 + alpha
  const b = (1 + c) / 2 / a0, a1 = (-2 * c) / a0, a2 = (1 - alpha) / a0
  let x1 = 0, x2 = 0, y1 = 0, y2 = 0
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i], y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2
    x2 = x1, x1 = x, y2 = y1, y1 = y
    samples[i] = y
  }
  return samples
}

export function rms(samples, from = 0, to = samples.length) {
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i] * samples[i]
  return Math.sqrt(sum / Math.max(1, to - from))
}

/** The level of what is said: the mean of the frames within 25 dB of the loudest. */
function speechRms(samples) {
  const frame = RATE / 100, levels = []
  for (let at = 0; at + frame <= samples.length; at += frame) levels.push(rms(samples, at, at + frame))
  const least = Math.max(...levels) * amplitude(-25)
  const loud = levels.filter((level) => level >= least)
  return Math.sqrt(loud.reduce((sum, level) => sum + level * level, 0) / loud.length)
}

/** To the level, in place; what would pass the limit is rounded off, as a telephone does. */
export function setLevel(samples, level_db) {
  const is = speechRms(samples)
  if (!(is > 0)) return samples
  const gain = amplitude(level_db) / is, knee = 0.6, room = 0.38
  for (let i = 0; i < samples.length; i++) {
    const y = samples[i] * gain, beyond = Math.abs(y) - knee
    samples[i] = beyond > 0 ? Math.sign(y) * (knee + room * Math.tanh(beyond / room)) : y
  }
  return samples
}

/** Another length at the same pitch: overlapping pieces, each placed where it fits best on the one before (WSOLA). */
export function stretch(samples, length) {
  if (samples.length === length) return samples
  const piece = 240, hop = piece / 2, search = 64
  if (samples.length < piece + search || length < piece) return samples.slice(0, length)
  const out = new Float32Array(length), ratio = (samples.length - piece) / Math.max(1, length - piece)
  let last = 0
  for (let at = 0; at < length; at += hop) {
    const aim = Math.round(at * ratio), expected = last + hop
    let best = aim, most = -Infinity
    for (let from = Math.max(0, aim - search); at && from <= Math.min(samples.length - piece, aim + search); from++) {
      let match = 0, power = 1e-6
      for (let i = 0; i < hop; i += 2) {
        const x = samples[from + i]
        match += x * (samples[expected + i] ?? 0)
        power += x * x
      }
      match /= Math.sqrt(power)
      if (match > most) most = match, best = from
    }
    for (let i = 0; i < piece && at + i < length; i++) {
      const rise = i < hop && at ? i / hop : 1, fall = i >= hop && at + hop < length ? 2 - i / hop : 1
      out[at + i] += (samples[best + i] ?? 0) * Math.min(rise, fall)
    }
    last = best
  }
  return out
}

export function fade(samples, ms) {
  const length = Math.min(samplesOf(ms), samples.length >> 1)
  for (let i = 0; i < length; i++) {
    samples[i] *= i / length
    samples[samples.length - 1 - i] *= i / length
  }
  return samples
}

/** Adds what at the sample from, as far as there is room. */
export function mixIn(target, what, from, gain = 1) {
  const end = Math.min(what.length, target.length - from)
  for (let i = Math.max(0, -from); i < end; i++) target[from + i] += what[i] * gain
}

/** The line's hiss, the same for the same seed: white noise, its upper half softened, without what a telephone drops. */
export function noise(length, level_db, seed) {
  let state = seed >>> 0, before = 0
  const random = () => { // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  }
  const out = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    const white = random() + random()
    out[i] = white + 0.7 * before
    before = white
  }
  highPass(out, BAND.low_hz)
  const gain = amplitude(level_db) / rms(out)
  for (let i = 0; i < length; i++) out[i] *= gain
  return out
}

// Steps above A4 in half tones, four beats a bar; null is a held note. Written for this project.
const MELODY = [0, 4, 7, null, 9, 7, 4, null, 2, 5, 9, null, 7, 5, 2, null, -3, 0, 4, null, 5, 4, 0, null, -1, 2, 7, null, 4, 2, 0, null]
const CHORDS = [[-12, -8, -5], [-10, -7, -3], [-15, -12, -8], [-5, -1, 2]]
const BEAT_MS = 480

/** Hold music: a tune over slow chords, all of it sines. */
export function music(length, level_db) {
  const out = new Float32Array(length), beat = samplesOf(BEAT_MS)
  const play = (at, step, gain, ring_ms) => {
    const hz = 440 * 2 ** (step / 12), end = Math.min(length, at + samplesOf(ring_ms * 3))
    for (let i = at; i < end; i++) {
      const t = (i - at) / RATE, w = 2 * Math.PI * hz * t
      out[i] += gain * Math.min(1, t * 100) * Math.exp((-t * 1000) / ring_ms) * (Math.sin(w) + 0.3 * Math.sin(2 * w) + 0.1 * Math.sin(3 * w))
    }
  }
  for (let count = 0, at = 0; at < length; count++, at += beat) {
    const step = MELODY[count % MELODY.length]
    if (step !== null) play(at, step, 1, 500)
    if (count % 4 === 0) for (const low of CHORDS[(count >> 2) % CHORDS.length]) play(at, low, 0.5, 1500)
  }
  const gain = amplitude(level_db) / rms(out)
  for (let i = 0; i < length; i++) out[i] *= gain
  return fade(out, 80)
}
