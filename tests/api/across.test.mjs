// Rules across conversations: events of tickets and calls of customers, in any order, through kills and restarts.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { conversation, makeFolder, program, run, serve } from './callscope.mjs'

const PLAIN = `rule greet
  title  "问好" | "Greets"
  expect agent says "您好"
  else   experience -10
`
const RULES = `calendar
  zone      +08:00
  workdays  mon - fri
  hours     09:00 - 18:00
  holiday   2026-10-01 - 2026-10-07 | 2026-01-01
  workday   2026-10-10

${PLAIN}
rule callback
  title  "投诉三日回访" | "Complaint called back within 3 days"
  when   event ticket.closed where kind = 投诉
  expect call answered to customer about this ticket by end of day 3 after
  waived by event ticket.reopened about this ticket
  else   compliance -15, open work-order team due 1d
`
const LATER = '2026-06-01T00:00:00+08:00'

const closed = (id, ticket, at, more = {}) => ({ event: 'ticket.closed', id, ticket, at: `${at}+08:00`, fields: { kind: '投诉' }, ...more })
const reopened = (id, ticket, at) => ({ event: 'ticket.reopened', id, ticket, at: `${at}+08:00` })
function call(id, at, ticket, more = {}) {
  const { fields = {}, ...rest } = more
  return conversation(id, ['喂', '您好,投诉回访'], {
    started: `${at}+08:00`, customer: `K-${id}`, fields: { direction: 'out', ...(ticket ? { ticket } : {}), ...fields }, ...rest,
  })
}

/** A store of its own with files beside it. */
class Desk {
  constructor(folder, name) {
    this.folder = path.join(folder, name)
    this.data = path.join(this.folder, 'data')
    this.rules = path.join(this.folder, 'test.rules')
    this.files = 0
  }
  async open(rules = RULES) {
    await mkdir(this.folder, { recursive: true })
    await writeFile(this.rules, rules)
    return this
  }
  async file(extension, text) {
    const name = path.join(this.folder, `input-${this.files++}.${extension}`)
    await writeFile(name, text)
    return name
  }
  async events(events, { now = LATER, more = [] } = {}) {
    const name = await this.file('jsonl', events.map((e) => (typeof e === 'string' ? e : JSON.stringify(e))).join('\n'))
    return run('events', name, '--data', this.data, '--rules', this.rules, '--now', now, ...more)
  }
  async inspect(conversations, name = null) {
    const file = name ?? (await this.file('json', ''))
    await writeFile(file, JSON.stringify(conversations))
    return run('inspect', file, '--data', this.data, '--rules', this.rules, '--json')
  }
  async list(...more) {
    const words = ['obligations', '--data', this.data, '--json', ...more]
    const { stdout } = await promisify(execFile)(program, words, { maxBuffer: 1 << 28 })
    return JSON.parse(stdout).obligations
  }
  async states(...more) {
    return Object.fromEntries((await this.list(...more)).map((o) => [o.opened_event, o.state]))
  }
}

/** What must not depend on when things arrived. */
const essence = (list) => list.map(({ number, decided_ms, supersedes, ...rest }) => rest)

let folder
before(async () => (folder = await makeFolder()))
after(() => rm(folder, { recursive: true, force: true }))
const desk = (name, rules) => new Desk(folder, name).open(rules)

test('calls that are inspected meet what tickets ask for; the list says why', async () => {
  const d = await desk('story')
  const made = await d.events([
    closed('1', 'T-1', '2026-03-02T17:40:00', { customer: 'K-1' }),
    closed('2', 'T-2', '2026-03-02T17:40:00', { customer: 'K-2' }),
    closed('3', 'T-3', '2026-03-02T17:40:00', { customer: 'K-3' }),
    closed('4', 'T-4', '2026-03-02T17:40:00', { customer: 'K-4' }),
    closed('5', 'T-5', '2026-03-02T17:40:00', { fields: { kind: '报修' } }),
    reopened('6', 'T-2', '2026-03-03T09:00:00'),
  ], { now: '2026-03-03T18:00:00+08:00' })
  assert.equal(made.code, 0, made.stderr)
  assert.deepEqual(await d.states(), { 1: 'pending', 2: 'waived', 3: 'pending', 4: 'pending' })
  const inspected = await d.inspect([
    call('C-1', '2026-03-05T23:59:50', 'T-1'),
    call('C-3', '2026-03-06T00:00:00', 'T-3'), // the fourth day, in the centre's zone
    call('C-4', '2026-03-04T10:00:00', null, { customer: 'K-4' }), // perhaps about T-4
    call('C-X', '2026-03-04T10:00:00', null, { customer: undefined }),
  ])
  assert.equal(inspected.code, 0, inspected.stderr)
  const list = await d.list()
  assert.deepEqual(Object.fromEntries(list.map((o) => [o.opened_event, o.state])), { 1: 'met', 2: 'waived', 3: 'missed', 4: 'undecided' })
  const [met, , missed, undecided] = list.sort((a, b) => a.opened_event - b.opened_event)
  assert.equal(met.evidence.match.conversation, 'C-1')
  assert.equal(met.evidence.match.by, '李晓芸')
  assert.deepEqual(met.title, { zh: '投诉三日回访', en: 'Complaint called back within 3 days' })
  assert.equal(missed.evidence.window.to_ms, Date.parse('2026-03-05T23:59:59.999+08:00'))
  assert.deepEqual(missed.actions, ['open work-order team due 1d'])
  assert.deepEqual([undecided.reason, undecided.evidence.possible[0].conversation], ['ticket_unknown', 'C-4'])
  assert.deepEqual((await d.list('--state', 'missed')).map((o) => o.ticket), ['T-3'])
  assert.deepEqual(await d.list('--rule', 'other'), [])

  const text = await run('obligations', '--data', d.data, '--state', 'missed')
  assert.match(text.stdout, /missed +callback .*ticket T-3/)
  assert.match(text.stdout, /searched +2026-03-02 17:40 – 2026-03-05 23:59/)

  const shown = JSON.parse((await run('show', 'C-3', '--data', d.data, '--json')).stdout)
  const scores = Object.values(shown.scores).map((s) => (s && typeof s === 'object' ? s.total : s))
  assert.ok(!scores.includes(85), 'a missed call-back costs no conversation anything')
  const rule = shown.rules.find((r) => r.rule === 'callback')
  assert.deepEqual([rule.verdict, rule.reason], ['not_applicable', 'across'])
})

test('files that arrive in any order give the same', async () => {
  const days = ['02', '03', '04', '05', '06', '07', '08']
  const events = [], calls = []
  for (let i = 0; i < 12; i++) {
    const ticket = `T-${i % 8}`, day = days[i % 4]
    events.push(closed(`c${i}`, ticket, `2026-03-${day}T1${i % 10}:00:00`, { customer: `K-${i % 8}` }))
    if (i % 5 === 0) events.push(reopened(`r${i}`, ticket, `2026-03-${days[(i % 4) + 1]}T08:00:00`))
    if (i % 3) calls.push(call(`C-${i}`, `2026-03-${days[(i * 3) % 7]}T15:00:00`, i % 4 ? ticket : null, { customer: `K-${i % 8}` }))
  }
  const parts = [0, 1, 2].flatMap((n) => [
    (d, now) => d.events(events.filter((_, i) => i % 3 === n), { now }),
    (d) => d.inspect(calls.filter((_, i) => i % 3 === n)),
  ])
  let expected = null, seed = 7
  const below = (bound) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % bound
  for (let round = 0; round < 6; round++) {
    const d = await desk(`order-${round}`), order = [...parts]
    for (let i = order.length; round && i > 1; i--) {
      const j = below(i)
      ;[order[i - 1], order[j]] = [order[j], order[i - 1]]
    }
    for (const [i, part] of order.entries()) {
      const done = await part(d, new Date(Date.parse('2026-03-03T00:00:00Z') + i * 86400000).toISOString())
      assert.equal(done.code, 0, done.stderr)
    }
    assert.equal((await d.events([])).code, 0)
    const list = essence(await d.list())
    assert.ok(list.every((o) => o.state !== 'pending'))
    expected ??= list
    assert.deepEqual(list, expected)
  }
  assert.ok(new Set(expected.map((o) => o.state)).size >= 3, 'several states occur')
})

test('what comes late supersedes a verdict, which stays', async () => {
  const d = await desk('late')
  await d.events([closed('1', 'T-1', '2026-03-02T17:40:00')])
  assert.deepEqual(await d.states(), { 1: 'missed' })
  assert.equal((await d.inspect([call('C-1', '2026-03-03T10:00:00', 'T-1')])).code, 0)
  const [now] = await d.list()
  const all = await d.list('--all')
  assert.equal(now.state, 'met')
  assert.deepEqual(all.map((o) => [o.state, o.is_current]).sort(), [['met', true], ['missed', false]])
  assert.equal(now.supersedes, all.find((o) => o.state === 'missed').number)
})

test('a conversation that is corrected takes its call back', async () => {
  const d = await desk('corrected')
  const file = await d.file('json', '')
  await d.inspect([call('C-1', '2026-03-03T10:00:00', 'T-1')], file)
  await d.events([closed('1', 'T-1', '2026-03-02T17:40:00')])
  assert.deepEqual(await d.states(), { 1: 'met' })
  await d.inspect([call('C-1', '2026-03-03T10:00:00', 'T-2')], file)
  assert.deepEqual(await d.states(), { 1: 'missed' })
  await d.inspect([call('C-1', '2026-03-03T10:00:00', 'T-1')], file)
  assert.deepEqual(await d.states(), { 1: 'met' })
})

test('rules that come later find the calls that were inspected before', async () => {
  const d = await desk('rules', PLAIN)
  const file = await d.file('json', '')
  const calls = [call('C-1', '2026-03-03T10:00:00', 'T-1')]
  assert.equal((await d.inspect(calls, file)).code, 0)
  const early = await d.events([closed('1', 'T-1', '2026-03-02T17:40:00')])
  assert.match(early.stderr, /no rule of this store waits for events/)
  assert.deepEqual(await d.list(), [])
  await writeFile(d.rules, RULES)
  const refused = await d.events([])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /inspected under other rules[^]*callscope inspect --rules/)
  assert.equal((await d.inspect(calls, file)).code, 0)
  assert.deepEqual(await d.states(), { 1: 'met' })
  await writeFile(d.rules, RULES.replace('by end of day 3 after', 'within 2h after'))
  assert.equal((await d.inspect(calls, file)).code, 0)
  assert.deepEqual(await d.states(), { 1: 'missed' })
  await writeFile(d.rules, PLAIN)
  assert.equal((await d.inspect(calls, file)).code, 0)
  assert.deepEqual(await d.list(), [])
  assert.equal((await d.list('--all')).length, 2)
})

test('workdays step over the holidays', async () => {
  const d = await desk('workdays', RULES.replace('by end of day 3 after', 'by end of workday 2 after'))
  await d.events([
    closed('1', 'T-1', '2026-09-30T17:40:00'), closed('2', 'T-2', '2026-09-30T17:40:00'),
    { event: 'call.answered', at: '2026-10-09T18:00:00+08:00', ticket: 'T-1', direction: 'out' },
    { event: 'call.answered', at: '2026-10-09T18:00:01+08:00', ticket: 'T-2', direction: 'out' },
  ], { now: '2026-11-01T00:00:00+08:00' })
  assert.deepEqual(await d.states(), { 1: 'met', 2: 'missed' })
})

describe('files of events', () => {
  test('what is wrong is named with line, reason and remedy; the rest goes on', async () => {
    const d = await desk('refused')
    const { code, stderr, stdout } = await d.events([
      closed('1', 'T-1', '2026-03-02T17:40:00'),
      '{"event":"ticket.closed","at":',
      '{"evnt":"x","at":"2026-03-02T17:40:00Z"}',
      '',
      closed('1', 'T-9', '2026-03-02T17:40:00'),
      { event: 'x', at: 'Monday' },
      closed('7', 'T-7', '2026-03-02T17:40:00'),
    ])
    assert.equal(code, 1)
    assert.match(stdout, /read 6: 2 new, 0 known, 4 refused/)
    for (const said of [/line 2[^]*ends in the middle/, /line 3, evnt[^]*did you mean "event"/, /line 5[^]*"1" stands in the log already/, /line 6, at[^]*is no time[^]*2026-03-02T17:40:00\+08:00/])
      assert.match(stderr, said)
    assert.deepEqual(await d.states(), { 1: 'missed', 7: 'missed' })
    const json = await d.events(['{'], { more: ['--json'] })
    const told = JSON.parse(json.stdout)
    assert.deepEqual([told.refused, told.refusals[0].place.slice(0, 6)], [1, 'line 1'])
  })

  test('the same file twice is once', async () => {
    const d = await desk('twice')
    const events = [closed('1', 'T-1', '2026-03-02T17:40:00'), { event: 'x', at: '2026-03-02T17:40:00Z' }]
    await d.events(events)
    assert.match((await d.events(events)).stdout, /read 2: 0 new, 2 known/)
    assert.equal((await d.list('--all')).length, 1)
  })

  test('a folder, no file at all, wrong usage', async () => {
    const d = await desk('usage')
    await d.file('jsonl', JSON.stringify(closed('1', 'T-1', '2026-03-02T17:40:00')))
    await d.file('txt', 'not an event')
    const made = await run('events', d.folder, '--data', d.data, '--rules', d.rules)
    assert.match(made.stdout, /read 1: 1 new/)
    assert.equal((await run('events', path.join(d.folder, 'none.jsonl'), '--data', d.data)).code, 1)
    assert.equal((await run('events', '--data', d.data)).code, 0)
    for (const words of [['events', '--now', 'soon'], ['events', '--grace', '5 days'], ['obligations', '--state', 'late']])
      assert.equal((await run(...words, '--data', d.data)).code, 2)
    assert.equal((await run('obligations', '--data', path.join(folder, 'nowhere'))).code, 1)
  })
})

describe('timers', () => {
  test('go off past due and grace, once, through restarts', async () => {
    const d = await desk('timers')
    await d.events([closed('1', 'T-1', '2026-03-02T17:40:00')], { now: '2026-03-06T00:59:00+08:00' })
    assert.deepEqual(await d.states(), { 1: 'pending' })
    const early = await d.events([], { now: '2026-03-06T01:00:00+08:00', more: ['--grace', '26h'] })
    assert.equal(early.code, 0, early.stderr)
    assert.deepEqual(await d.states(), { 1: 'pending' })
    await d.events([], { now: '2026-03-07T01:59:59+08:00' }) // the grace is kept
    assert.deepEqual(await d.states(), { 1: 'pending' })
    await d.events([], { now: '2026-03-07T02:00:00+08:00' })
    assert.deepEqual(await d.states(), { 1: 'missed' })
    const again = await d.events([], { more: ['--json'] })
    assert.equal(JSON.parse(again.stdout).timers, 0)
  })

  test('callscope serve lets them go off', async () => {
    const d = await desk('served')
    await d.events([closed('1', 'T-1', '2026-03-02T17:40:00')], { now: '2026-03-03T00:00:00+08:00' })
    assert.deepEqual(await d.states(), { 1: 'pending' })
    const server = await serve(d.folder)
    for (let i = 0; i < 200 && (await d.states())[1] === 'pending'; i++) await new Promise((resolve) => setTimeout(resolve, 50))
    await server.stop()
    assert.deepEqual(await d.states(), { 1: 'missed' })
  })
})

describe('kill -9', () => {
  const TICKETS = process.env.CALLSCOPE_TEST_POSTGRES ? 1500 : 6000 // each question is a way to the server and back
  const events = Array.from({ length: TICKETS }, (_, i) => [
    closed(`c${i}`, `T-${i}`, '2026-03-02T10:00:00', { customer: `K-${i % 500}` }),
    ...(i % 3 === 0 ? [{ event: 'call.answered', id: `a${i}`, at: '2026-03-03T10:00:00+08:00', ticket: `T-${i}`, direction: 'out' }] : []),
    ...(i % 3 === 1 ? [reopened(`r${i}`, `T-${i}`, '2026-03-02T11:00:00')] : []),
  ]).flat()

  test('while events are taken in and judged: nothing is lost, doubled or different', async (t) => {
    const d = await desk('killed'), calm = await desk('calm')
    const started = Date.now()
    assert.equal((await calm.events(events)).code, 0)
    const undisturbedMs = Date.now() - started
    const file = await d.file('jsonl', events.map((e) => JSON.stringify(e)).join('\n'))
    const words = ['events', file, '--data', d.data, '--rules', d.rules, '--now', LATER]
    let killed = 0
    for (let i = 0; i < 15; i++) {
      const child = spawn(program, words, { stdio: 'ignore' })
      const timer = setTimeout(() => child.kill('SIGKILL'), 10 + (Math.random() * undisturbedMs) / 4)
      const [code] = await once(child, 'exit')
      clearTimeout(timer)
      killed += code === null
    }
    t.diagnostic(`${killed} of 15 kills met it at work`)
    assert.ok(killed >= 5)
    const last = await run(...words)
    assert.equal(last.code, 0, last.stderr)
    const list = await d.list('--all')
    assert.equal(list.length, TICKETS)
    assert.deepEqual(essence(list), essence(await calm.list('--all')))
    assert.equal(list.filter((o) => o.state === 'missed').length, TICKETS / 3)
  })
})
