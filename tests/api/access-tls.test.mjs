// Beyond this machine: TLS only, with accounts, under known names; a certificate that this test makes itself.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import tls from 'node:tls'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { ask, mustRun, PASSWORD, runWith, signIn } from './access.mjs'
import { CONVERSATIONS, conversation, inspect, makeFolder, program } from './callscope.mjs'

const NAME = 'quality.example'

describe('beyond this machine', () => {
  let folder, data, certificate, key, secure, child, base
  before(async () => {
    folder = await makeFolder()
    data = path.join(folder, 'data')
    certificate = path.join(folder, 'certificate.pem')
    key = path.join(folder, 'key.pem')
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key,
      '-out', certificate, '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`])
    secure = { ca: await readFile(certificate), servername: NAME }
    assert.equal((await inspect(folder, CONVERSATIONS)).code, 0)
  })
  after(() => rm(folder, { recursive: true }))

  const parameters = (...more) => ['serve', '--port', '0', '--data', data, ...more]
  const withTls = () => ['--listen', '0.0.0.0', '--tls-certificate', certificate, '--tls-key', key]
  const refused = async (words, ...more) => {
    const ended = await runWith('', ...parameters(...more))
    assert.notEqual(ended.code, 0)
    assert.match(ended.stderr, words)
    assert.match(ended.stderr, /what to do: /)
  }

  test('it starts only with TLS, a name, and somebody who has an account', async () => {
    await refused(/TLS only/, '--listen', '0.0.0.0')
    await refused(/TLS only/, '--listen', '10.0.0.7')
    await refused(/no address/, '--listen', 'quality.example')
    await refused(/belong together/, '--tls-certificate', certificate)
    await refused(/under which names/, ...withTls())
    await refused(/nobody has an account/, ...withTls(), '--name', NAME)
    await mustRun(`${PASSWORD}\n`, 'accounts', 'add', '陈经理', '--data', data)
    const broken = path.join(folder, 'broken.pem')
    await writeFile(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    await refused(/don't make a TLS server/, '--listen', '0.0.0.0', '--tls-certificate', broken, '--tls-key', key, '--name', NAME)
  })

  test('it speaks TLS 1.2 and 1.3, under its names alone, and keeps cookies to itself', async () => {
    child = spawn(program, parameters(...withTls(), '--name', NAME), { stdio: ['ignore', 'pipe', 'inherit'] })
    const said = await new Promise((resolve, reject) => {
      child.stdout.on('data', (part) => resolve(String(part)))
      child.on('exit', (code) => reject(new Error(`ended with ${code}`)))
    })
    assert.match(said, new RegExp(`^https://${NAME}:\\d+/\n`))
    assert.doesNotMatch(said, /first/)
    const port = /:(\d+)\//.exec(said)[1]
    base = `https://127.0.0.1:${port}`
    const headers = { host: `${NAME}:${port}` }
    const get = (address, more = {}) => ask(base, 'GET', address, { ...secure, headers, ...more })

    const page = await get('/healthz')
    assert.equal(page.status, 200)
    assert.equal(page.headers['strict-transport-security'], 'max-age=31536000')
    assert.equal((await get('/healthz', { headers: { host: 'evil.example' } })).status, 403)
    assert.equal((await get('/api/v1/status')).status, 401)
    for (const version of ['TLSv1.2', 'TLSv1.3'])
      assert.equal((await get('/healthz', { minVersion: version, maxVersion: version })).status, 200, version)
    await assert.rejects(new Promise((resolve, reject) => {
      const old = tls.connect({ port, host: '127.0.0.1', ...secure, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, resolve)
      old.on('error', reject)
    }))

    const signed = await signIn(base, '陈经理', PASSWORD, { ...secure, headers })
    assert.equal(signed.status, 200)
    assert.match(signed.set, new RegExp(`^__Host-callscope-${port}=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800; Secure$`))
    assert.equal((await get('/api/v1/status', { cookie: signed.cookie })).body.conversations, CONVERSATIONS.length)
    const sent = (origin) => ask(base, 'POST', '/api/v1/imports', { ...secure, cookie: signed.cookie, body: {}, headers: { ...headers, origin } })
    assert.equal((await sent(`http://${NAME}:${port}`)).status, 403, 'another scheme is another page')
    assert.equal((await sent(`https://${NAME}:${port}`)).status, 201)
  })

  test('files go up and answers come down whole over TLS', async () => {
    const port = new URL(base).port
    const headers = { host: `${NAME}:${port}` }
    const token = await mustRun('', 'accounts', 'key', '陈经理', '--data', data)
    const many = Array.from({ length: 400 }, (_, i) => conversation(`TLS-${i}`, Array.from({ length: 40 }, (__, n) => `第${n}句 ${'说话'.repeat(20)}`)))
    const body = JSON.stringify(many)
    const posted = await ask(base, 'POST', '/api/v1/conversations?wait=30', { ...secure, headers: { ...headers, 'content-type': 'application/json' }, key: token, body })
    assert.ok([200, 202].includes(posted.status), posted.text.slice(0, 300))
    const exported = await ask(base, 'GET', '/api/v1/export?format=json', { ...secure, headers, key: token })
    assert.equal(exported.status, 200)
    assert.equal(Number(exported.headers['content-length']), Buffer.byteLength(exported.text))
  })

  test('it ends when asked to', async () => {
    child.removeAllListeners('exit')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    assert.equal(await ended, 0)
  })
})
