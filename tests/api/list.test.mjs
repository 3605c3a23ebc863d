import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CONVERSATIONS, START, open } from './callscope.mjs'

const DAY = 24 * 3600 * 1000

describe('the list', () => {
  let store
  before(async () => { store = await open() })
  after(() => store.close())

  const list = async (parameters) => {
    const answer = await store.api('conversations', parameters)
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const ids = async (parameters) => {
    const page = await list(parameters)
    assert.equal(page.total, page.items.length)
    assert.equal(page.total_is_exact, true)
    assert.equal(page.next, null)
    return page.items.map((item) => item.external_id)
  }

  test('the newest first, unknown times last', async () => {
    assert.deepEqual(await ids({}), ['T-CHAT', 'T-HIT', 'T-MISSED', 'T-MET', 'T-PLAIN', 'T/UNKNOWN 100%'])
    assert.deepEqual(await ids({ sort: 'started' }), ['T-PLAIN', 'T-MET', 'T-MISSED', 'T-HIT', 'T-CHAT', 'T/UNKNOWN 100%'])
  })

  test('an item holds what the list shows', async () => {
    const { items } = await list({ agent: '李晓芸', rule: 'apologise' })
    assert.equal(items.length, 1)
    const { id, ...item } = items[0]
    assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/)
    assert.deepEqual(item, {
      external_id: 'T-MISSED', title: '我要投诉你们', channel: 'call', started_ms: START + 2 * DAY, duration_ms: 30000, turns: 6,
      agent: '李晓芸', team: '售后二组', queue: '售后', customer: null,
      scores: { compliance: null, experience: 90, risk: 0 }, decided_share: item.decided_share, high_risk: false, has_recording: false,
      seen_ms: null, judged: 0,
      counts: { hit: 0, missed: 1, undecided: 0, noted: 0, met: 1 },
      worst: [{ rule: 'apologise', title: { zh: '客户不满时致歉', en: 'Apologise when the customer is upset' }, verdict: 'missed' }],
    })
  })

  test('what is unknown is null', async () => {
    const [item] = (await list({ agent: 'Ann' })).items
    for (const name of ['started_ms', 'team', 'queue', 'customer']) assert.equal(item[name], null, name)
    assert.equal(item.title, 'Says "hello" & <b>')
    assert.equal((await list({ channel: 'chat' })).items[0].duration_ms, null)
  })

  test('each filter chooses', async () => {
    const cases = [
      [{ channel: 'chat' }, ['T-CHAT']],
      [{ channel: 'chat,email' }, ['T-CHAT']],
      [{ agent: '王强' }, ['T-CHAT', 'T-HIT']],
      [{ team: '售后一组' }, ['T-CHAT', 'T-HIT']],
      [{ queue: '售前' }, ['T-HIT']],
      [{ high_risk: '1' }, ['T-HIT']],
      [{ from: START + 2 * DAY, to: START + 4 * DAY }, ['T-HIT', 'T-MISSED']],
      [{ score: 'experience', max: '95' }, ['T-MISSED']],
      [{ score: 'risk', min: '55', max: '55' }, ['T-HIT']],
      [{ rule: 'apologise' }, ['T-MISSED']],
      [{ rule: 'apologise', verdict: 'met' }, ['T-MET']],
      [{ rule: 'apologise', verdict: 'not_applicable', agent: '王强' }, ['T-CHAT', 'T-HIT']],
      [{ rule: 'no-blame', verdict: 'hit' }, ['T-HIT']],
      [{ rule: 'no-blame', verdict: 'clean', agent: '王强' }, ['T-CHAT']],
      [{ rule: 'give-up' }, ['T-HIT']],
      [{ verdict: 'missed' }, ['T-MISSED']],
      [{ verdict: 'noted' }, ['T-HIT']],
      [{ q: 'MET' }, ['T-MET']],
      [{ q: '100%' }, ['T/UNKNOWN 100%']],
      [{ q: '1_0' }, []],
      [{ q: '订单' }, ['T-PLAIN']],
      [{ q: 'K-1' }, ['T-PLAIN']],
      [{ q: '王' }, ['T-CHAT', 'T-HIT']],
      [{ agent: '', channel: '' , q: '' , rule: 'no-such-rule' }, []],
    ]
    for (const [parameters, expected] of cases) assert.deepEqual(await ids(parameters), expected, JSON.stringify(parameters))
  })

  test('scores sort, unknown ones last', async () => {
    const order = (await list({ sort: '-risk' })).items.map((item) => item.scores.risk)
    assert.deepEqual([...order].sort((a, b) => b - a), order)
    const experience = (await list({ sort: 'experience' })).items.map((item) => item.scores.experience)
    const known = experience.filter((score) => score !== null)
    assert.deepEqual(experience.slice(0, known.length), known)
    assert.deepEqual([...known].sort((a, b) => a - b), known)
  })

  test('pages join without gap or repeat', async () => {
    for (const sort of ['-started', 'started', 'compliance', '-experience', '-risk']) {
      const whole = await ids({ sort })
      for (const limit of [1, 2, 5]) {
        const joined = []
        let next = null
        do {
          const page = await list({ sort, limit, ...(next ? { after: next } : {}) })
          assert.equal(page.total, CONVERSATIONS.length)
          assert.ok(page.items.length <= limit)
          joined.push(...page.items.map((item) => item.external_id))
          next = page.next
        } while (next)
        assert.deepEqual(joined, whole, `${sort}, ${limit} a page`)
      }
    }
  })

  test('neighbours follow the list', async () => {
    const { items } = await list({ sort: 'started' })
    for (const [i, item] of items.entries()) {
      const answer = await store.api(`conversations/${encodeURIComponent(item.external_id)}/neighbours`, { sort: 'started' })
      assert.deepEqual(answer.body, {
        previous: items[i - 1]?.id ?? null, previous_is_known: true, next: items[i + 1]?.id ?? null, next_is_known: true,
        position: i + 1, total: items.length, total_is_exact: true,
      })
    }
    const outside = await store.api('conversations/T-HIT/neighbours', { channel: 'chat' })
    assert.deepEqual(outside.body, {
      previous: null, previous_is_known: true, next: null, next_is_known: true, position: null, total: 1, total_is_exact: true,
    })
  })
})
