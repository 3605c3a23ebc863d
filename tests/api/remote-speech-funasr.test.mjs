// FunASR's WebSocket server as the recogniser: what it is sent, what becomes of its answers, and of what is none.
// What it proves is recognition: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'

let folder, recording, server, address, answer, heard, number = 0

/** A server's frame: short, whole or in parts. */
function frame(kind, bytes, isLast = true) {
  const body = Buffer.from(bytes)
  const head = body.length < 126 ? Buffer.from([0, body.length]) : Buffer.from([0, 126, body.length >> 8, body.length & 255])
  head[0] = (isLast ? 0x80 : 0) | kind
  return Buffer.concat([head, body])
}
const say = (socket, message) => socket.write(frame(1, JSON.stringify(message)))

/** The client's frames out of what came; gives what is left. */
function takeFrames(bytes, take) {
  for (;;) {
    if (bytes.length < 6) return bytes
    let [length, head] = [bytes[1] & 127, 2]
    if (length === 126) [length, head] = [bytes.readUInt16BE(2), 4]
    if (length === 127) [length, head] = [Number(bytes.readBigUInt64BE(2)), 10]
    if (bytes.length < head + 4 + length) return bytes
    assert.equal(bytes[1] & 128, 128, 'a client masks what it sends')
    const mask = bytes.subarray(head, head + 4)
    take(bytes[0] & 15, Buffer.from(bytes.subarray(head + 4, head + 4 + length)).map((byte, i) => byte ^ mask[i % 4]))
    bytes = bytes.subarray(head + 4 + length)
  }
}

before(async () => {
  folder = await makeFolder()
  recording = path.join(folder, 'in')
  await mkdir(recording)
  await writeFile(path.join(folder, 'rules.rules'), 'flag refund\n  title "要退款" | "Refund"\n  when anyone says "退款"\n  then tag refund\n')
  execFileSync('espeak-ng', ['-w', path.join(recording, 'call.wav'), 'good morning, I would like to have my money back, please'])
  server = http.createServer((request, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket) => {
    const stream = { setup: undefined, bytes: 0 }
    let left = Buffer.alloc(0)
    heard.push(stream)
    socket.on('error', () => {})
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.on('data', (data) => {
      left = takeFrames(Buffer.concat([left, data]), (kind, bytes) => {
        if (kind === 2) stream.bytes += bytes.length
        if (kind !== 1) return
        const said = JSON.parse(bytes)
        if (said.is_speaking === false) answer(socket, stream)
        else stream.setup = said
      })
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  address = `ws://127.0.0.1:${server.address().port}`
})
after(async () => {
  server.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  heard = []
})

async function inspect(speech) {
  const data = path.join(folder, `data-${++number}`)
  const done = await run('inspect', recording, '--data', data, '--rules', path.join(folder, 'rules.rules'), '--speech', speech)
  const lines = await run('export', '--data', data, '--format', 'jsonl')
  return { ...done, conversation: lines.stdout ? JSON.parse(lines.stdout.split('\n')[0]) : undefined }
}
const textOf = ({ conversation }) => conversation.turns.map(({ text }) => text ?? '').join('')

test('a recording goes as it is, and each character has its time', async () => {
  answer = (socket) => {
    socket.write(frame(9, 'are you there'))
    const text = JSON.stringify({ mode: 'offline', text: '我要退款', is_final: true, timestamp: '[[100,200],[200,300],[300,400],[400,500]]' })
    socket.write(frame(1, text.slice(0, 30), false)) // in two parts
    socket.write(frame(0, text.slice(30)))
  }
  const done = await inspect(address)
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stderr, /sound is sent to ws:\/\/127\.0\.0\.1/)
  const { setup, bytes } = heard[0]
  assert.deepEqual(setup, { mode: 'offline', wav_name: 'sound', wav_format: 'pcm', is_speaking: true, chunk_size: [5, 10, 5], audio_fs: 22050, itn: false })
  assert.ok(bytes > 22050 && bytes % 2 === 0)
  assert.match(textOf(done), /我要退款/)
  const { words } = done.conversation.turns[0]
  assert.equal(words[1].start_ms - words[0].start_ms, 100)
  assert.equal(done.conversation.recognised.model, `${address}/`)
})

test('of two passes what was corrected is kept', async () => {
  answer = (socket) => {
    say(socket, { mode: '2pass-online', text: '我要对', is_final: false })
    say(socket, { mode: '2pass-offline', text: '我要退款', is_final: false })
    say(socket, { mode: '2pass-offline', text: '', is_final: true })
  }
  const done = await inspect(`${address}#mode=2pass`)
  assert.equal(heard[0].setup.mode, '2pass')
  assert.match(textOf(done), /我要退款/)
  assert.doesNotMatch(textOf(done), /对/)
})

test('what is being said is told in parts, and then as it was corrected', async () => {
  answer = (socket) => {
    say(socket, { mode: '2pass-online', text: '我要', is_final: false })
    say(socket, { mode: '2pass-online', text: '对', is_final: false })
    say(socket, { mode: '2pass-offline', text: '我要退款', is_final: true })
  }
  const done = await run('listen', '--wav', path.join(recording, 'call.wav'), '--speed', '0', '--json', '--model', address, '--rules', path.join(folder, 'rules.rules'))
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stderr, /sound is sent to ws:/)
  assert.equal(heard[0].setup.mode, '2pass')
  const told = done.stdout.trim().split('\n').map((line) => JSON.parse(line))
  assert.ok(told.some((event) => JSON.stringify(event).includes('我要对')), done.stdout)
  assert.ok(told.some((event) => JSON.stringify(event).includes('我要退款')), done.stdout)
})

const WRONG = {
  'nothing': [() => {}, /no answer within 1 seconds/],
  'an end': [(socket) => socket.destroy(), /has ended the connection/],
  'a goodbye': [(socket) => socket.write(frame(8, '')), /has ended the connection/],
  'what is no JSON': [(socket) => socket.write(frame(1, 'hello')), /does not answer as it should/],
  'what is not UTF-8': [(socket) => socket.write(frame(1, Buffer.from([0x22, 0xff, 0x22]))), /does not answer as it should/],
  'masked frames': [(socket) => socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 65])), /that is masked/],
  'too much': [(socket) => socket.write(Buffer.from([0x81, 127, 0, 0, 0, 9, 0, 0, 0, 0])), /more than 4194304 bytes/],
}
for (const [what, [wrong, words]] of Object.entries(WRONG))
  test(`a server that answers ${what} costs the words, not the recording`, async () => {
    answer = wrong
    const done = await inspect(`${address}#timeout=1`)
    assert.match(done.stdout + done.stderr, words)
    assert.equal(done.conversation.recognised, undefined)
  })

test('who speaks no WebSocket is named', async () => {
  const plain = http.createServer((request, response) => response.end('hello'))
  plain.on('upgrade', (request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'))
  await new Promise((done) => plain.listen(0, '127.0.0.1', done))
  const done = await inspect(`ws://127.0.0.1:${plain.address().port}`)
  assert.match(done.stdout + done.stderr, /does not speak WebSocket: it answers "HTTP\/1\.1 404 Not Found"/)
  plain.close()
})
