// A store with people in it: a manager, a reviewer, an agent who sees the conversations of 李晓芸. Node 18, no packages.
import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONVERSATIONS, inspect, makeFolder, program, serve } from './callscope.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const PASSWORD = 'blue tractor moon'
export const PEOPLE = [
  { name: '陈经理', role: 'manager' },
  { name: 'Rui', role: 'reviewer' },
  { name: 'li.xiaoyun', role: 'agent', agent: '李晓芸' },
]

/** Runs the program with something on its standard input; gives { code, stdout, stderr }. */
export function runWith(input, ...parameters) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters)
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) child[name].on('data', (part) => { said[name] += part })
    child.on('close', (code) => resolve({ code, ...said }))
    child.stdin.on('error', () => {}) // it may have ended before it read
    child.stdin.end(input)
  })
}

export async function mustRun(input, ...parameters) {
  const ended = await runWith(input, ...parameters)
  if (ended.code !== 0) throw new Error(`callscope ${parameters.join(' ')} ended with ${ended.code}: ${ended.stderr}`)
  return ended.stdout.trim()
}

/** One request: { status, headers, text, body, cookie }. Only the head is waited for with isHead. */
export function ask(base, method, address, { headers = {}, body, cookie, key, isHead, ...options } = {}) {
  const url = new URL(base)
  const sent = { ...headers }
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  if (text !== undefined) sent['content-length'] = String(Buffer.byteLength(text))
  if (body !== undefined && typeof body !== 'string' && !('content-type' in sent)) sent['content-type'] = 'application/json'
  if (cookie) sent.cookie = cookie
  if (key) sent.authorization = `Bearer ${key}`
  return new Promise((resolve, reject) => {
    const asked = (url.protocol === 'https:' ? https : http).request(
      { hostname: url.hostname, port: url.port, method, path: address, headers: sent, agent: false, ...options },
      (answer) => {
        const parts = []
        const done = () => {
          const said = Buffer.concat(parts).toString()
          let json = null
          try { json = JSON.parse(said) } catch { /* no JSON */ }
          const set = answer.headers['set-cookie']?.[0]
          resolve({ status: answer.statusCode, headers: answer.headers, text: said, body: json, set, cookie: set?.split(';')[0] })
          if (isHead) asked.destroy()
        }
        if (isHead) return done()
        answer.on('data', (part) => parts.push(part))
        answer.on('end', done)
      })
    asked.on('error', reject)
    asked.end(text)
  })
}

/** What a browser's page sends beside its cookie. */
export const ofPage = (base) => ({ origin: base, 'sec-fetch-site': 'same-origin' })

export const signIn = (base, name, password = PASSWORD, options = {}) =>
  ask(base, 'POST', '/api/v1/sign-in', { body: { name, password }, ...options })

/** The tests' conversations, PEOPLE, a key for each; close() removes it. */
export async function openPeopled(people = PEOPLE) {
  const folder = await makeFolder()
  const data = path.join(folder, 'data')
  const made = await inspect(folder, CONVERSATIONS)
  if (made.code !== 0) throw new Error(made.stderr)
  const keys = {}
  for (const { name, role, agent } of people) {
    await mustRun(`${PASSWORD}\n`, 'accounts', 'add', name, '--role', role, ...(agent ? ['--agent', agent] : []), '--data', data)
    keys[role] = await mustRun('', 'accounts', 'key', name, '--title', 'tests', '--data', data)
  }
  const server = await serve(folder)
  return {
    ...server, folder, data, keys,
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** The table of addresses as it stands in the source: [{ method, pattern, permission }]. */
export async function readRoutes() {
  const source = await readFile(path.join(root, 'src/http/routes.c'), 'utf8')
  const rows = [...source.matchAll(/\{\s*"(GET|POST|PUT|PATCH|DELETE)",\s*"([^"]+)",\s*([A-Z]+),/g)]
  return rows.map(([, method, pattern, permission]) => ({ method, pattern, permission }))
}
