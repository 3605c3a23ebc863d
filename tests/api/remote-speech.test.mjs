// Recognisers at an address: an OpenAI-compatible one that answers right, late, wrong, never, too much, or not at all. What is
// asked of it, what becomes of its answers, and that nothing but sound and the named fields is sent.
// What it proves is recognition: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'
import { serveImports } from './imports.mjs'

const RULES = 'flag refund\n  title "要退款" | "Refund"\n  when anyone says "退款"\n  then tag refund\n'
const RIGHT = {
  text: '你好，我要退款。', language: 'chinese',
  words: [
    { word: '你好', start: 0.1, end: 0.4, probability: 0.9 }, { word: '我', start: 0.4, end: 0.5 },
    { word: '要', start: 0.5, end: 0.6 }, { word: '退款', start: 0.6, end: 0.9 },
  ],
}
const right = (response) => response.end(JSON.stringify(RIGHT))

let folder, recording, server, address, asked, answers, number = 0

before(async () => {
  folder = await makeFolder()
  recording = path.join(folder, 'in')
  await mkdir(recording)
  await writeFile(path.join(folder, 'rules.rules'), RULES)
  execFileSync('espeak-ng', ['-w', path.join(recording, 'call.wav'), 'good morning, I would like to have my money back, please'])
  server = http.createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      asked.push({ url: request.url, method: request.method, headers: request.headers, body: Buffer.concat(parts) })
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      answer(response, request)
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${server.address().port}/v1`
})
after(async () => {
  server.closeAllConnections?.()
  server.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  asked = []
  answers = [right]
})

async function inspect(speech) {
  const data = path.join(folder, `data-${++number}`)
  const done = await run('inspect', recording, '--data', data, '--rules', path.join(folder, 'rules.rules'), '--speech', speech)
  if (done.stdout === '') return done
  const lines = await run('export', '--data', data, '--format', 'jsonl')
  return { ...done, data, conversation: lines.stdout ? JSON.parse(lines.stdout.split('\n')[0]) : undefined }
}
const saidIn = ({ conversation }) => conversation.turns.map(({ text }) => text ?? '').join('')

/** The fields of a form; the file's bytes stay as they are. */
function formOf({ headers, body }) {
  const border = `--${/boundary=(.+)$/.exec(headers['content-type'])[1]}`
  const fields = {}
  for (const part of body.toString('latin1').split(border).slice(1, -1)) {
    const at = part.indexOf('\r\n\r\n')
    fields[/name="([^"]+)"/.exec(part)[1]] = part.slice(at + 4, -2)
  }
  return fields
}

test('a recording is asked for as a form, and its words are inspected', async () => {
  const done = await inspect(`${address}#model=large-v3&language=zh`)
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stderr, /sound is sent to http:\/\/127\.0\.0\.1.*it is on this machine/)
  const [{ url, method, headers }] = asked
  assert.deepEqual([method, url, headers.authorization], ['POST', '/v1/audio/transcriptions', undefined])
  const { file, ...fields } = formOf(asked[0])
  assert.deepEqual(fields, { model: 'large-v3', language: 'zh', response_format: 'verbose_json', temperature: '0', 'timestamp_granularities[]': 'word' })
  const wav = Buffer.from(file, 'latin1')
  assert.deepEqual([wav.toString('latin1', 0, 4), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)], ['RIFF', 1, 22050, 16])
  assert.equal(wav.readUInt32LE(40), wav.length - 44)
  assert.equal(done.conversation.recognised.model, `${address}/audio/transcriptions#model=large-v3&language=zh`)
  assert.match(saidIn(done), /我要退款/)
  const shown = JSON.parse((await run('show', done.conversation.id, '--data', done.data, '--json')).stdout)
  assert.equal(shown.rules.find(({ rule }) => rule === 'refund').verdict, 'noted')
})

test('the key comes from its file and is told to nobody else', async () => {
  const key = path.join(folder, 'asr.key')
  await writeFile(key, 'sk-secret-1\n', { mode: 0o600 })
  answers = [(response) => response.writeHead(401).end('{"error":{"message":"this key is too old"}}')]
  const refused = await inspect(`${address}#key-file=${key}`)
  assert.equal(asked[0].headers.authorization, 'Bearer sk-secret-1')
  assert.match(refused.stdout + refused.stderr, /answers 401: this key is too old/)
  assert.doesNotMatch(refused.stdout + refused.stderr, /sk-secret/)
  answers = [right]
  const done = await inspect(`${address}#key-file=${key}`)
  assert.equal(done.conversation.recognised.model, `${address}/audio/transcriptions`)
})

test('what is refused for the moment, or lost on the way, is asked again', async () => {
  const lose = (response) => response.socket.destroy()
  const busy = (response) => response.writeHead(429, { 'retry-after': '1' }).end('{}')
  answers = [busy, lose, right]
  const done = await inspect(address)
  assert.equal(done.code, 0, done.stderr)
  assert.match(saidIn(done), /退款/)
  assert.ok(asked.length >= 3)
  assert.deepEqual(asked[0].body.length, asked[2].body.length)
})

test('text and json alone share the time of the piece', async () => {
  answers = [(response) => response.end('我要退款\n')]
  const text = await inspect(`${address}#format=text`)
  assert.match(saidIn(text), /我要退款/)
  assert.equal(formOf(asked[0])['timestamp_granularities[]'], undefined)
  answers = [(response) => response.end('{"text":"我要退款"}')]
  assert.match(saidIn(await inspect(`${address}#format=json`)), /我要退款/)
})

const WRONG = {
  'nothing within its time': [() => {}, /no answer within 1 seconds/],
  'half an answer': [(response, { socket }) => response.writeHead(200, { 'content-length': 500 }).write('{"text":"a', () => socket.destroy()), /can't be asked/],
  'what is no JSON': [(response) => response.end('<html>'), /does not answer as it should/],
  'what is not UTF-8': [(response) => response.end(Buffer.from([0x7b, 0x22, 0x74, 0xff, 0xfe, 0x22, 0x7d])), /does not answer as it should/],
  'an answer without text': [(response) => response.end('{"words":[]}'), /holds no text/],
  'too much': [(response) => response.end(Buffer.alloc(6 << 20, 0x20)), /more than 4194304 bytes/],
  'elsewhere': [(response) => response.writeHead(302, { location: '/other' }).end(), /answers 302: it sends elsewhere/],
  'trouble of its own': [(response) => response.writeHead(500).end('{"detail":"no GPU"}'), /answers 500: no GPU/],
}
for (const [what, [answer, words]] of Object.entries(WRONG))
  test(`a server that answers ${what} costs the words, not the recording`, async () => {
    answers = [answer]
    const done = await inspect(`${address}#timeout=1`)
    assert.match(done.stdout + done.stderr, words)
    assert.equal(done.conversation.recognised, undefined)
    assert.ok(!asked.some(({ url }) => url !== '/v1/audio/transcriptions'))
  })

test('a certificate is checked, with the system\'s or with a file of one\'s own', async () => {
  const [key, cert] = ['key', 'cert'].map((name) => path.join(folder, `${name}.pem`))
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=asr', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const secure = https.createServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
    request.resume()
    request.on('end', () => right(response))
  })
  await new Promise((done) => secure.listen(0, '127.0.0.1', done))
  const at = `https://127.0.0.1:${secure.address().port}/v1`
  const stranger = await inspect(at)
  assert.match(stranger.stdout + stranger.stderr, /can't be asked: .*certificate/i)
  assert.equal(stranger.conversation.recognised, undefined)
  const known = await inspect(`${at}#ca-file=${cert}`)
  assert.match(saidIn(known), /我要退款/, known.stderr)
  secure.closeAllConnections?.()
  secure.close()
})

test('an address that can not be is refused before anything is read', async () => {
  for (const [speech, words] of [
    ['http://203.0.113.8/v1', /without encryption/], ['http://u:pw@127.0.0.1/v1', /no name and no password/],
    [`${address}#colour=1`, /nothing is called "colour"/], [`${address}#key-file=/nowhere/k`, /key \/nowhere\/k can't be read/],
  ]) {
    const done = await inspect(speech)
    assert.equal(done.code, 1, speech)
    assert.match(done.stderr, words)
  }
  assert.equal(asked.length, 0)
})

test('nobody sends the sound elsewhere from a browser', async () => {
  const own = await makeFolder()
  assert.equal((await run('inspect', recording, '--data', path.join(own, 'data'), '--rules', path.join(folder, 'rules.rules'), '--speech', 'off')).code, 0)
  const serving = await serveImports(own, '--workers', '0')
  const refused = await serving.call('PUT', 'speech/choice', { queue: '', language: '', model: address, changes: 0 })
  assert.equal(refused.status, 400, refused.text)
  assert.deepEqual((await serving.get('speech')).body.choices, [])
  await serving.stop()
  await rm(own, { recursive: true })
  assert.equal(asked.length, 0)
})
