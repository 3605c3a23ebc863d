// What a recogniser wrote down: its words with how sure they are, which model it was, and what stood there before.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RULES, conversation, inspect, open, run } from './callscope.mjs'

const SHA = 'ab'.repeat(32)
const words = (list) => {
  let offset = 0
  return list.map(([text, start_ms, confidence, sounds]) => {
    const word = { offset, length: [...text].length, start_ms, end_ms: start_ms + 400, confidence, ...(sounds ? { sounds } : {}) }
    offset += word.length
    return word
  })
}
const recognised = (id, model, complaint, more = {}) => conversation(id, [], {
  recognised: { model, version: '1.13.8', sha256: SHA, rate_hz: 8000, at: '2026-02-01T12:00:00+08:00' },
  turns: [
    { from: 'c1', start_ms: 0, end_ms: 1600, text: complaint.map(([text]) => text).join(''), words: words(complaint) },
    { from: 'a1', start_ms: 5000, end_ms: 5800, text: '请讲', words: words([['请讲', 5000, 0.98]]) },
  ],
  ...more,
})
const SURE = [['我要', 0, 0.99, 'wo3 yao4'], ['投诉', 400, 0.93, 'tou2 su4'], ['你们', 900, 0.3, 'ni3 men5']]
const UNSURE = [['我要', 0, 0.99, 'wo3 yao4'], ['投诉', 400, 0.31, 'tou2 su4'], ['你们', 900, 0.97, 'ni3 men5']]

describe('a transcript that was recognised', () => {
  let store
  before(async () => {
    store = await open([
      recognised('R-SURE', 'small', SURE), recognised('R-UNSURE', 'small', UNSURE), conversation('R-GIVEN', ['我要投诉你们', '好']),
      recognised('R-PHONE', 'small', [['电话', 0, 0.9, 'dian4 hua4'], ['13812345678', 500, 0.9, 'yi1 san1 ba1']]),
    ])
  })
  after(() => store.close())
  const load = async (id) => (await store.get(`/api/v1/conversations/${id}`)).body
  const verdict = (page) => page.rules.find((one) => one.rule === 'apologise').verdict

  test('tells its words, when they were said and how sure they are', async () => {
    const page = await load('R-SURE')
    assert.deepEqual(page.turns[0].words, [[0, 2, 0, 400, 0.99], [2, 2, 400, 800, 0.93], [4, 2, 900, 1300, 0.3]])
    assert.equal((await load('R-GIVEN')).turns[0].words, undefined)
  })

  test('names its model, and says when and how sure', async () => {
    const { transcript } = await load('R-SURE')
    assert.deepEqual({ ...transcript, recognised_ms: 0 }, {
      model: 'small', version: '1.13.8', sha256: SHA, rate_hz: 8000, recognised_ms: 0, timeline_version: 1, turns: 2, words: 4, unsure: 1,
      confidence: 0.8, limit: 0.5, moved: { placed: 0, nearest: 0 }, earlier: [],
    })
    assert.equal((await load('R-GIVEN')).transcript, null)
  })

  test('a word that is not sure carries no verdict, another one does', async () => {
    assert.equal(verdict(await load('R-SURE')), 'missed')
    assert.equal(verdict(await load('R-UNSURE')), 'undecided')
  })

  test('how a covered number sounded is covered too', async () => {
    const page = await load('R-PHONE')
    assert.ok(!JSON.stringify(page).includes('13812345678'))
    assert.ok(!JSON.stringify(page).includes('yi1'))
  })

  test('goes out with its words, their sounds and its model, and comes in again', async () => {
    const exported = await run('export', '--data', path.join(store.folder, 'data'), '--format', 'json')
    const one = JSON.parse(exported.stdout).find((each) => each.id === 'R-SURE')
    assert.deepEqual(one.turns[0].words, words(SURE))
    assert.deepEqual({ ...one.recognised, at: Date.parse(one.recognised.at) },
      { model: 'small', version: '1.13.8', sha256: SHA, rate_hz: 8000, at: Date.parse('2026-02-01T12:00:00+08:00') })
    await inspect(store.folder, [one])
    assert.equal((await load('R-SURE')).inspection.timeline_version, 1)
  })

  test('the same words recognised again later are no other transcript; a better model\'s supersede them', async () => {
    const again = recognised('R-SURE', 'small', SURE)
    again.recognised.at = '2026-03-01T12:00:00+08:00'
    await inspect(store.folder, [again])
    assert.equal((await load('R-SURE')).transcript.timeline_version, 1)
    await inspect(store.folder, [recognised('R-SURE', 'large', UNSURE)])
    const page = await load('R-SURE')
    assert.equal(page.inspection.timeline_version, 2)
    assert.equal(page.transcript.model, 'large')
    assert.deepEqual(page.transcript.earlier.map((one) => [one.model, one.timeline_version]), [['small', 1]])
    assert.equal(verdict(page), 'undecided')
    await inspect(store.folder, [conversation('R-SURE', ['我要投诉你们', '好'])]) // the centre's own text
    assert.equal((await load('R-SURE')).transcript, null)
  })

  test('what people decided goes along to where it is said now', async () => {
    const turn = (from, start_ms, text) => ({ from, start_ms, end_ms: start_ms + 900, text, words: words([[text, start_ms, 0.9]]) })
    const call = (model, turns) => recognised('R-MOVED', model, SURE, { turns })
    const send = (method, what, body) => fetch(`${store.base}/api/v1/conversations/R-MOVED/${what}`, {
      method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    }).then(async (answer) => { assert.ok(answer.ok, await answer.clone().text()); return answer.json() })
    await inspect(store.folder, [call('small', [turn('a1', 0, '你好'), turn('c1', 2000, '我要投诉'), turn('a1', 5000, '这是个人问题'), turn('a1', 20000, '再见')])])
    await send('PUT', 'judgements', { rule: 'no-blame', turn: 3, answer: 'agree' })
    await send('PUT', 'judgements', { rule: 'no-blame', turn: 3, answer: 'wrong', reason: 'quoted' })
    await send('POST', 'comments', { turn: 3, from: 2, to: 4, body: '语气' })
    await send('POST', 'comments', { turn: 4, body: '没有结束语' })
    const ordered = await fetch(`${store.base}/api/v1/orders`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ findings: [{ conversation: (await load('R-MOVED')).id, rule: 'no-blame', turn: 3 }] }),
    })
    assert.equal((await ordered.json()).opened.length, 1)
    await inspect(store.folder, [call('large', [turn('a1', 0, '你好'), turn('c1', 1900, '我要'), turn('c1', 2500, '投诉'), turn('a1', 5100, '嗯这是您的个人问题')])])
    const page = await load('R-MOVED')
    assert.deepEqual([page.transcript.model, page.transcript.moved], ['large', { placed: 3, nearest: 1 }])
    const { items } = (await store.api('orders')).body
    assert.deepEqual(items.map((one) => [one.rule, one.turn]), [['no-blame', 4]])
    const { judgements, comments } = (await store.get('/api/v1/conversations/R-MOVED/judgements')).body
    assert.deepEqual(judgements.map((one) => [one.answer, one.turn, one.stands]), [['wrong', 4, true], ['agree', 4, false]])
    assert.deepEqual(comments.map((one) => [one.body, one.turn, one.from, one.to]), [['语气', 4, 5, 7], ['没有结束语', 4, null, null]])
  })

  test('a broken recognition is refused with its place', async () => {
    const bad = recognised('R-BAD', 'small', SURE)
    bad.recognised.sha256 = 'xyz'
    await writeFile(path.join(store.folder, 'bad.json'), JSON.stringify([bad]))
    await writeFile(path.join(store.folder, 'bad.rules'), RULES)
    const made = await run('inspect', path.join(store.folder, 'bad.json'), '--data', path.join(store.folder, 'other'), '--rules', path.join(store.folder, 'bad.rules'))
    assert.match(made.stderr + made.stdout, /recognised|sha256/)
    assert.notEqual(made.code, 0)
  })
})
