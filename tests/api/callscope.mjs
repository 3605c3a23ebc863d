// A store made by `callscope inspect` from the tests' own conversations, and a server on it. Node 18, no packages.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const program = path.resolve(root, process.env.CALLSCOPE ?? 'build/release/callscope')
const execute = promisify(execFile)
process.env.CALLSCOPE_LOG ??= 'warn' // a line a request would bury what a test has to say

/** Of a test that looks at SQLite's own files: on PostgreSQL (tools/test postgres) it is left out, and counted apart. */
export const ofSqliteAlone = (why) => (process.env.CALLSCOPE_TEST_POSTGRES ? { skip: `of SQLite alone: ${why}` } : {})

export const RULES = `words unhappy = 投诉 | 受不了
words apology = 抱歉 | 对不起

rule apologise
  title  "客户不满时致歉" | "Apologise when the customer is upset"
  when   customer says unhappy
  expect agent says apology within 2 agent turns after
  else   experience -10

rule no-blame
  title  "推诿责任" | "Blames the customer"
  never  agent asserts "个人问题"
  else   risk +40, mark high-risk

flag give-up
  when   customer says "算了"
  then   tag 沉默不满, risk +15
`

const DAY = 24 * 3600 * 1000
export const START = Date.parse('2026-02-01T10:00:00+08:00')

/** texts alternate: the customer begins. */
export function conversation(id, texts, more = {}) {
  return {
    id,
    channel: 'call',
    started: new Date(START).toISOString(),
    queue: '售后',
    participants: [
      { id: 'c1', role: 'customer' },
      { id: 'a1', role: 'agent', name: '李晓芸', team: '售后二组' },
    ],
    turns: texts.map((text, i) => ({ from: i % 2 ? 'a1' : 'c1', start_ms: i * 5000, end_ms: i * 5000 + 4000, text })),
    events: [{ kind: 'hang-up', at_ms: texts.length * 5000, by: 'c1' }],
    ...more,
  }
}

const agent = (name, team) => [
  { id: 'c1', role: 'customer' },
  { id: 'a1', role: 'agent', name, ...(team ? { team } : {}) },
]
const day = (n) => new Date(START + n * DAY).toISOString()
/** The same moment on a clock eight hours east. */
const inBeijing = (n) => new Date(START + n * DAY + 8 * 3600 * 1000).toISOString().replace('Z', '+08:00')
const untimed = (texts) => texts.map((text, i) => ({ from: i % 2 ? 'a1' : 'c1', text }))

/** What each test can count on; the verdicts follow from RULES. */
export const CONVERSATIONS = [
  conversation('T-PLAIN', ['你好,我想查订单', '好的,请稍等'], { title: '查询订单', customer: 'K-1' }),
  conversation('T-MET', ['我要投诉你们', '非常抱歉给您带来不便'], { started: inBeijing(1), fields: { product: 'KF-35', vip: true, price: 19.5 } }),
  conversation('T-MISSED', ['我要投诉你们', '嗯,说吧', '就这样?', '是的', '再见', '再见'], { started: day(2) }),
  conversation('T-HIT', ['它坏了', '这是您的个人问题', '算了', '再见'], { started: day(3), participants: agent('王强', '售后一组'), queue: '售前' }),
  conversation('T-CHAT', ['在吗', '在的'], { channel: 'chat', started: day(4), participants: agent('王强', '售后一组'), turns: untimed(['在吗', '在的']), events: [] }),
  conversation('T/UNKNOWN 100%', ['hello', 'hi'], { started: undefined, participants: agent('Ann'), queue: undefined, language: 'en', title: 'Says "hello" & <b>' }),
]

export async function makeFolder() {
  return mkdtemp(path.join(tmpdir(), 'callscope-api-'))
}

/** Runs the program to its end; gives { code, stdout, stderr }. */
export async function run(...parameters) {
  try {
    return { code: 0, ...(await execute(program, parameters)) }
  } catch (failure) {
    return { code: failure.code, stdout: failure.stdout, stderr: failure.stderr }
  }
}

export async function inspect(folder, conversations = CONVERSATIONS, rules = RULES) {
  const input = path.join(folder, 'input')
  await mkdir(input, { recursive: true })
  await writeFile(path.join(folder, 'test.rules'), rules)
  await writeFile(path.join(input, 'conversations.json'), JSON.stringify(conversations))
  return run('inspect', input, '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'test.rules'))
}

/** One request as it is written; gives { status, headers, text, body }, body parsed where it is JSON. */
export function request(base, address, { method = 'GET', headers = {} } = {}) {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const asked = http.request({ hostname, port, method, path: address, headers, agent: false }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const bytes = Buffer.concat(parts)
        const text = bytes.toString()
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json') && text !== ''
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, text, body: isJson ? JSON.parse(text) : null })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** Starts `callscope serve`; gives { base, get, api, stop }. */
export async function serve(folder) {
  const child = spawn(program, ['serve', '--port', '0', '--data', path.join(folder, 'data')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const base = await new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (part) => {
      said += part
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)
      if (found) resolve(found[0].slice(0, -1))
    })
    child.on('exit', (code) => reject(new Error(`callscope serve ended with ${code} before it was ready`)))
  })
  const get = (address, options) => request(base, address, options)
  const api = async (name, parameters = {}) => {
    const query = new URLSearchParams(parameters).toString()
    return get(`/api/v1/${name}${query ? `?${query}` : ''}`)
  }
  const stop = () => new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.on('exit', resolve)
    child.kill('SIGTERM')
  })
  return { base, child, get, api, stop }
}

/** A served store with CONVERSATIONS; close() removes it. */
export async function open(conversations = CONVERSATIONS, rules = RULES) {
  const folder = await makeFolder()
  const made = await inspect(folder, conversations, rules)
  if (made.code !== 0) throw new Error(`callscope inspect ended with ${made.code}: ${made.stderr}`)
  const server = await serve(folder)
  return {
    ...server,
    folder,
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}
