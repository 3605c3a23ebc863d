// The queue of work: workers of other processes, kills, twins, what is set aside, and the page's answers.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, makeFolder, program } from './callscope.mjs'
import { pause, serveImports, wav } from './imports.mjs'

let folder
const opened = []
const lines = (list) => list.map((one) => JSON.stringify(one)).join('\n')
const chats = (count, prefix) => Array.from({ length: count }, (_, i) => conversation(`${prefix}-${i}`, [`你好,我是${prefix}的${i}号`, '您好,请讲', `订单${i * 7}还没到`, '马上帮您看']))

async function serve(...options) {
  const server = await serveImports(folder, ...options)
  opened.push(server.child)
  return server
}

function worker(...options) {
  const child = spawn(program, ['worker', '--data', path.join(folder, 'data'), '--workers', '1', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  opened.push(child)
  let said = ''
  child.stdout.on('data', (part) => (said += part))
  child.stderr.on('data', (part) => (said += part))
  return { child, said: () => said, end: (signal) => new Promise((resolve) => { child.once('exit', (code, by) => resolve(code ?? by)); child.kill(signal) }) }
}

before(async () => { folder = await makeFolder() })
after(async () => {
  for (const child of opened) child.kill('SIGKILL')
  await pause(100)
  await rm(folder, { recursive: true, force: true })
})

describe('the queue', () => {
  test('of a store that is not there is empty', async () => {
    const server = await serve('--workers', '0')
    assert.deepEqual((await server.get('work')).body, { waiting: 0, urgent: 0, running: 0, aside: 0, oldest_ms: null, rate_per_minute: 0, failed_last_hour: 0, unrecognised: 0, imports: [], workers: [] })
    assert.deepEqual((await server.get('work/aside')).body, { total: 0, items: [], next: null })
    await server.stop()
  })

  test('without workers things wait; one that comes does them, urgent ones are counted', async () => {
    const server = await serve('--workers', '0')
    const { body: { number } } = await server.call('POST', 'conversations', [conversation('Q-1', ['你好', '您好']), conversation('Q-2', ['我要投诉你们', '抱歉'])])
    let work
    do work = (await server.get('work')).body
    while (work.waiting < 2)
    assert.equal(work.urgent, 1)
    assert.equal(work.running, 0)
    assert.ok(work.oldest_ms > 0)
    assert.deepEqual(work.imports, [{ import: number, name: `api ${number}`, waiting: 2, running: 0, aside: 0, done: 0 }])
    const one = worker()
    const done = await server.end(number)
    assert.equal(done.state, 'done')
    assert.equal(done.counts.inspected, 2)
    work = (await server.get('work')).body
    assert.equal(work.waiting, 0)
    assert.equal(work.oldest_ms, null)
    const me = work.workers.find((w) => w.name.endsWith(`:${one.child.pid}`))
    assert.equal(me.is_alive, true)
    assert.equal(await one.end('SIGTERM'), 0)
    assert.match(one.said(), /works on what waits in .*, with 1 thread/)
    assert.equal((await server.get('work')).body.workers.find((w) => w.name === me.name).is_alive, false)
    await server.stop()
  })

  test('the first of two twins is kept, whoever works on them', async () => {
    const server = await serve('--workers', '0')
    const workers = [worker(), worker()]
    const twins = chats(300, 'TW').flatMap((one, i) => (i % 3 ? [one] : [one, { ...one, title: 'another' }, one]))
    const done = await server.upload({ 'twins.jsonl': lines(twins) })
    assert.equal(done.counts.expected, twins.length)
    assert.equal(done.counts.read, twins.length)
    assert.deepEqual([done.counts.inspected, done.counts.duplicates, done.counts.refused], [300, 100, 100])
    assert.notEqual((await server.get('conversations/TW-0')).body.title, 'another')
    for (const one of workers) await one.end('SIGTERM')
    await server.stop()
  })

  test('workers are killed and come back: nothing is lost or doubled', async (t) => {
    const server = await serve('--workers', '0')
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, 'k.jsonl', lines(chats(6000, 'KI')))
    await server.call('POST', `imports/${number}/start`)
    let kills = 0, state = 'running'
    while (['waiting', 'running'].includes(state)) {
      const two = [worker(), worker()]
      await pause(300 + Math.random() * 900)
      state = (await server.get(`imports/${number}`)).body.state
      for (const one of two) await one.end(state === 'done' || kills >= 12 ? 'SIGTERM' : 'SIGKILL')
      if (state !== 'done') kills += 2
    }
    const done = await server.end(number)
    assert.equal(done.state, 'done')
    assert.equal(done.counts.expected, 6000)
    const { body: work } = await server.get('work')
    assert.equal(done.counts.inspected + work.aside, 6000)
    assert.equal(work.aside, 0, JSON.stringify((await server.get('work/aside')).body.items[0]))
    t.diagnostic(`${kills} kills of workers`)
    await server.stop()
  })

  test('one that is cancelled leaves nothing in the queue', async () => {
    const server = await serve('--workers', '0')
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, 'c.jsonl', lines(chats(3000, 'CA')))
    await server.call('POST', `imports/${number}/start`)
    while ((await server.get('work')).body.waiting < 2000) await pause(20) // then its reader waits, too
    await server.call('POST', `imports/${number}/cancel`)
    assert.equal((await server.end(number)).state, 'cancelled')
    assert.equal((await server.get('work')).body.waiting, 0)
    await server.stop()
  })

  test('a server that was killed goes on at once with what it had read', async () => {
    let server = await serve('--workers', '0')
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, 's.jsonl', lines(chats(500, 'SK')))
    await server.call('POST', `imports/${number}/start`)
    while ((await server.get('work')).body.waiting < 500) await pause(20)
    await server.kill()
    server = await serve()
    const done = await server.end(number)
    assert.deepEqual([done.state, done.counts.read, done.counts.inspected], ['done', 500, 500])
    await server.stop()
  })
})

describe('what is set aside', () => {
  test('says why, is tried again, or given up', async () => {
    const key = path.join(folder, 'data', 'recordings.key'), away = path.join(folder, 'away.key')
    let server = await serve()
    const heard = await server.upload({ 'first.wav': wav(1) })
    assert.equal(heard.counts.inspected, 1)
    await server.stop()
    await rename(key, away)
    server = await serve()
    const done = await server.upload({ 'second.wav': wav(2, 500), 'third.wav': wav(2, 700), 'plain.json': JSON.stringify([conversation('AS-1', ['a', 'b'])]) })
    assert.equal(done.state, 'done')
    assert.deepEqual([done.counts.expected, done.counts.inspected], [3, 1])
    const { body } = await server.get('work/aside')
    assert.equal(body.total, 2)
    const [first, second] = body.items
    assert.equal(first.import, done.number)
    assert.equal(first.attempts, 3)
    assert.match(first.file, /\.wav$/)
    assert.match(first.remedy, /--key-file/)
    assert.equal((await server.get('work')).body.aside, 2)
    assert.ok((await server.get('work')).body.imports.some((i) => i.import === done.number && i.aside === 2))
    assert.equal((await server.call('DELETE', `work/aside/${second.job}`)).status, 200)
    assert.equal((await server.call('DELETE', `work/aside/${second.job}`)).status, 404)
    assert.equal((await server.get(`imports/${done.number}`)).body.counts.refused, 1)
    assert.match((await server.get(`imports/${done.number}/refusals`)).body.items[0].reason, /^given up/)
    await server.stop()
    await rename(away, key)
    server = await serve()
    assert.deepEqual((await server.call('POST', 'work/aside/retry', {})).body, { retried: 1 })
    let counts
    do counts = (await server.get(`imports/${done.number}`)).body.counts
    while (counts.inspected < 2)
    assert.equal(counts.read, 3)
    assert.equal((await server.get('work')).body.aside, 0)
    assert.equal((await server.call('POST', `work/aside/${first.job}/retry`, {})).status, 404)
    await server.stop()
  })
})
