// `callscope speech`, the process in which a model recognises: what a person sees who calls it, and that nothing on its socket
// brings it down without a word.
// Nothing here is kept in a store: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

import { program } from './callscope.mjs'

const HELLO = 1
const ERROR = 68

const number = (value) => Buffer.from(new Uint32Array([value]).buffer)
const text = (value) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value), Buffer.from([0])])
const frame = (type, ...parts) => {
  const payload = Buffer.concat(parts)
  return Buffer.concat([number(type), number(payload.length), payload])
}

/** Its exit code and the frames it wrote, after it was told these bytes and the socket was closed. */
async function tell(bytes) {
  const child = spawn(program, ['speech'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const said = []
  child.stdio[3].on('data', (some) => said.push(some)).on('error', () => {})
  child.stdio[3].end(bytes)
  const [code] = await once(child, 'close')
  return { code, said: Buffer.concat(said) }
}

function readError(said) {
  assert.equal(said.readUInt32LE(0), ERROR)
  const length = said.readUInt32LE(12)
  return said.subarray(16, 16 + length).toString()
}

test('called by hand it says that there is nothing to do by hand', () => {
  const { status, stderr } = spawnSync(program, ['speech'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.match(stderr, /started by callscope itself/)
  assert.match(stderr, /callscope doctor/)
})

test('it ends with its socket', async () => {
  assert.deepEqual(await tell(Buffer.alloc(0)), { code: 0, said: Buffer.alloc(0) })
})

for (const [what, bytes, words] of [
  ['no frame', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /no frame/],
  ['a frame that is too long', Buffer.concat([number(3), number(0x7fffffff)]), /longer than any/],
  ['sound before a model', frame(3, number(1), number(0)), /too early/],
  ['a model of another version of the wire', frame(HELLO, number(99)), /different versions/],
  ['a model that is cut', frame(HELLO, number(1), text('/x.so')), /not well formed/],
])
  test(`${what} is answered with an error, and it ends`, async () => {
    const { code, said } = await tell(bytes)
    assert.equal(code, 1)
    assert.match(readError(said), words)
  })

test('a library that is not there is told by its path', async () => {
  const setup = [number(1), text('/nowhere/library.so'), number(0), number(0), number(0), number(0), number(0)]
  const { code, said } = await tell(frame(HELLO, ...setup))
  assert.equal(code, 1)
  assert.match(readError(said), /nowhere\/library\.so|built without sherpa-onnx/)
})
