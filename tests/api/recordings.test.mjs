// Recordings over HTTP: a WAV file in ranges, its sides, its waveform, and what is said when it can't be played.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, inspect, makeFolder, serve } from './callscope.mjs'

const RATE = 8000
const SECONDS = 40 // 1.3 MB in stereo: some blocks of the server and some chunks of the store

/** Tones: on the first side in even seconds loud (-12 dBFS), on the second in every fifth faint (-32 dBFS); else silence. */
const amplitude = (side, second) => (side === 0 ? (second % 2 ? 0 : 0.25) : second % 5 ? 0 : 0.025)
const sample = (side, i) => Math.round(32767 * amplitude(side, Math.floor(i / RATE)) * Math.sin((i * 2 * Math.PI * (side ? 640 : 400)) / RATE))

function header(channels, bytes) {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(bytes + 36, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * channels * 2, 28)
  head.writeUInt16LE(channels * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return head
}

/** sides: which side each channel carries; beyond its length a side is silent. */
function wav(sides, seconds = SECONDS, lengths = [SECONDS, SECONDS]) {
  const body = Buffer.alloc(seconds * RATE * sides.length * 2)
  for (let i = 0; i < seconds * RATE; i++)
    sides.forEach((side, c) => body.writeInt16LE(i < lengths[side] * RATE ? sample(side, i) : 0, (i * sides.length + c) * 2))
  return Buffer.concat([header(sides.length, body.length), body])
}

const SHORTER = SECONDS - 7 // the second file of R-TWO
const silent = { turns: [], events: [] }
const CONVERSATIONS = [
  conversation('R-STEREO', [], { ...silent, recordings: [{ file: 'stereo.wav', channels: ['a1', 'c1'] }] }),
  conversation('R-TWO', [], { ...silent, recordings: [{ file: 'one.wav', channels: ['a1'] }, { file: 'two.wav', channels: ['c1'] }] }),
  conversation('R-MONO', [], { ...silent, recordings: [{ file: 'mono.wav' }] }),
  conversation('R-CHANGED', [], { ...silent, recordings: [{ file: 'changed.wav' }] }),
  conversation('R-NONE', ['你好', '您好']),
]

describe('recordings', () => {
  let folder, store
  before(async () => {
    folder = await makeFolder()
    const input = path.join(folder, 'input')
    await mkdir(input)
    await writeFile(path.join(input, 'stereo.wav'), wav([0, 1]))
    await writeFile(path.join(input, 'one.wav'), wav([0]))
    await writeFile(path.join(input, 'two.wav'), wav([1], SHORTER))
    await writeFile(path.join(input, 'mono.wav'), wav([0], 3))
    await writeFile(path.join(input, 'changed.wav'), wav([1], SECONDS - 1))
    const made = await inspect(folder, CONVERSATIONS)
    assert.equal(made.code, 0, made.stdout + made.stderr)
    store = await serve(folder)
  })
  after(async () => {
    await store?.stop()
    await rm(folder, { recursive: true })
  })

  const address = (id, rest = '') => `/api/v1/conversations/${id}/audio${rest}`
  const audio = (id, rest, headers = {}, method = 'GET') => store.get(address(id, rest), { headers, method })
  const part = (range, more = {}) => audio('R-STEREO', '', { range, ...more })

  /** An answer of which nothing is read yet. */
  const open = (id) => new Promise((resolve, reject) => {
    const { hostname, port } = new URL(store.base)
    http.get({ hostname, port, path: address(id), agent: false }, (answer) => resolve(answer.pause())).on('error', reject)
  })

  /** What comes of an answer before its connection closes, whole or not. */
  const readUntilClosed = (id) => new Promise((resolve, reject) => {
    const { hostname, port } = new URL(store.base), parts = []
    http.get({ hostname, port, path: address(id), agent: false }, (answer) => {
      answer.on('data', (one) => parts.push(one)).on('error', () => {}).on('close', () => resolve(Buffer.concat(parts)))
    }).on('error', reject)
  })

  test('the whole is the file that came', async () => {
    const answer = await audio('R-STEREO')
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['content-type'], 'audio/wav')
    assert.equal(answer.headers['accept-ranges'], 'bytes')
    assert.equal(answer.headers['cache-control'], 'private, no-store')
    assert.match(answer.headers.etag, /^"[0-9a-f]{32}"$/)
    assert.ok(answer.bytes.equals(wav([0, 1])))
  })

  test('HEAD tells the same without a body', async () => {
    const whole = await audio('R-STEREO'), head = await audio('R-STEREO', '', { range: 'bytes=0-9' }, 'HEAD')
    assert.equal(head.status, 200)
    assert.equal(head.bytes.length, 0)
    for (const name of ['content-type', 'content-length', 'accept-ranges', 'etag']) assert.equal(head.headers[name], whole.headers[name])
  })

  test('each side alone, and both together', async () => {
    assert.ok((await audio('R-STEREO', '?side=both')).bytes.equals(wav([0, 1])))
    assert.ok((await audio('R-STEREO', '?side=1')).bytes.equals(wav([0])))
    assert.ok((await audio('R-STEREO', '?side=2')).bytes.equals(wav([1])))
    assert.ok((await audio('R-MONO', '?side=1')).bytes.equals(wav([0], 3)))
  })

  test('two files are left and right, the shorter one goes on as silence', async () => {
    const lengths = [SECONDS, SHORTER]
    assert.ok((await audio('R-TWO')).bytes.equals(wav([0, 1], SECONDS, lengths)))
    assert.ok((await audio('R-TWO', '?side=1')).bytes.equals(wav([0])))
    assert.ok((await audio('R-TWO', '?side=2')).bytes.equals(wav([1], SECONDS, lengths)))
  })

  test('a range is that slice of the whole', async () => {
    const whole = wav([0, 1]), size = whole.length, chunk = 64 * 1024, block = 4096 * 4
    const edges = [0, 1, 43, 44, 45, 46, 47, 48, 44 + block - 1, 44 + block, chunk - 1, chunk, chunk + 1, size >> 1, size - block, size - 2, size - 1]
    for (const first of edges)
      for (const length of [1, 2, 3, 44, 45, 40000, size]) {
        const last = first + length - 1, answer = await part(`bytes=${first}-${last}`)
        assert.equal(answer.status, 206)
        assert.equal(answer.headers['content-range'], `bytes ${first}-${Math.min(last, size - 1)}/${size}`)
        assert.ok(answer.bytes.equals(whole.subarray(first, last + 1)), `${first}-${last}`)
      }
    for (const [range, from] of [['bytes=0-', 0], ['bytes=44-', 44], [`bytes=${size - 1}-`, size - 1], ['bytes=-1', size - 1], ['bytes=-70001', size - 70001], [`bytes=-${2 * size}`, 0]]) {
      const answer = await part(range)
      assert.equal(answer.status, 206, range)
      assert.equal(answer.headers['content-range'], `bytes ${from}-${size - 1}/${size}`)
      assert.ok(answer.bytes.equals(whole.subarray(from)), range)
    }
  })

  test('a range behind the end is 416, one that is not understood is the whole', async () => {
    const size = wav([0, 1]).length
    for (const range of [`bytes=${size}-`, 'bytes=-0', 'bytes=99999999999999999999-']) {
      const answer = await part(range)
      assert.equal(answer.status, 416, range)
      assert.equal(answer.headers['content-range'], `bytes */${size}`)
      assert.equal(answer.body.error.code, 'usage')
    }
    for (const range of ['bytes=5-4', 'bytes=0-1,4-5', 'seconds=1-2', 'bytes=x'])
      assert.equal((await part(range)).status, 200, range)
  })

  test('If-Range and If-None-Match know the recording', async () => {
    const { etag } = (await part('bytes=0-0')).headers
    assert.equal((await part('bytes=1-2', { 'if-range': etag })).status, 206)
    assert.equal((await part('bytes=1-2', { 'if-range': '"other"' })).status, 200)
    const known = await audio('R-STEREO', '', { 'if-none-match': etag })
    assert.equal(known.status, 304)
    assert.equal(known.bytes.length, 0)
    assert.notEqual((await audio('R-STEREO', '?side=1', { range: 'bytes=0-0' })).headers.etag, etag)
  })

  test('clients that read nothing, and clients that leave, keep nobody waiting', async () => {
    const waiting = await Promise.all(Array.from({ length: 60 }, () => open('R-STEREO')))
    assert.equal((await store.api('status')).status, 200)
    assert.ok((await part('bytes=44-100043')).bytes.equals(wav([0, 1]).subarray(44, 100044)))
    for (const answer of waiting) answer.on('error', () => {}).destroy()
    assert.ok((await audio('R-STEREO')).bytes.equals(wav([0, 1])))
  })

  describe('the waveform', () => {
    const waveform = async (id, parameters = {}) => {
      const answer = await store.api(`conversations/${id}/waveform`, parameters)
      assert.equal(answer.status, 200, answer.text)
      return answer.body
    }

    test('shows where each side is loud', async () => {
      const { channels, ...rest } = await waveform('R-STEREO', { points: SECONDS * 4 })
      assert.deepEqual(rest, { from_ms: 0, to_ms: SECONDS * 1000, points: SECONDS * 4 })
      assert.equal(channels.length, 2)
      const quietest = channels.map((levels) => Math.min(...levels)), loudest = channels.map((levels) => Math.max(...levels))
      for (let second = 0; second < SECONDS; second++)
        for (const side of [0, 1]) {
          const inside = channels[side].slice(second * 4 + 1, second * 4 + 3) // away from the edges of the second
          for (const level of inside) assert.equal(level, amplitude(side, second) ? loudest[side] : quietest[side], `side ${side + 1}, second ${second}`)
        }
      const apart = ((loudest[0] - loudest[1]) * 96) / 255
      assert.ok(Math.abs(apart - 20) < 1.5, `20 dB lie between the sides, ${apart} are shown`)
      assert.deepEqual(quietest, [0, 0])
    })

    test('of a span, and coarser', async () => {
      const fine = await waveform('R-STEREO', { from_ms: 10000, to_ms: 12000, points: 2 })
      assert.deepEqual([fine.from_ms, fine.to_ms, fine.points], [10000, 12000, 2])
      assert.ok(fine.channels[0][0] > 0)
      const whole = await waveform('R-STEREO', { points: 1 })
      assert.equal(whole.channels[0][0], fine.channels[0][0])
      const usual = await waveform('R-MONO')
      assert.equal(usual.channels.length, 1)
      assert.equal(usual.channels[0].length, 1200)
      const behind = await waveform('R-MONO', { from_ms: 3000, to_ms: 5000, points: 4 })
      assert.deepEqual(behind.channels, [[0, 0, 0, 0]])
      assert.equal((await waveform('R-TWO')).channels.length, 2)
    })

    test('says what it does not understand', async () => {
      for (const parameters of [{ points: 0 }, { points: 4001 }, { points: 'x' }, { from_ms: -1 }, { from_ms: 5, to_ms: 5 }, { from_ms: SECONDS * 1000 }, { to_ms: '1e3' }]) {
        const answer = await store.api('conversations/R-STEREO/waveform', parameters)
        assert.equal(answer.status, 400, JSON.stringify(parameters))
        assert.ok(answer.body.error.remedy)
      }
    })
  })

  test('what is not there is named', async () => {
    for (const what of ['audio', 'waveform']) {
      assert.equal((await store.api(`conversations/nobody/${what}`)).status, 404)
      const none = await store.api(`conversations/R-NONE/${what}`)
      assert.equal(none.status, 404)
      assert.match(none.body.error.message, /no recording/)
    }
    assert.equal((await audio('R-STEREO', '?side=3')).status, 400)
    const mono = await audio('R-MONO', '?side=2')
    assert.equal(mono.status, 400)
    assert.match(mono.body.error.message, /no second side/)
  })

  test('without the key file nothing is played, and it says so', async () => {
    const key = path.join(folder, 'data/recordings.key')
    await rename(key, `${key}.away`)
    for (const what of ['audio', 'waveform']) {
      const answer = await store.api(`conversations/R-STEREO/${what}`)
      assert.equal(answer.status, 409)
      assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
      assert.ok(answer.body.error.remedy)
    }
    await rename(`${key}.away`, key)
    assert.equal((await part('bytes=0-0')).status, 206) // noticed without a restart
  })

  test('a changed recording is not played, nor what lies behind the change', async () => {
    const recordings = path.join(folder, 'data/recordings'), expected = wav([1], SECONDS - 1)
    const files = (await readdir(recordings, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const paths = files.map((entry) => path.join(entry.path, entry.name))
    const sizes = await Promise.all(paths.map(async (file) => [file, await readFile(file)]))
    const [file, bytes] = sizes.find(([, content]) => content.length > expected.length && content.length < expected.length + 5000)
    const flip = (place) => {
      const changed = Buffer.from(bytes)
      changed[place] ^= 1
      return writeFile(file, changed)
    }
    await flip(bytes.length >> 1) // what comes before is played, then the connection ends
    assert.ok((await audio('R-CHANGED', '', { range: 'bytes=0-99999' })).bytes.equals(expected.subarray(0, 100000)))
    const played = await readUntilClosed('R-CHANGED')
    assert.ok(played.length > 100000 && played.length < expected.length)
    assert.ok(played.equals(expected.subarray(0, played.length)))
    await flip(20000) // in the first chunk: known before the first byte
    const refused = await audio('R-CHANGED')
    assert.equal(refused.status, 500)
    assert.equal(refused.body.error.code, 'store')
    await rm(file)
    assert.equal((await audio('R-CHANGED')).status, 404)
    await writeFile(file, bytes)
    assert.ok((await audio('R-CHANGED')).bytes.equals(expected))
  })
})
