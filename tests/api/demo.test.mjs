// The demo's traps: each situation beside its look-alike, judged as a careful quality manager would (demo/README.md).
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from './callscope.mjs'

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..')
let data
let counts

before(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'callscope-demo-'))
  const said = await run('inspect', path.join(root, 'demo'), '--data', data, '--rules', path.join(root, 'packs'), '--json')
  assert.equal(said.code, 0, said.stderr)
  counts = JSON.parse(said.stdout).counts
})
after(() => rm(data, { recursive: true, force: true }))

/** The conversation, and the turns at which each of its rules found something for a person's eye. */
async function judged(id) {
  const { code, stdout, stderr } = await run('show', id, '--data', data, '--json')
  assert.equal(code, 0, stderr)
  const page = JSON.parse(stdout)
  const at = (verdict) => Object.fromEntries(page.rules.filter((rule) => rule.verdict === verdict)
    .map((rule) => [rule.rule, rule.findings.filter((one) => one.verdict === verdict).map((one) => one.at.turn)]))
  return { ...page, hit: at('hit'), missed: at('missed'), noted: at('noted'), clean: at('clean') }
}

const isSpotless = ({ scores, hit, missed }) => {
  assert.deepEqual({ hit, missed }, { hit: {}, missed: {} })
  assert.deepEqual(scores, { compliance: 100, experience: 100, risk: 0 })
}

describe('the demo', () => {
  test('holds what it promises', () => {
    assert.ok(counts.inspected >= 50)
    assert.equal(counts.read, counts.expected)
    assert.equal(counts.refused, 0)
  })

  test('its lists find their calls; a complaint that was closed and not called back is owed', async () => {
    assert.deepEqual(counts.records, { read: 33, new: 33, changed: 0, unchanged: 0, refused: 0, retired: 0 })
    const joins = JSON.parse((await run('joins', '--data', data, '--json')).stdout)
    assert.deepEqual(joins.counts, {
      calls: { matched: 3, doubtful: 0, unmatched: 1 }, tickets: { matched: 5, doubtful: 0, unmatched: 1 },
      satisfaction: { matched: 10, doubtful: 0, unmatched: 1 }, roster: { matched: 12, doubtful: 0, unmatched: 0 },
    })
    const { obligations } = JSON.parse((await run('obligations', '--data', data, '--json')).stdout)
    assert.deepEqual(obligations.map((o) => [o.ticket, o.state]), [['T-60206-118', 'missed']])
    const fields = Object.fromEntries((await judged('D-AC-0214-01')).fields.map((f) => [f.name, f.value]))
    assert.equal(fields.satisfaction, '1')
    assert.equal(fields['ticket.status'], '已结单')
    assert.equal(fields.level, '中级')
    const { people } = JSON.parse((await run('people', '13800002071', '--data', data, '--json')).stdout)
    assert.deepEqual(people.map((p) => p.identities.map((i) => i.value).sort()), [['13800002071', 'K-2071']]) // by the call list
  })

  test('the third call about a leak: blame is hit, 不好意思请问 is no apology', async () => {
    const third = await judged('D-AC-0214-01')
    assert.ok(third.high_risk)
    assert.deepEqual(third.hit['no-blame'], [12, 14])
    assert.ok('apologise' in third.missed && 'repeat-contact' in third.noted)
    const near = third.rules.find(({ rule }) => rule === 'apologise').findings[0].evidence.find(({ kind }) => kind === 'near_miss')
    assert.equal(near.matched, '不好意思')
    assert.equal(near.why, 'excused')
  })

  test('a fridge mended remotely is clean, 过保修不了 is a flat refusal', async () => {
    isSpotless(await judged('D-FR-0109-01'))
    const refused = await judged('D-FR-0113-01')
    assert.ok('no-flat-refusal' in refused.missed && 'stepwise' in refused.missed)
  })

  test('denied and asked 个人问题 are clean, polite blame without a listed word is found', async () => {
    isSpotless(await judged('D-WM-0116-01'))
    const polite = await judged('D-WH-0119-01')
    assert.ok('no-soft-blame' in polite.hit && !('no-blame' in polite.hit))
  })

  test('asking for a refund owes no apology, 抱歉,退不了 is a refusal all the same', async () => {
    isSpotless(await judged('D-EC-0105-01'))
    assert.ok('no-flat-refusal' in (await judged('D-EC-0106-01')).missed)
  })

  test('不是终身保修 is clean, a promised 终身保修 is hit', async () => {
    isSpotless(await judged('D-RH-0121-01'))
    assert.ok('no-false-promise' in (await judged('D-RH-0122-01')).hit)
  })

  test('a customer who gives up quietly is noted, and accuses nobody', async () => {
    for (const id of ['D-AC-0112-01', 'D-EC-0125-01']) assert.ok('silent-discontent' in (await judged(id)).noted, id)
  })

  test('three times 稍等 is stuck, repeating after 没听清 is not', async () => {
    assert.ok('stuck' in (await judged('D-EC-0107-01')).hit)
    isSpotless(await judged('D-EC-0107-02'))
  })

  test('the apology of a bot is nobody\'s: both people owe one', async () => {
    const { missed } = await judged('D-EC-0109-01')
    assert.equal(missed.apologise.length, 2)
    assert.ok('apologise-after-bot' in missed)
  })

  test('an abused but perfect agent loses nothing', async () => {
    isSpotless(await judged('D-WH-0204-01'))
    isSpotless(await judged('D-EC-0126-01'))
  })

  test('a call dropped after ten seconds: nothing applies', async () => {
    const dropped = await judged('D-XX-0118-01')
    assert.deepEqual([...new Set(dropped.rules.map(({ verdict }) => verdict))].sort(), ['not_applicable', 'not_noted'])
    assert.equal(dropped.scores.compliance, null)
    assert.equal(dropped.scores.experience, null)
  })
})
