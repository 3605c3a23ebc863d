// What tests of recognition share: the phonetic model and real clips of ../shared (where they are absent the tests say so), calls made
// of them, and asking until something is so.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder, run } from './callscope.mjs'
import { pause, send } from './imports.mjs'

const shared = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/data')
const models = path.join(shared, 'models')
const clips = path.join(shared, 'audio/zh')
export const MODEL = 'zh-zipformer-phonetic-3.3m'
const isHere = existsSync(path.join(models, MODEL)) && existsSync(clips)
export const needs = isHere ? {} : { skip: 'the model and the clips are not in ../shared/data' }
export const RULES = 'flag agents\n  title "说到中介协会" | "Agents"\n  when anyone says "中介协会"\n  then tag 中介协会\n'
if (isHere) process.env.CALLSCOPE_MODELS = models

export const clip = (name) => path.join(clips, `${name}.wav`)
export const AISHELL = 'aishell_BAC009S0724W0121' // 广州市房地产中介协会分析

/** What stands in the data chunk of a WAV file. */
export async function samplesOf(file) {
  const bytes = await readFile(file)
  for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) % 2))
    if (bytes.toString('latin1', at, at + 4) === 'data') return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4))
  throw new Error(`${file} holds no samples`)
}

export function wav(channels, rate) {
  const frames = Math.max(...channels.map((c) => c.length / 2))
  const body = Buffer.alloc(frames * 2 * channels.length)
  channels.forEach((c, k) => {
    for (let i = 0; i < c.length / 2; i++) body.writeInt16LE(c.readInt16LE(i * 2), (i * channels.length + k) * 2)
  })
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(body.length + 36, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels.length, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * channels.length * 2, 28)
  head.writeUInt16LE(channels.length * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(body.length, 40)
  return Buffer.concat([head, body])
}

const silence = (seconds) => Buffer.alloc(16000 * 2 * seconds)

/** A little faster or slower, so that the same clip again is no announcement. */
function stretched(sound, factor) {
  const out = Buffer.alloc(Math.floor(sound.length / 2 / factor) * 2 - 2)
  for (let i = 0; i < out.length / 2; i++) {
    const at = i * factor, left = Math.floor(at)
    out.writeInt16LE(Math.round(sound.readInt16LE(left * 2) * (left + 1 - at) + sound.readInt16LE(left * 2 + 2) * (at - left)), i * 2)
  }
  return out
}

/** A call on one channel: clips with a second between them, so often. */
export async function longCall(times) {
  const parts = []
  const names = [AISHELL, 'wenetspeech_0', 'wenet_long', 'masr_test']
  const sounds = await Promise.all(names.map((name) => samplesOf(clip(name))))
  for (let i = 0; i < times; i++) for (const sound of sounds) parts.push(stretched(sound, 0.85 + i * 0.02), silence(1))
  return wav([Buffer.concat(parts)], 16000)
}

export const inspect = (folder, input, ...more) =>
  run('inspect', input, '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'own.rules'), ...more)

/** Asks again until it is so; the test's own limit ends what never is. */
export async function until(ask) {
  for (;;) {
    const found = await ask()
    if (found) return found
    await pause(50)
  }
}

export async function open(server, id) {
  const answer = await server.get(`conversations/${encodeURIComponent(id)}`)
  return answer.status === 200 ? answer.body : null
}
export const wordsOf = (conversation) => conversation.turns.map((turn) => turn.text).join('')
export async function metric(server, name) {
  const { text } = await send(server.base, 'GET', '/metrics')
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

export async function stage() {
  const folder = await makeFolder()
  await mkdir(path.join(folder, 'in'))
  await writeFile(path.join(folder, 'own.rules'), RULES)
  return folder
}
