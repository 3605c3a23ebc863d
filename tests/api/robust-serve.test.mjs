// `serve` towards what does not wish it well: other names, other paths, other machines.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open, run } from './callscope.mjs'

const LOOPBACK = '0100007F' // 127.0.0.1 as /proc/net/tcp writes it
const LISTENING = '0A'

let store
before(async () => { store = await open() })
after(() => store.close())

/** Sends bytes as they are; gives the answer's first line and the rest. */
function raw(text) {
  const { hostname, port } = new URL(store.base)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.end(text))
    let said = ''
    socket.setTimeout(10000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (part) => (said += part))
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })
}

/** What a file of a process is; '' of one that was closed since it was listed. */
function openFile(pid, name) {
  try {
    return readlinkSync(`/proc/${pid}/fd/${name}`)
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

/** What a process listens on: [{ address, port }]. */
function listening(pid) {
  const inodes = new Set()
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const found = /^socket:\[(\d+)\]$/.exec(openFile(pid, name))
    if (found) inodes.add(found[1])
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => inodes.has(cells[9]) && (cells[3] === LISTENING || table.startsWith('udp')))
      .map((cells) => ({ table, address: cells[1].split(':')[0], port: parseInt(cells[1].split(':')[1], 16) })),
  )
}

describe('only this machine', () => {
  test('it listens on 127.0.0.1 and nowhere else', () => {
    const port = Number(new URL(store.base).port)
    assert.deepEqual(listening(store.child.pid), [{ table: 'tcp', address: LOOPBACK, port }])
  })

  for (const host of ['evil.example', 'evil.example:8377', '127.0.0.1.evil.example', 'localhost.evil.example', '127.0.0.2', '0.0.0.0', ''])
    test(`it does not answer to the name '${host}'`, async () => {
      const answer = await raw(`GET /api/v1/status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 4\d\d /)
      assert.doesNotMatch(answer, /"conversations"/)
    })

  test('nor to no name at all', async () => {
    for (const head of ['GET /api/v1/status HTTP/1.0\r\n', 'GET /api/v1/status HTTP/1.1\r\nConnection: close\r\n']) {
      const answer = await raw(`${head}\r\n`)
      assert.match(answer, /^HTTP\/1\.[01] 4\d\d /)
      assert.doesNotMatch(answer, /"conversations"/)
    }
  })

  test('no page of another site may read it', async () => {
    const { headers } = await store.get('/api/v1/status', { headers: { origin: 'https://evil.example' } })
    assert.equal(headers['access-control-allow-origin'], undefined)
  })
})

describe('paths that lead elsewhere', () => {
  const paths = [
    '/../../../../etc/passwd', '/..%2f..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../../etc/passwd',
    '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '/....//....//etc/passwd', '/\\..\\..\\etc\\passwd', '//etc/passwd', '/%00/etc/passwd',
    '/api/v1/conversations/..%2f..%2fetc%2fpasswd', '/api/v1/../../callscope.db', '/data/callscope.db',
  ]
  for (const address of paths)
    test(address, async () => {
      const answer = await raw(`GET ${address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 (200|30\d|40\d) /)
      assert.doesNotMatch(answer, /root:.*:0:0:|SQLite format/)
    })
})

describe('requests that are wrong', () => {
  const list = '/api/v1/conversations'
  const cases = [
    ['/api/v1/no-such-thing', 404, 'not_found'],
    ['/api', 404, 'not_found'],
    ['/api/v2/status', 404, 'not_found'],
    [`${list}/NO-SUCH-ID`, 404, 'not_found'],
    [`${list}?limit=0`, 400, 'usage'],
    [`${list}?limit=99999999999999999999`, 400, 'usage'],
    [`${list}?colour=red`, 400, 'usage'],
    [`${list}?limit=1&limit=2`, 400, 'usage'],
    [`${list}?sort=price`, 400, 'usage'],
    [`${list}?after=forged`, 400, 'usage'],
    [`${list}?after=${'A'.repeat(4000)}`, 400, 'usage'],
    [`${list}?from=yesterday`, 400, 'usage'],
    [`${list}?min=10`, 400, 'usage'],
    [`${list}?q=%ff%fe`, 400, 'encoding'],
    [`${list}/%ff`, 400, 'encoding'],
    [`${list}?q=${'x'.repeat(9000)}`, 414, 'too_large'],
  ]
  for (const [address, status, code] of cases)
    test(`${address.slice(0, 60)} is ${status}`, async () => {
      const answer = await store.get(address)
      assert.equal(answer.status, status, answer.text.slice(0, 300))
      assert.equal(answer.body.error.code, code)
      assert.ok(answer.body.error.message.length > 5)
      assert.ok('remedy' in answer.body.error)
    })

  test('signs that mean something to SQL or to the index find only themselves, or are told with their place', async () => {
    const { items } = (await store.api('conversations', { limit: 200 })).body
    for (const q of ["' OR 1=1 --", '%', '_', '*', '"', 'a" OR "b', '\\', '())', 'NEAR(a b)', '投诉 AND', '- -', '|', ':', '客服:', '~3']) {
      const { status, body, text } = await store.api('conversations', { q })
      assert.ok([200, 400].includes(status), `${q}: ${text}`)
      if (status === 400) assert.ok(body.error.code === 'usage' && body.error.place && body.error.remedy, `${q}: ${text}`)
      else assert.ok(body.total === 0 && items.length > 0, `${q} finds ${body.total}`)
    }
  })

  for (const [name, text] of [
    ['rubbish', '\0\x01\x02 rubbish\r\n\r\n'],
    ['a header of a megabyte', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`],
    ['another method', 'BREW /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'],
    ['a body that is too long', `POST /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\nx`],
    ['half a request', 'GET /api/v1/st'],
  ])
    test(`${name} harms nobody else`, async () => {
      const answer = await raw(text).catch(() => '')
      assert.doesNotMatch(answer, /^HTTP\/1\.1 200 /)
      assert.equal((await store.api('status')).status, 200)
    })
})

describe('starting', () => {
  test('a port that is taken: says which, and what to do', async () => {
    const port = new URL(store.base).port
    const { code, stdout, stderr } = await run('serve', '--port', port, '--data', path.join(store.folder, 'data'))
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`))
    assert.match(stderr, /what to do: .*--port/)
  })

  for (const port of ['65536', '-1', '', '80x', '99999999999999999999'])
    test(`the port '${port}' is wrong usage`, async () => {
      const { code, stderr } = await run('serve', `--port=${port}`, '--data', path.join(store.folder, 'data'))
      assert.equal(code, 2)
      assert.match(stderr, /--port/)
    })
})
