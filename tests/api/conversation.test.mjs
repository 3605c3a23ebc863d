import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { START, open } from './callscope.mjs'

describe('one conversation', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())

  const load = async (id) => {
    const answer = await store.get(`/api/v1/conversations/${encodeURIComponent(id)}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const rule = (page, name) => page.rules.find((one) => one.rule === name)

  test('is found by the centre\'s id and by ours, also with odd characters', async () => {
    const page = await load('T/UNKNOWN 100%')
    assert.equal(page.external_id, 'T/UNKNOWN 100%')
    assert.deepEqual(await load(page.id), page)
    assert.equal((await store.api('conversations/nobody')).status, 404)
  })

  test('shows the whole timeline', async () => {
    const page = await load('T-MET')
    assert.equal(page.started_ms, START + 24 * 3600 * 1000)
    assert.equal(page.zone_minutes, 480)
    assert.equal(page.is_timed, true)
    assert.equal(page.duration_ms, 10000)
    assert.match(page.source, /conversations\.json$/)
    assert.deepEqual(page.participants, [
      { id: 'c1', role: 'customer', name: null, team: null }, { id: 'a1', role: 'agent', name: '李晓芸', team: '售后二组' },
    ])
    assert.deepEqual(page.turns[1], {
      index: 2, participant: 1, role: 'agent', start_ms: 5000, end_ms: 9000, text: '非常抱歉给您带来不便', confidence: null,
    })
    assert.deepEqual(page.events, [{ kind: 'hang-up', at_ms: 10000, after_turn: 2, participant: 0 }])
    assert.deepEqual(page.fields, [{ name: 'product', value: 'KF-35' }, { name: 'vip', value: true }, { name: 'price', value: 19.5 }])
    assert.match(page.inspection.ruleset, /^[0-9a-f]{32}$/)
    assert.equal(page.inspection.timeline_version, 1)
    const untimed = await load('T-CHAT')
    assert.equal(untimed.is_timed, false)
    assert.equal(untimed.turns[0].start_ms, null)
  })

  test('a met rule shows what met it', async () => {
    const apologise = rule(await load('T-MET'), 'apologise')
    assert.equal(apologise.verdict, 'met')
    assert.deepEqual(apologise.effects, [{ score: 'experience', points: -10 }])
    assert.match(apologise.text, /^rule apologise/)
    assert.equal(apologise.findings.length, 1)
    assert.equal(apologise.findings[0].number, null)
    const match = apologise.findings[0].evidence.find((one) => one.kind === 'match')
    assert.equal(match.turn, 2)
    assert.equal(match.matched, '抱歉')
    assert.deepEqual([match.from, match.to], [2, 4])
  })

  test('a missed rule shows the window that was searched', async () => {
    const page = await load('T-MISSED')
    const [finding] = rule(page, 'apologise').findings
    assert.equal(finding.verdict, 'missed')
    assert.equal(finding.reason, 'absent')
    assert.equal(finding.number, 1)
    assert.equal(finding.participant, 1)
    const trigger = finding.evidence.find((one) => one.kind === 'trigger')
    assert.deepEqual([trigger.turn, trigger.matched, trigger.from, trigger.to], [1, '投诉', 2, 4])
    const window = finding.evidence.find((one) => one.kind === 'window')
    assert.equal(window.turn, 1)
    assert.equal(window.turns_searched, 2)
    assert.equal(window.closed_by, 'turns')
  })

  test('numbers go through the conversation, and the arithmetic names them', async () => {
    const page = await load('T-HIT')
    assert.deepEqual(page.rules.map((one) => one.rule), ['apologise', 'no-blame', 'give-up'])
    assert.deepEqual(page.rules.map((one) => one.verdict), ['not_applicable', 'hit', 'noted'])
    assert.equal(rule(page, 'no-blame').findings[0].number, 1)
    assert.equal(rule(page, 'give-up').findings[0].number, 2)
    assert.deepEqual(page.tags, ['沉默不满'])
    assert.equal(page.high_risk, true)
    const { risk } = page.arithmetic
    assert.equal(risk.start, 0)
    assert.equal(risk.total, 55)
    assert.deepEqual(risk.terms.map(({ rule: name, points, finding }) => [name, points, finding]), [['no-blame', 40, 1], ['give-up', 15, 2]])
  })

  test('the list and the page tell the same scores', async () => {
    for (const item of (await store.api('conversations')).body.items) {
      const page = await load(item.external_id)
      assert.deepEqual(page.scores, item.scores)
      assert.equal(page.decided_share, item.decided_share)
      assert.equal(page.high_risk, item.high_risk)
      for (const [score, sum] of Object.entries(page.arithmetic)) assert.equal(sum.total, page.scores[score])
      const verdicts = page.rules.map((one) => one.verdict)
      const count = (...names) => verdicts.filter((verdict) => names.includes(verdict)).length
      assert.deepEqual(item.counts, {
        hit: count('hit'), missed: count('missed'), undecided: count('undecided'), noted: count('noted'), met: count('met', 'clean'),
      })
    }
  })
})
