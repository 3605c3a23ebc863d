// A server that takes imports: sending bodies, waiting for an import's end, and all that the API says of a store.
import { spawn } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { RULES, program } from './callscope.mjs'

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** One request with a body (text, Buffer or object); gives { status, headers, body }. */
export function send(base, method, address, body, headers = {}) {
  const bytes = body === undefined ? undefined : Buffer.isBuffer(body) || typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const asked = http.request({ hostname, port, method, path: address, agent: false,
      headers: { ...(bytes ? { 'Content-Length': bytes.length } : {}), ...headers } }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json') && text !== ''
        resolve({ status: answer.statusCode, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null })
      })
    })
    asked.on('error', reject)
    if (headers.Expect) { // the body is sent only when the server wants it: one that is refused is not cut off in the middle
      asked.on('continue', () => asked.end(bytes))
      asked.flushHeaders()
    } else {
      asked.end(bytes)
    }
  })
}

/** `callscope serve` on folder/data with more options; the rules are those of the tests, for a new store. */
export async function serveImports(folder, ...options) {
  await writeFile(path.join(folder, 'test.rules'), RULES)
  const child = spawn(program, ['serve', '--port', '0', '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'test.rules'), ...options],
    { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (part) => (log += part))
  const base = await new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (part) => {
      said += part
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)
      if (found) resolve(found[0].slice(0, -1))
    })
    child.once('exit', (code) => reject(new Error(`callscope serve ended with ${code} before it was ready: ${log}`)))
  })
  const call = (method, address, body, headers) => send(base, method, `/api/v1/${address}`, body, headers)
  const end = (signal) => new Promise((resolve) => {
    child.once('exit', (code, by) => resolve(code ?? by))
    child.kill(signal)
  })
  const server = {
    base, child, call,
    log: () => log,
    get: (address) => call('GET', address),
    put: (number, name, body) => call('PUT', `imports/${number}/files/${encodeURIComponent(name)}`, body),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    /** Waits until nothing more happens to the import by itself. */
    async end(number) {
      for (;;) {
        const { body } = await server.get(`imports/${number}`)
        if (!['waiting', 'running', 'undoing'].includes(body.state)) return body
        await pause(20)
      }
    },
    /** A whole upload: files is { name: content }; gives the import at its end. */
    async upload(files, start = {}, begin = {}) {
      const { body: { number } } = await call('POST', 'imports', begin)
      for (const [name, content] of Object.entries(files)) {
        const sent = await server.put(number, name, content)
        if (sent.status !== 200) throw new Error(`${name}: ${sent.text}`)
      }
      const started = await call('POST', `imports/${number}/start`, start)
      if (started.status !== 202) throw new Error(started.text)
      return server.end(number)
    },
    async undo(number) {
      const undone = await call('POST', `imports/${number}/undo`)
      if (undone.status !== 202) throw new Error(undone.text)
      return server.end(number)
    },
  }
  return server
}

/** Everything the API says of the conversations, without when they were inspected and how often. */
export async function contents(server) {
  const items = []
  for (let after = '', isFirst = true; isFirst || after; isFirst = false) {
    const { status, body } = await server.get(`conversations?sort=started&limit=200${after ? `&after=${encodeURIComponent(after)}` : ''}`)
    if (status === 404) return { items: [], details: [] }
    items.push(...body.items)
    after = body.next
  }
  const details = []
  for (const { external_id: id } of items) {
    const { body } = await server.get(`conversations/${encodeURIComponent(id)}`)
    delete body.inspection
    details.push(body)
  }
  const summary = (await server.get('summary')).body
  const facets = (await server.get('facets')).body
  return { items, details, summary, facets }
}

export async function filesUnder(folder) {
  const found = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const inner = path.join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await filesUnder(inner)))
    else found.push(inner)
  }
  return found
}

/** Waits until nothing is left of what was sent: the server clears up after it has said that it is done. */
export async function clearedUp(folder) {
  while ((await filesUnder(path.join(folder, 'data/uploads'))).length > 0) await pause(10)
}

/** A mono WAV of a tone, 8 kHz. */
export function wav(seconds, hertz = 440) {
  const count = 8000 * seconds
  const bytes = Buffer.alloc(44 + count * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + count * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8000, 24)
  bytes.writeUInt32LE(16000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(count * 2, 40)
  for (let i = 0; i < count; i++) bytes.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hertz * i) / 8000)), 44 + 2 * i)
  return bytes
}

/** So many chats as JSON Lines, of which every tenth complains without being answered. */
export function chats(count, prefix = 'M') {
  const lines = []
  for (let i = 0; i < count; i++) {
    const texts = ['你好', '您好', i % 10 ? '我要查订单' : '我要投诉', '请稍等', '好的', '再见', '谢谢', '不客气', '还在吗', '在的', '好', '再见']
    lines.push(JSON.stringify({ id: `${prefix}-${i}`, channel: 'chat', started: new Date(Date.UTC(2026, 0, 1) + i * 60000).toISOString(),
      participants: [{ id: 'c', role: 'customer' }, { id: 'a', role: 'agent', name: '王强' }],
      turns: texts.map((text, t) => ({ from: t % 2 ? 'a' : 'c', text })) }))
  }
  return `${lines.join('\n')}\n`
}
