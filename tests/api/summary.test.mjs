import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CONVERSATIONS, RULES, START, inspect, open } from './callscope.mjs'

describe('summary, facets, status', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())

  test('every figure opens the conversations behind it', async () => {
    for (const filter of [{}, { agent: '王强' }, { channel: 'call' }, { q: 'T-M' }]) {
      const { body } = await store.api('summary', filter)
      const total = async (more) => (await store.api('conversations', { ...filter, ...more })).body.total
      assert.equal(body.conversations, await total({}))
      assert.equal(body.high_risk, await total({ high_risk: '1' }))
      for (const one of body.rules) {
        const good = { expect: 'met', never: 'clean', flag: 'not_noted' }[one.kind]
        const bad = { expect: 'missed', never: 'hit', flag: 'noted' }[one.kind]
        assert.equal(one.met, await total({ rule: one.rule, verdict: good }), `${one.rule} ${good}`)
        assert.equal(one.missed, await total({ rule: one.rule, verdict: bad }), `${one.rule} ${bad}`)
        assert.equal(one.undecided, await total({ rule: one.rule, verdict: 'undecided' }))
        assert.equal(one.not_applicable, await total({ rule: one.rule, verdict: 'not_applicable' }))
        assert.equal(one.met + one.missed + one.undecided + one.not_applicable, body.conversations)
      }
    }
  })

  test('means are of the scores that are shown', async () => {
    const { body } = await store.api('summary')
    const { items } = (await store.api('conversations')).body
    for (const [score, { mean, count }] of Object.entries(body.scores)) {
      const shown = items.map((item) => item.scores[score]).filter((value) => value !== null)
      assert.equal(count, shown.length)
      const expected = shown.length ? shown.reduce((sum, value) => sum + value, 0) / shown.length : null
      if (expected === null) assert.equal(mean, null)
      else assert.ok(Math.abs(mean - expected) < 0.051, `${score}: ${mean}, not ${expected}`)
    }
    assert.equal(body.worst[0].external_id, 'T-HIT')
    assert.deepEqual(body.worst.map((item) => item.external_id).sort(), ['T-HIT', 'T-MISSED'])
  })

  test('facets name what there is', async () => {
    const { body } = await store.api('facets')
    assert.deepEqual(body.channels, ['call', 'chat'])
    assert.deepEqual(body.agents.sort(), ['Ann', '李晓芸', '王强'].sort())
    assert.deepEqual(body.teams.sort(), ['售后一组', '售后二组'].sort())
    assert.deepEqual(body.queues.sort(), ['售前', '售后'].sort())
    assert.equal(body.from_ms, START)
    assert.equal(body.to_ms, START + 4 * 24 * 3600 * 1000)
    assert.deepEqual(body.rules.map((one) => [one.rule, one.kind]), [['apologise', 'expect'], ['no-blame', 'never'], ['give-up', 'flag']])
    assert.equal(body.rules[0].title.zh, '客户不满时致歉')
  })

  test('a new inspection is seen without a restart', async () => {
    const before = (await store.api('status')).body
    assert.deepEqual(before, { version: before.version, conversations: CONVERSATIONS.length, ruleset: before.ruleset, stale: 0 })
    assert.equal((await inspect(store.folder, CONVERSATIONS, RULES.replace('-10', '-20'))).code, 0)
    const now = (await store.api('status')).body
    assert.notEqual(now.ruleset, before.ruleset)
    assert.equal(now.stale, 0)
    assert.equal((await store.api('conversations/T-MISSED')).body.scores.experience, 80)
  })
})
