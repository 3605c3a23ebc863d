// Call lists, tickets, rosters and ratings find their conversations: by id, by number and time, in whatever order they come.
import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, makeFolder, run, serve } from './callscope.mjs'

const RULES = `calendar
  zone +08:00

rule greet
  title  "问好" | "Greets"
  expect agent says "您好"
  else   experience -10

rule callback
  title  "投诉三日回访" | "Complaint called back within 3 days"
  when   event ticket.closed where kind = 投诉
  expect call answered to customer about this ticket by end of day 3 after
  else   compliance -15
`

/** A phone call as a transcript with nothing but a number and a time. */
const call = (id, at, number, more = {}) =>
  conversation(id, ['喂', '您好,请讲'], {
    started: `${at}+08:00`, queue: undefined, participants: [{ id: 'c1', role: 'customer' }, { id: 'a1', role: 'agent' }],
    events: [], fields: { number, ...more },
  })

const CALLS = [
  call('R-1', '2026-03-02T09:00:00', '138 1234 5678'),
  call('R-2', '2026-03-02T09:01:00', '+86 13812345678'), // a minute later, the same number
  call('R-3', '2026-03-02T10:00:00', '013900000001', { extension: '1002' }),
  call('R-4', '2026-03-02T11:00:00', '13900000002'),
  call('R-5', '2026-03-02T12:00:00', '13900000003'),
  call('R-6', '2026-03-03T09:30:00', '13900000004'), // the call-back
]
const CALL_MAPPING = {
  kind: 'calls', format: 'csv', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00', tolerance_s: 120,
  speakers: { 主叫: 'customer', 被叫: 'agent' },
  columns: { number: '号码', time: '开始', ended: '结束', extension: '分机', agent_id: '工号', queue: '技能组', direction: '方向', hang_up: '挂机', ticket: '工单', fields: { line: '线路' } },
}
const CALL_LIST = `号码,开始,结束,分机,工号,技能组,方向,挂机,工单,线路
13812345678,2026-03-02 09:00:00,2026-03-02 09:00:10,1001,A7,售后,呼入,主叫,,A
13812345678,2026-03-02 09:01:00,2026-03-02 09:01:10,1001,A7,售后,呼入,被叫,,A
13900000001,2026-03-02 10:00:30,2026-03-02 10:00:40,1009,A9,售后,呼入,主叫,,B
13900000002,2026-03-02 11:00:20,2026-03-02 11:00:30,1001,A7,售后,呼入,主叫,,B
13900000002,2026-03-02 11:00:40,2026-03-02 11:00:50,1001,A7,售后,呼入,主叫,,B
13900000003,2026-03-02 12:10:00,2026-03-02 12:10:10,1001,A7,售后,呼入,主叫,,B
13900000004,2026-03-03 09:30:00,2026-03-03 09:30:10,1002,A8,回访,呼出,被叫,,B
anonymous,2026-03-02 13:00:00,2026-03-02 13:00:10,1001,A7,售后,呼入,主叫,,B
`
const ROSTER_MAPPING = {
  kind: 'roster', format: 'csv', time_format: 'yyyy-mm-dd', zone: '+08:00',
  columns: { agent_id: '工号', agent: '姓名', team: '班组', from: '起', to: '止', fields: { level: '级别' } },
}
const ROSTER = `工号,姓名,班组,起,止,级别
A7,李晓芸,售后一组,2025-01-01,2026-03-02,初级
A7,李晓芸,售后二组,2026-03-02,,中级
A8,王强,回访组,2026-01-01,,资深
`
const TICKET_MAPPING = {
  kind: 'tickets', format: 'csv', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00',
  events: { 创建: 'ticket.opened', 结单: 'ticket.closed' },
  columns: { ticket: '工单号', event: '动作', time: '时间', number: '电话', kind: '类型', status: '状态' },
}
const TICKETS = `工单号,动作,时间,电话,类型,状态
T-1,创建,2026-03-02 09:01:08,13812345678,投诉,处理中
T-1,结单,2026-03-02 18:00:00,,投诉,已结单
`
const RATING_MAPPING = {
  kind: 'satisfaction', format: 'csv', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00',
  columns: { number: '电话', time: '时间', score: '评分', comment: '意见' },
}
const RATINGS = `电话,时间,评分,意见
13900000004,2026-03-03 09:31:00,5,很好
13900000009,2026-03-03 09:31:00,1,不好
`
const FILES = {
  'calls.csv': CALL_LIST, 'calls.mapping.json': JSON.stringify(CALL_MAPPING),
  'roster.csv': ROSTER, 'roster.mapping.json': JSON.stringify(ROSTER_MAPPING),
  'tickets.csv': TICKETS, 'tickets.mapping.json': JSON.stringify(TICKET_MAPPING),
  'ratings.csv': RATINGS, 'ratings.mapping.json': JSON.stringify(RATING_MAPPING),
  'talk.json': JSON.stringify(CALLS),
}

class Centre {
  constructor(folder, name) {
    this.folder = path.join(folder, name)
    this.input = path.join(this.folder, 'input')
    this.data = path.join(this.folder, 'data')
  }
  async open() {
    await mkdir(this.input, { recursive: true })
    await writeFile(path.join(this.folder, 'test.rules'), RULES)
    return this
  }
  async put(files) {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(this.input, name), text)
  }
  async inspect(input = this.input) {
    const done = await run('inspect', input, '--data', this.data, '--rules', path.join(this.folder, 'test.rules'), '--json')
    return { ...done, body: done.stdout ? JSON.parse(done.stdout) : null }
  }
  async joins(...more) {
    const done = await run('joins', '--data', this.data, '--json', ...more)
    return JSON.parse(done.stdout)
  }
  /** What the report says, apart from numbers that depend on the order of arrival. */
  async report() {
    const all = []
    for (const state of ['matched', 'doubtful', 'unmatched'])
      for (const item of (await this.joins('--state', state)).items)
        all.push(`${item.kind} ${item.source}:${item.line} ${item.state} ${item.reason} ${item.conversation?.external_id ?? ''}`)
    return all.sort()
  }
}

const EXPECTED = [
  'calls calls.csv:2 matched number_time R-1',
  'calls calls.csv:3 matched number_time R-2',
  'calls calls.csv:4 doubtful agent_differs ',
  'calls calls.csv:5 doubtful another_record ',
  'calls calls.csv:6 doubtful another_record ',
  'calls calls.csv:7 unmatched no_conversation ',
  'calls calls.csv:8 matched number_time R-6',
  'calls calls.csv:9 unmatched no_number ',
  'roster roster.csv:2 matched roster ',
  'roster roster.csv:3 matched roster ',
  'roster roster.csv:4 matched roster ',
  'satisfaction ratings.csv:2 matched number_time R-6',
  'satisfaction ratings.csv:3 unmatched no_conversation ',
  'tickets tickets.csv:2 doubtful several ',
  'tickets tickets.csv:3 unmatched no_number ',
]

describe('joins', () => {
  let folder, centre, server
  before(async () => {
    folder = await makeFolder()
    centre = await new Centre(folder, 'one').open()
    await centre.put(FILES)
    const done = await centre.inspect()
    assert.equal(done.code, 0, done.stderr)
    assert.equal(done.body.counts.inspected, 6)
    server = await serve(centre.folder)
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true })
  })
  const open = async (id) => (await server.api(`conversations/${encodeURIComponent(id)}`)).body

  test('every row is matched, doubted or listed, with its reason', async () => {
    assert.deepEqual(await centre.report(), EXPECTED)
    const { body } = await server.api('joins', { kind: 'calls' })
    assert.deepEqual(body.counts.calls, { matched: 3, doubtful: 3, unmatched: 2 })
    assert.equal(body.conversations_without.calls, 3)
    const near = body.items.find((i) => i.line === 7)
    assert.equal(near.words.zh, '没有对应的会话')
    assert.deepEqual(near.candidates.map((c) => [c.external_id, c.seconds_apart]), [['R-5', -600]])
    assert.equal((await server.api('joins', { kind: 'people' })).status, 400)
  })

  test('the call list fills what a transcript leaves open', async () => {
    const c = await open('R-1')
    assert.equal(c.queue, '售后')
    assert.equal(c.agent, '李晓芸')
    assert.equal(c.team, '售后二组') // of that day: the new team's first is the old one's last
    const fields = Object.fromEntries(c.fields.map((f) => [f.name, f.value]))
    assert.equal(fields.direction, 'in')
    assert.equal(fields.line, 'A')
    assert.equal(fields.level, '中级')
    assert.equal(fields.agent_id, 'A7')
    assert.deepEqual(c.events.map((e) => [e.kind, e.at_ms]), [['hang-up', 10000]])
    assert.equal((await open('R-6')).team, '回访组')
    assert.equal((await open('R-6')).fields.find((f) => f.name === 'satisfaction').value, '5')
    assert.equal((await open('R-3')).agent, null) // in doubt: nothing is joined
  })

  test('again changes nothing', async () => {
    const before = await open('R-1')
    const done = await centre.inspect()
    assert.equal(done.code, 0, done.stderr)
    assert.equal(done.body.counts.inspected, 0)
    assert.equal(done.body.counts.joined, 0)
    assert.deepEqual(await open('R-1'), before)
    assert.deepEqual(await centre.report(), EXPECTED)
  })

  test('in any order the same comes of it', async () => {
    const names = Object.keys(FILES).filter((n) => !n.includes('mapping'))
    let seed = 7
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
    const reference = {}
    for (const c of CALLS) reference[c.id] = await open(c.id)
    for (let round = 0; round < 4; round++) {
      const other = await new Centre(folder, `order-${round}`).open()
      const order = names.map((n) => [random(), n]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1])
      await other.put(Object.fromEntries(Object.entries(FILES).filter(([n]) => n.includes('mapping'))))
      for (const name of order) {
        await other.put({ [name]: FILES[name] })
        const done = await other.inspect()
        assert.equal(done.code, 0, `${order}: ${done.stderr}`)
      }
      assert.deepEqual(await other.report(), EXPECTED, `${order}`)
      const again = await serve(other.folder)
      for (const c of CALLS) {
        const got = (await again.api(`conversations/${c.id}`)).body
        for (const key of ['queue', 'agent', 'team', 'customer', 'fields', 'events', 'scores', 'findings'])
          assert.deepEqual(got[key], reference[c.id][key], `${order}: ${c.id} ${key}`)
      }
      await again.stop()
    }
  })

  test('a corrected list corrects, and takes back what it said before', async () => {
    const other = await new Centre(folder, 'corrected').open()
    await other.put(FILES)
    await other.inspect()
    // the second of the two rows that fought for one call was of another number; the agent of line 4 was 1002
    await other.put({
      'calls.csv': CALL_LIST.replace('13900000002,2026-03-02 11:00:40', '13900000099,2026-03-02 11:00:40')
        .replace('1009,A9', '1002,A8').replace('1001,A7,售后,呼入,主叫,,A\n13812345678', '1001,A8,售后,呼入,主叫,,A\n13812345678'),
      'tickets.csv': TICKETS.replace('09:01:08,13812345678', '09:30:00,13900000001'),
    })
    const done = await other.inspect()
    assert.equal(done.code, 0, done.stderr)
    const report = await other.report()
    const of = (line) => report.filter((r) => r.startsWith(`calls calls.csv:${line} `))
    assert.deepEqual(of(4), ['calls calls.csv:4 matched number_time R-3'])
    assert.ok(report.includes('calls calls.csv:5 matched number_time R-4'), report.join('\n'))
    const again = await serve(other.folder)
    assert.equal((await again.api('conversations/R-1')).body.agent, '王强')
    await again.stop()
  })

  test('a ticket that a call names carries its history, and its call-back is met', async () => {
    const other = await new Centre(folder, 'ticket').open()
    const named = CALL_LIST.replace('13900000004,2026-03-03 09:30:00,2026-03-03 09:30:10,1002,A8,回访,呼出,被叫,,B', '13900000004,2026-03-03 09:30:00,2026-03-03 09:30:10,1002,A8,回访,呼出,被叫,T-1,B')
    await other.put({ ...FILES, 'calls.csv': named })
    const done = await other.inspect()
    assert.equal(done.code, 0, done.stderr)
    const again = await serve(other.folder)
    const fields = Object.fromEntries((await again.api('conversations/R-6')).body.fields.map((f) => [f.name, f.value]))
    await again.stop()
    assert.equal(fields.ticket, 'T-1')
    assert.equal(fields['ticket.status'], '已结单')
    assert.equal(fields['ticket.kind'], '投诉')
    assert.ok((await other.report()).includes('tickets tickets.csv:3 matched ticket_row R-6'), (await other.report()).join('\n'))
    const owed = JSON.parse((await run('obligations', '--data', other.data, '--json')).stdout)
    assert.deepEqual(owed.obligations.map((o) => [o.ticket, o.state]), [['T-1', 'met']])
  })

  test('recordings whose names tell only the day, a call list with both numbers', async () => {
    const other = await new Centre(folder, 'days').open()
    const named = (id, day, number) => ({ ...call(id, '2026-03-02T00:00:00', number, { day }), started: undefined })
    await other.put({
      'talk.json': JSON.stringify([named('N-1', '2026-03-02', '13800000001'), named('N-2', '2026-03-02', '13800000002'), named('N-3', '2026-03-02', '13800000002'), named('N-4', '2026-03-03', '13800000004')]),
      'calls.mapping.json': JSON.stringify({ kind: 'calls', format: 'csv', time_format: 'yyyy/m/d h:mm', zone: '+08:00', columns: { caller: '主叫', called: '被叫', time: '开始', direction: '方向' } }),
      'calls.csv': '主叫,被叫,开始,方向\n13800000001,4008001234,2026/3/2 9:05,呼入\n4008001234,013800000002,2026/3/2 10:00,呼出\n1001,13800000004,2026/3/2 23:59,呼出\n1001,13800000004,2026/3/3 9:00,呼出\n',
    })
    const done = await other.inspect()
    assert.equal(done.code, 0, done.stderr)
    assert.deepEqual(await other.report(), [
      'calls calls.csv:2 matched number_day N-1', 'calls calls.csv:3 doubtful several ',
      'calls calls.csv:4 unmatched no_conversation ', 'calls calls.csv:5 matched number_day N-4',
    ])
    const again = await serve(other.folder)
    assert.equal((await again.api('conversations/N-1')).body.started_ms, Date.parse('2026-03-02T09:05:00+08:00'))
    await again.stop()
    await other.put({ 'more.csv': '主叫,被叫,开始,方向\n13800000001,4008001234,2026/3/2 21:00,呼入\n', 'more.mapping.json': JSON.stringify({ kind: 'calls', format: 'csv', time_format: 'yyyy/m/d h:mm', zone: '+08:00', columns: { caller: '主叫', called: '被叫', time: '开始', direction: '方向' } }) })
    await other.inspect()
    assert.ok((await other.report()).includes('calls calls.csv:2 doubtful another_record '))
  })

  test('rows that say nothing are refused with their line, the rest comes in', async () => {
    const other = await new Centre(folder, 'broken').open()
    await other.put({
      'roster.mapping.json': FILES['roster.mapping.json'],
      'roster.csv': ROSTER + ',,无名组,2026-01-01,,\nA9,张三,三组,2026-05-01,2026-04-01,\nA7,李晓芸,售后三组,2026-03-02,,高级\n',
      'talk.json': FILES['talk.json'],
    })
    const done = await other.inspect()
    assert.equal(done.code, 1)
    const refused = done.body.refused.map((r) => `${r.place}: ${r.reason}`)
    assert.deepEqual(refused.map((r) => r.split(':')[0]).sort(), ['line 5', 'line 6', 'line 7'])
    assert.match(refused.join('\n'), /names nobody/)
    assert.match(refused.join('\n'), /ends before it begins/)
    assert.equal(done.body.counts.records.new, 3)
    assert.equal(done.body.counts.records.refused, 3)
    assert.equal(done.body.counts.inspected, 6)
  })
})
