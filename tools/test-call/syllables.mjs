// Spoken syllables, one file each (zhong4.mp3), as samples that can be joined: quicker, cut to what is heard, one level.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export const RATE = 16000
const TEMPO = 1.6
const FRAME = RATE / 100
const AUDIBLE = 0.06 // of the loudest 10 ms: where a syllable begins and ends
const MARGIN = 2 // frames around it
const LEVEL = 0.08 // root mean square of the voiced part
const MOST_PEAK = 0.9
const MOST_AT_ONCE = 100 // files a run of ffmpeg

/** The file of a syllable. One that nobody recorded in its tone is taken in another: a neutral one in the fourth. */
function fileOf(folder, syllable) {
  const dotted = syllable.replace(/^([ln])v/, '$1uu') // lü and nü are luu and nuu there
  const toneless = dotted.slice(0, -1), names = [dotted, toneless, ...[4, 1, 2, 3].map((tone) => toneless + tone)]
  const found = names.map((name) => path.join(folder, `${name}.mp3`)).find((file) => existsSync(file) && statSync(file).size)
  if (!found) throw new Error(`${syllable} is not among the syllables in ${folder}`)
  return found
}

function decode(files) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'callscope-syllables-'))
  try {
    for (let from = 0; from < files.length; from += MOST_AT_ONCE) {
      const some = files.slice(from, from + MOST_AT_ONCE)
      const inputs = some.flatMap((file) => ['-i', file])
      const outputs = some.flatMap((_, i) => ['-map', `${i}:a`, '-af', `atempo=${TEMPO}`, '-ac', '1', '-ar', String(RATE), '-f', 's16le', path.join(work, String(from + i))])
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...inputs, ...outputs], { stdio: ['ignore', 'ignore', 'inherit'] })
    }
    return files.map((_, i) => {
      const bytes = readFileSync(path.join(work, String(i)))
      return Float32Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at) / 32768)
    })
  } finally {
    rmSync(work, { recursive: true })
  }
}

const power = (samples, from, to) => {
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i] * samples[i]
  return Math.sqrt(sum / Math.max(1, to - from))
}

function cut(samples) {
  const frames = Array.from({ length: Math.floor(samples.length / FRAME) }, (_, i) => power(samples, i * FRAME, (i + 1) * FRAME))
  const least = Math.max(...frames) * AUDIBLE, isHeard = (frame) => frame > least
  const first = Math.max(0, frames.findIndex(isHeard) - MARGIN), last = Math.min(frames.length, frames.findLastIndex(isHeard) + 1 + MARGIN)
  return samples.slice(first * FRAME, last * FRAME)
}

function level(samples) {
  const frames = []
  for (let i = 0; i + FRAME <= samples.length; i += FRAME) frames.push(power(samples, i, i + FRAME))
  const loud = frames.sort((a, b) => b - a).slice(0, Math.ceil(frames.length / 2))
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  const gain = Math.min(LEVEL / (loud.reduce((sum, frame) => sum + frame, 0) / loud.length), MOST_PEAK / peak)
  const fade = FRAME // so that joining makes no click
  return samples.map((sample, i) => sample * gain * Math.min(1, (i + 1) / fade, (samples.length - i) / fade))
}

/** Map of syllable to samples. */
export function syllablesLoad(folder, syllables) {
  const wanted = [...new Set(syllables)], files = wanted.map((syllable) => fileOf(folder, syllable))
  const distinct = [...new Set(files)], sounds = new Map(decode(distinct).map((samples, i) => [distinct[i], level(cut(samples))]))
  return new Map(wanted.map((syllable, i) => [syllable, sounds.get(files[i])]))
}
