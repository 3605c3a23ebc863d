// workers.mjs CALLSCOPE CHATS|calls FOLDER RULES PROCESSES - lets that many processes of `callscope worker`, one thread each, empty the
// queue of a new store, and prints `rate`: conversations a second. An import has at most 2,000 waiting, so the workers
// begin when that many wait, ten times, and are timed from the first that is done to the last: nothing else works then.
// calls: recorded calls of five minutes instead, each different, twice forty.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

const [program, chats, folder, rules, processes] = process.argv.slice(2)
const IMPORTS = chats === 'calls' ? 2 : 10
const batches = chats === 'calls' ? callsInBatches(40) : chatsInBatches()
const started = []

/** An import each: its files, and how many conversations are in them. */
function chatsInBatches() {
  const lines = readFileSync(chats, 'utf8').trimEnd().split('\n')
  const each = Math.floor(lines.length / IMPORTS)
  return Array.from({ length: IMPORTS }, (_, i) => ({ each, files: () => [['chats.jsonl', `${lines.slice(i * each, (i + 1) * each).join('\n')}\n`]] }))
}

function callsInBatches(each) {
  return Array.from({ length: IMPORTS }, (_, i) => ({ each, files: () => Array.from({ length: each }, (_, n) => [`call-${i}-${n}.wav`, call(i * each + n + 1)]) }))
}

/** Two sides that speak by turns, as far as the ear of a program goes: bursts of a voice's harmonics, pauses, a quiet line. */
function call(seed) {
  const RATE = 8000, SECONDS = 300
  let state = seed
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const bytes = Buffer.alloc(44 + 4 * RATE * SECONDS)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  for (const [value, at, size] of [[16, 16, 4], [1, 20, 2], [2, 22, 2], [RATE, 24, 4], [4 * RATE, 28, 4], [4, 32, 2], [16, 34, 2], [bytes.length - 44, 40, 4]])
    bytes.writeUIntLE(value, at, size)
  bytes.write('data', 36)
  for (let at = 0, side = 0; at < RATE * SECONDS; side = 1 - side) {
    const end = Math.min(at + Math.floor(RATE * (1 + 6 * random())), RATE * SECONDS)
    const hertz = (side ? 120 : 210) * (0.9 + 0.2 * random())
    for (let n = at; n < end; n++) {
      const t = n / RATE
      const voice = Math.sin(t * 25) > -0.4 ? Math.sin(6.283 * hertz * t) + 0.5 * Math.sin(12.566 * hertz * t) : 0
      bytes.writeInt16LE(Math.round(6000 * voice + 60 * (random() - 0.5)), 44 + 4 * n + 2 * side)
      bytes.writeInt16LE(Math.round(60 * (random() - 0.5)), 44 + 4 * n + 2 * (1 - side))
    }
    at = end + Math.floor(RATE * random())
  }
  return bytes
}

function run(...parameters) {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  child.said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (child.said = (child.said + part).slice(-4000)))
  started.push(child)
  return child
}

let address
const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const asked = http.request(new URL(path, address), { method, headers: body && { 'Content-Length': Buffer.byteLength(body) } }, (answer) => {
      let text = ''
      answer.on('data', (part) => (text += part))
      answer.on('end', () => (answer.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${answer.statusCode} ${text}`))))
    })
    asked.on('error', reject)
    asked.end(body)
  })

async function until(what, seconds) {
  for (const end = Date.now() + seconds * 1000; ; await wait(20)) {
    const got = await what()
    if (got) return got
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain; ${started.map((child) => child.said.slice(-300)).join(' ')}`)
  }
}

async function left() {
  const { waiting, running } = await ask('GET', '/api/v1/work')
  return waiting + running
}

/** Reads a batch in; returns when all of it waits. */
async function bring({ each, files }) {
  const { number } = await ask('POST', '/api/v1/imports')
  for (const [name, content] of files()) await ask('PUT', `/api/v1/imports/${number}/files/${name}`, content)
  await ask('POST', `/api/v1/imports/${number}/start`, '{}')
  await until(async () => (await ask('GET', '/api/v1/work')).waiting === each, 60)
}

try {
  const server = run('serve', '--data', folder, '--port', '0', '--rules', rules, '--workers', '0')
  address = await until(() => /http:\/\/\S+/.exec(server.said)?.[0], 60)
  let done = 0
  let ms = 0
  for (const batch of batches) {
    await bring(batch)
    const { each } = batch
    const workers = [...Array(Number(processes))].map(() => run('worker', '--data', folder, '--workers', '1'))
    const first = await until(async () => { const now = await left(); return now < each && { now } }, 60)
    const from = performance.now()
    await until(async () => (await left()) === 0, 300)
    ms += performance.now() - from
    done += first.now
    for (const worker of workers) worker.kill('SIGTERM')
    await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, 'exit')))
  }
  console.log(`rate ${((done * 1000) / ms).toPrecision(3)}`)
} finally {
  for (const child of started) child.kill('SIGTERM')
}
