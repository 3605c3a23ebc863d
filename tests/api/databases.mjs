// Stores in both databases beside each other: the program itself, never through tests/postgres/callscope, and a PostgreSQL of
// the tests' own. For tests about moving, backing up and restoring.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { allAnswers } from './answers.mjs'
import { program as named, request } from './callscope.mjs'

export const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const program = process.env.CALLSCOPE_REAL ?? named
export const env = { ...process.env, CALLSCOPE_DATABASE: '', CALLSCOPE_KEY_FILE: '' }

/** Runs the program to its end, or kills it after some milliseconds: then code is null. */
export function run(args, killAfter) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    const timer = killAfter === undefined ? null : setTimeout(() => child.kill('SIGKILL'), killAfter)
    child.stdout.on('data', (part) => { said.stdout += part })
    child.stderr.on('data', (part) => { said.stderr += part })
    child.on('close', (code) => { clearTimeout(timer); resolve({ code, ...said }) })
  })
}

export async function done(...args) {
  const ended = await run(args)
  assert.equal(ended.code, 0, `callscope ${args.join(' ')}: ${ended.stdout}${ended.stderr}`)
  return ended
}

export async function serve(data, ...options) {
  const child = spawn(program, ['serve', '--port', '0', '--data', data, ...options], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const base = await new Promise((resolve, reject) => {
    child.stdout.on('data', (part) => { const found = /http:\S+(?=\/)/.exec(part); if (found) resolve(found[0]) })
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
  const get = (address) => request(base, `/${address}`)
  const ask = async (address) => {
    const answer = await get(address)
    assert.equal(answer.status, 200, `${address}: ${answer.text}`)
    return answer.body
  }
  const stop = () => new Promise((resolve) => { child.removeAllListeners('exit'); child.on('exit', resolve); child.kill('SIGTERM') })
  return { child, base, get, ask, stop }
}

export async function answersOf(data) {
  const server = await serve(data)
  try {
    return await allAnswers(server.ask)
  } finally {
    await server.stop()
  }
}

/** CALLSCOPE_TEST_POSTGRES, or a server that close() stops; place() gives the address of an empty schema. */
export function openPostgres() {
  let address = process.env.CALLSCOPE_TEST_POSTGRES, folder, schemas = 0
  const script = path.join(top, 'tests/postgres/server')
  if (!address) {
    folder = mkdtempSync(path.join(tmpdir(), 'callscope-databases-'))
    execFileSync('chmod', ['755', folder])
    address = execFileSync(script, ['start', path.join(folder, 'server')], { encoding: 'utf8' }).trim()
  }
  const sql = (text) => execFileSync('psql', ['-qXAt', address, '-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  const place = () => {
    const schema = `places_${process.pid}_${++schemas}`
    sql(`CREATE SCHEMA ${schema}`)
    return { schema, address: `${address}?options=-csearch_path%3D${schema}` }
  }
  const close = () => {
    if (!folder) return
    execFileSync(script, ['stop', path.join(folder, 'server')])
    rmSync(folder, { recursive: true, force: true })
  }
  return { sql, place, close }
}
