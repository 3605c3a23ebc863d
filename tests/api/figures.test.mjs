// Figures, trend, table, heat map and measures: every number opens the list it counts.
import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { CONVERSATIONS, RULES, START, conversation, makeFolder, run, serve } from './callscope.mjs'

const DAY = 24 * 3600 * 1000
const MIDNIGHT = Date.parse('2026-02-01T00:00:00Z')
const words = (zh, en) => ({ zh, en })
const measure = (id, rules, more) => ({ id, title: words('标题', id), formula: words('公式', 'formula'),
  numerator: words('分子', 'numerator'), denominator: words('分母', 'denominator'), rules, ...more })
const MEASURES = { measures: [
  measure('apologies', ['apologise'], { counts: 'met', target: 0.9 }),
  measure('trouble', ['no-blame', 'give-up', 'is-not-there'], { counts: 'missed', target: 0.5, order: 1 }),
  measure('of-later-rules', ['is-not-there'], { counts: 'met' }),
] }

let folder, server
const data = () => path.join(folder, 'data')

async function inspect(name, conversations) {
  await mkdir(path.join(folder, 'input'), { recursive: true })
  await writeFile(path.join(folder, 'input', name), JSON.stringify(conversations))
  const made = await run('inspect', path.join(folder, 'input', name), '--data', data(), '--rules', path.join(folder, 'pack'))
  assert.equal(made.code, 0, made.stderr)
}

/** More than one agent, day and month; the texts decide the verdicts. */
function many() {
  const texts = [['我要投诉你们', '非常抱歉'], ['我要投诉你们', '嗯', '好', '是的', '再见', '再见'], ['它坏了', '这是您的个人问题', '算了', '再见'],
    ['你好', '您好'], ['算了', '好的']]
  const agents = [['李晓芸', '售后二组'], ['王强', '售后一组'], ['Ann', undefined], [undefined, undefined]]
  return Array.from({ length: 60 }, (_, i) => {
    const [name, team] = agents[(i * 7) % 4]
    return conversation(`F-${i}`, texts[(i * 3) % 5], {
      started: new Date(START + ((i * 13) % 70) * DAY).toISOString(),
      channel: i % 3 ? 'chat' : 'call',
      queue: i % 2 ? '售后' : '售前',
      participants: [{ id: 'c1', role: 'customer' }, { id: 'a1', role: 'agent', ...(name ? { name } : {}), ...(team ? { team } : {}) }],
    })
  })
}

before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'pack'))
  await writeFile(path.join(folder, 'pack', 'test.rules'), RULES)
  await writeFile(path.join(folder, 'pack', 'measures.json'), JSON.stringify(MEASURES))
  await inspect('base.json', CONVERSATIONS)
  await inspect('many.json', many())
  server = await serve(folder)
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})

const ask = async (name, parameters) => {
  const answer = await server.api(name, parameters)
  assert.equal(answer.status, 200, `${name}: ${answer.text}`)
  return answer.body
}
const total = async (parameters) => (await ask('conversations', { ...parameters, limit: '1' })).total
/** As filters of the list: what a figure was asked with. */
const whole = (figures) => (figures.from_ms === null ? {} : { from: String(figures.from_ms), to: String(figures.to_ms) })
const FILTERS = [{}, { agent: '王强' }, { team: '售后二组', channel: 'chat' }, { channel: 'call,email' }, { queue: '售后' },
  { from: String(MIDNIGHT + 5 * DAY), to: String(MIDNIGHT + 40 * DAY) },
  { from: String(MIDNIGHT), to: String(MIDNIGHT + 28 * DAY), agent: '李晓芸' }]

test('an overview is that of the summary', async () => {
  for (const filter of FILTERS) {
    const figures = await ask('figures', filter)
    const summary = await ask('summary', filter)
    assert.equal(figures.is_settled, true)
    for (const key of ['conversations', 'scored', 'high_risk']) assert.equal(figures[key], summary[key], key)
    assert.deepEqual(figures.scores, summary.scores)
    assert.equal(figures.stale, 0)
    for (const rule of summary.rules) {
      const own = figures.measures.find((one) => one.id === `rule:${rule.rule}`)
      for (const key of ['met', 'missed', 'undecided', 'not_applicable']) assert.equal(own[key], rule[key], `${rule.rule} ${key}`)
    }
  }
})

test('measures of the pack: share, target, what they are made of', async () => {
  const { measures, zone_minutes } = await ask('figures')
  assert.equal(zone_minutes, 0)
  assert.deepEqual(measures.slice(0, 6).map((one) => one.id), ['trouble', 'apologies', 'high-risk', 'compliance', 'experience', 'risk'])
  const [trouble, apologies, risk] = measures
  assert.deepEqual(trouble.rules, ['no-blame', 'give-up'])
  assert.equal(trouble.missed, trouble.parts[0].missed + trouble.parts[1].missed)
  assert.equal(trouble.share, Number((trouble.missed / (trouble.met + trouble.missed)).toFixed(4)))
  assert.equal(trouble.direction, 'down')
  assert.equal(trouble.is_reached, trouble.share <= 0.5)
  assert.equal(trouble.drill, null)
  assert.deepEqual(apologies.drill, { rule: 'apologise', verdict: 'met' })
  assert.equal(apologies.share, Number((apologies.met / (apologies.met + apologies.missed)).toFixed(4)))
  assert.equal(risk.missed, await total({ high_risk: '1' }))
  assert.ok(apologies.not_applicable > 0)
})

test('every measure opens the conversations that it counts', async () => {
  for (const filter of FILTERS) {
    const figures = await ask('figures', filter)
    for (const one of figures.measures) {
      if (!one.drill?.rule) continue
      const counted = one.counts === 'missed' ? one.missed : one.met
      assert.equal(await total({ ...filter, ...one.drill }), counted, one.id)
    }
  }
})

test('every cell of the heat map opens its list', async () => {
  for (const by of ['agent', 'team', 'queue']) {
    const heat = await ask('figures/heat', { by, ...FILTERS[5] })
    assert.equal(heat.left_out, 0)
    assert.ok(heat.rules.length === 3 && heat.rows.length >= 2)
    const shares = heat.rules.map((one) => one.missed / (one.met + one.missed))
    assert.deepEqual(shares, [...shares].sort((a, b) => b - a))
    for (const row of heat.rows) {
      if (row.name === null) continue
      assert.equal(row.conversations, await total({ [by]: row.name, ...whole(heat) }))
      for (const [i, cell] of row.cells.entries()) {
        const { rule, verdict } = heat.rules[i]
        const counted = await total({ [by]: row.name, rule, verdict, ...whole(heat) })
        assert.equal(cell?.missed ?? 0, counted, `${row.name} ${rule}`)
      }
    }
  }
})

test('rows of the table add up to the overview', async () => {
  for (const by of ['agent', 'team', 'queue', 'channel']) {
    const table = await ask('figures/table', { by })
    const figures = await ask('figures')
    assert.equal(table.rows.reduce((sum, row) => sum + row.conversations, 0), figures.conversations)
    assert.equal(table.rows.reduce((sum, row) => sum + row.measures.apologies.met, 0), figures.measures[1].met)
    for (const row of table.rows) {
      if (row.name === null) continue
      const own = await ask('figures', { [by]: row.name })
      assert.equal(own.conversations, row.conversations)
      assert.deepEqual(own.scores, row.scores)
      assert.equal(own.measures[1].share, row.measures.apologies.share)
    }
  }
})

test('a trend by day, week and month holds every conversation with a time once', async () => {
  const figures = await ask('figures', { from: String(MIDNIGHT), to: String(MIDNIGHT + 90 * DAY) })
  for (const by of ['day', 'week', 'month']) {
    const trend = await ask('figures/trend', { by, measure: 'apologies', from: String(MIDNIGHT), to: String(MIDNIGHT + 90 * DAY) })
    assert.equal(trend.points[0].from_ms, MIDNIGHT)
    assert.equal(trend.points.at(-1).to_ms, MIDNIGHT + 90 * DAY)
    for (const [i, point] of trend.points.entries())
      if (i > 0) assert.equal(point.from_ms, trend.points[i - 1].to_ms)
    assert.equal(trend.points.reduce((sum, one) => sum + one.conversations, 0), figures.conversations)
    assert.equal(trend.points.reduce((sum, one) => sum + one.missed, 0), figures.measures[1].missed)
  }
  const months = await ask('figures/trend', { by: 'month', measure: 'conversations' })
  assert.deepEqual(months.points.map((one) => new Date(one.from_ms).getUTCMonth()), [1, 2, 3])
  assert.ok(months.points.every((one) => one.value === one.conversations))
  const scores = await ask('figures/trend', { by: 'month', measure: 'compliance' })
  assert.ok(scores.points.every((one) => one.value === null || (one.value >= 0 && one.value <= 100)))
})

test('the span before is counted beside it', async () => {
  const now = await ask('figures', { from: String(MIDNIGHT + 20 * DAY), to: String(MIDNIGHT + 40 * DAY) })
  const then = await ask('figures', { from: String(MIDNIGHT), to: String(MIDNIGHT + 20 * DAY) })
  assert.equal(now.before.conversations, then.conversations)
  assert.deepEqual(now.before.scores, then.scores)
  assert.equal(now.measures[1].before.share, then.measures[1].share)
  assert.equal((await ask('figures')).before, null)
})

test('a target is set, kept and given back to the pack', async () => {
  const put = async (id, body) => {
    const answer = await fetch(`${server.base}/api/v1/measures/${encodeURIComponent(id)}`, { method: 'PUT', body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }
  assert.equal((await put('apologies', { target: 0.2, was: 0.5 })).status, 409, 'another one than was seen is not overwritten')
  const set = await put('apologies', { target: 0.25, was: 0.9 })
  assert.equal(set.status, 200)
  assert.equal(set.body.target, 0.25)
  assert.equal(set.body.is_target_own, true)
  const figures = await ask('figures')
  assert.equal(figures.measures[1].target, 0.25)
  assert.equal(figures.measures[1].is_reached, figures.measures[1].share >= 0.25)
  assert.equal((await put('apologies', { target: null })).body.target, 0.9)
  assert.equal((await put('compliance', { target: 85 })).body.target, 85)
  assert.equal((await put('rule:no-blame', { target: 0.01 })).body.target, 0.01)
  for (const [id, body, status] of [['apologies', { target: 2 }, 400], ['apologies', { target: 'x' }, 400], ['apologies', {}, 400],
    ['compliance', { target: 101 }, 400], ['nobody', { target: 0.5 }, 404]]) {
    const refused = await put(id, body)
    assert.equal(refused.status, status, id)
    assert.ok(refused.body.error.remedy)
  }
  const { measures } = await ask('measures')
  assert.equal(measures.find((one) => one.id === 'compliance').target, 85)
  assert.equal(measures.some((one) => one.id === 'of-later-rules'), false)
})

test('what is asked wrongly is said', async () => {
  for (const [name, parameters] of [['figures', { from: '5', to: '5' }], ['figures', { q: 'x' }], ['figures/trend', { by: 'hour' }],
    ['figures/trend', { measure: 'nobody' }], ['figures/table', { by: 'rule' }], ['figures/heat', { by: 'channel' }],
    ['figures/trend', { by: 'day', from: '0' , to: String(MIDNIGHT) }]]) {
    const answer = await server.api(name, parameters)
    assert.equal(answer.status, 400, `${name} ${JSON.stringify(parameters)}: ${answer.text.slice(0, 200)}`)
    assert.ok(answer.body.error.message)
  }
  assert.equal((await ask('figures', { agent: 'nobody' })).conversations, 0)
  assert.deepEqual((await ask('figures/heat', { by: 'agent', agent: 'nobody' })).rows, [])
})

test('a corrected conversation moves from its old day and agent to the new ones', async () => {
  const earlier = await ask('figures/table', { by: 'agent' })
  await inspect('many.json', many().map((one) => (one.id === 'F-0' ? { ...one, started: new Date(START + 71 * DAY).toISOString(),
    participants: [{ id: 'c1', role: 'customer' }, { id: 'a1', role: 'agent', name: '新人', team: '售后一组' }] } : one)))
  const later = await ask('figures/table', { by: 'agent' })
  const count = (table, name) => table.rows.find((row) => row.name === name)?.conversations ?? 0
  assert.equal(count(later, '新人'), 1)
  assert.equal(count(later, '李晓芸'), count(earlier, '李晓芸') - 1)
  assert.equal(later.is_settled, true)
})

test('the command prints what the API answers', async () => {
  const told = await run('figures', '--data', data(), '--json', '--from', '2026-02-03', '--to', '2026-02-20', '--agent', '王强')
  const { counted_ms: _, ...api } = await ask('figures', { from: String(MIDNIGHT + 2 * DAY), to: String(MIDNIGHT + 20 * DAY), agent: '王强' })
  const { counted_ms: __, ...own } = JSON.parse(told.stdout)
  assert.deepEqual(own, api)
  assert.match((await run('figures', '--data', data())).stdout, /apologies/)
  assert.match((await run('figures', '--data', data(), '--by', 'team', '--recount')).stdout, /售后一组/)
  assert.equal((await run('figures', '--data', data(), '--from', 'yesterday')).code, 2)
})
