// What changed on the last full day and why: every part is recounted from the list, and all parts of a measure are its change.
import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { RULES, conversation, makeFolder, run, serve } from './callscope.mjs'

const DAY = 24 * 3600 * 1000
/** Of the last day; it lies in the past, so that it is a full one. */
const LAST = Date.parse('2026-03-18T00:00:00Z')
const words = (zh, en) => ({ zh, en })
const MEASURES = { measures: [
  { id: 'apologies', title: words('致歉率', 'Apologies'), formula: words('公式', 'f'), numerator: words('分子', 'n'), denominator: words('分母', 'd'), rules: ['apologise'], counts: 'met', target: 0.9 },
  { id: 'trouble', title: words('麻烦', 'Trouble'), formula: words('公式', 'f'), numerator: words('分子', 'n'), denominator: words('分母', 'd'), rules: ['no-blame', 'apologise'], counts: 'missed', target: 0.1 },
] }
const SAID = { sorry: ['我要投诉你们', '非常抱歉'], silent: ['我要投诉你们', '嗯', '好', '是的', '再见', '再见'], blame: ['它坏了', '这是您的个人问题', '再见', '再见'], fine: ['你好', '您好', '再见', '再见'] }
const AGENTS = [['李晓芸', '售后二组'], ['王强', '售后一组'], ['Ann', undefined], [undefined, undefined]]

let folder, server, made = 0

function one(day, kind, agent, more = {}) {
  const [name, team] = AGENTS[agent]
  made++
  return conversation(`W-${made}`, SAID[kind], {
    started: new Date(LAST - day * DAY + 9 * 3600e3 + (made * 37 % 500) * 60e3).toISOString(),
    channel: made % 3 ? 'chat' : 'call', queue: made % 2 ? '售后' : '售前',
    participants: [{ id: 'c1', role: 'customer' }, { id: 'a1', role: 'agent', ...(name ? { name } : {}), ...(team ? { team } : {}) }],
    ...more,
  })
}

/** On the last day 李晓芸 takes more complaints and stops saying sorry; the others go on as before. */
function week() {
  const list = []
  const add = (day, kind, agent, count) => {
    for (let i = 0; i < count; i++) list.push(one(day, kind, agent))
  }
  for (const day of [1, 7, 14, 21, 28, 35]) {
    add(day, 'sorry', 0, 27 + day % 3)
    add(day, 'silent', 0, 3)
    add(day, 'sorry', 1, 28)
    add(day, 'silent', 1, 2)
    add(day, 'fine', 2, 20)
    add(day, 'blame', 2, 2)
    add(day, 'sorry', 3, 4)
  }
  add(0, 'sorry', 0, 20)
  add(0, 'silent', 0, 30)
  add(0, 'sorry', 1, 28)
  add(0, 'silent', 1, 2)
  add(0, 'fine', 2, 21)
  add(0, 'blame', 2, 2)
  return list
}

before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'pack'))
  await writeFile(path.join(folder, 'pack', 'test.rules'), RULES)
  await writeFile(path.join(folder, 'pack', 'measures.json'), JSON.stringify(MEASURES))
  await writeFile(path.join(folder, 'week.json'), JSON.stringify(week()))
  const read = await run('inspect', path.join(folder, 'week.json'), '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'pack'))
  assert.equal(read.code, 0, read.stderr)
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
const count = async (parameters) => (await ask('conversations', { ...parameters, limit: '1' })).total
const near = (a, b, why) => assert.ok(Math.abs(a - b) < 2e-6, `${why}: ${a} is not ${b}`)
const of = (day) => ({ from: String(day.from_ms), to: String(day.to_ms) })

test('the last full day, the day before, and what moved beyond chance', async () => {
  const found = await ask('figures/changes')
  assert.equal(found.day.from_ms, LAST)
  assert.equal(found.before.from_ms, LAST - DAY)
  assert.equal(found.usual_days, 5)
  assert.equal(found.is_settled, true)
  assert.equal(found.day.conversations, await count(of(found.day)))
  const apologies = found.measures.find((measure) => measure.id === 'apologies')
  assert.ok(apologies, 'it moved')
  assert.equal(apologies.is_beyond_chance, true)
  assert.equal(apologies.is_unusual, true)
  assert.ok(apologies.interval.high < 0 && apologies.change < 0)
  assert.equal(apologies.usual.days, 5)
  assert.ok(!found.measures.some((measure) => measure.id === 'rule:apologise'), 'told once')
  assert.ok(!found.measures.some((measure) => measure.id === 'rule:no-blame'), 'what did not move is not told')
  assert.ok(found.calm > 0)
  assert.equal(apologies.parts.agent.list[0].name, '李晓芸')
  assert.ok(apologies.parts.agent.list[0].part > 0.9)
})

test('each part is that of a recount, and all parts are the change', async () => {
  const days = await ask('figures/changes')
  const { measures } = await ask('figures')
  let compared = 0
  for (const { id, drill } of measures.filter((measure) => measure.unit === 'share')) {
    const [found] = (await ask('figures/changes', { measure: id })).measures
    if (found.change === null) continue
    near(found.change, found.of / found.among - found.of_before / found.among_before, id)
    for (const [by, parts] of Object.entries(found.parts)) {
      let sum = parts.rest.contribution
      for (const part of parts.list) {
        sum += part.contribution
        near(part.contribution, part.within + part.mix, `${id} ${by}`)
        if (!drill?.rule || by === 'rule' || !part.name) continue
        compared++
        assert.equal(part.of, await count({ ...of(days.day), ...drill, [by]: part.name }), `${id} ${by} ${part.name}`)
        assert.equal(part.of_before, await count({ ...of(days.before), ...drill, [by]: part.name }), `${id} ${by} ${part.name}`)
      }
      near(sum, found.change, `${id} by ${by}`)
      assert.equal(parts.list.reduce((all, part) => all + part.among, 0), found.among, `${id} by ${by}: nobody is left out`)
    }
  }
  assert.ok(compared > 20)
})

test('a measure of several rules says what each rule has to do with it', async () => {
  const [trouble] = (await ask('figures/changes', { measure: 'trouble' })).measures
  assert.deepEqual(trouble.parts.rule.list.map((part) => part.rule).sort(), ['apologise', 'no-blame'])
  assert.equal(trouble.parts.rule.list[0].rule, 'apologise')
})

test('how many there were, and whose they are', async () => {
  const { conversations, day } = await ask('figures/changes')
  const [first] = conversations.parts.agent.list
  assert.equal(first.name, '李晓芸')
  assert.equal(conversations.value - conversations.before, conversations.parts.agent.list.reduce((sum, part) => sum + part.contribution, 0))
  assert.equal(first.of, await count({ ...of(day), agent: first.name }))
})

test('whom one asks about, and which day', async () => {
  const calm = await ask('figures/changes', { agent: '王强' })
  assert.deepEqual(calm.measures, [])
  assert.equal(calm.day.conversations, 30)
  const earlier = await ask('figures/changes', { day: String(LAST - DAY + 3600e3) })
  assert.equal(earlier.day.from_ms, LAST - DAY)
  assert.equal(earlier.before.from_ms, LAST - 7 * DAY)
  const first = await ask('figures/changes', { day: String(LAST - 35 * DAY) })
  assert.equal(first.before, null)
  assert.equal(first.conversations.before, null)
  for (const wrong of [{ measure: 'nothing' }, { day: 'x' }]) assert.equal((await server.api('figures/changes', wrong)).status, 400)
})

test('the worst and the best: enough conversations, beyond chance, with the rule that makes them so', async () => {
  const ranking = await ask('figures/ranking')
  const { rows } = await ask('figures/heat')
  assert.equal(ranking.compared + ranking.too_few, rows.filter((row) => row.name).length)
  assert.equal(ranking.worst[0].name, '李晓芸')
  assert.deepEqual(ranking.worst[0].rules.map((rule) => rule.rule), ['apologise'])
  assert.equal(ranking.worst[0].rules[0].missed, await count({ agent: '李晓芸', rule: 'apologise', verdict: 'missed' }))
  const { low, share, high } = ranking.worst[0]
  assert.ok(low < share && share < high && share > ranking.share)
  for (const best of ranking.best) assert.ok(best.share < ranking.share)
  const teams = await ask('figures/ranking', { by: 'team' })
  assert.equal(teams.by, 'team')
  assert.equal((await server.api('figures/ranking', { by: 'rule' })).status, 400)
})
