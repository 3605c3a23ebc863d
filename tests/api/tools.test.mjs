// The tools around the rule language: backtest, explain, stats, test --mutate. Each is run as people run it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CONVERSATIONS, RULES, conversation, inspect, makeFolder, ofSqliteAlone, run, serve } from './callscope.mjs'

let folder, data, server

// T-MISSED complains and hears nothing: 20 more of them, so that samples have something to choose from.
const MANY = Array.from({ length: 20 }, (_, i) =>
  conversation(`M-${i}`, i % 2 ? ['我要投诉', '嗯', '快点', '啊', '真慢', '抱歉'] : ['你好', '您好', '算了', '好的']))

async function rules(name, text) {
  const file = path.join(folder, name)
  await mkdir(file, { recursive: true })
  await writeFile(path.join(file, 'test.rules'), text)
  return file
}

async function stateOfStore() {
  return createHash('sha256').update(await readFile(path.join(data, 'callscope.db'))).digest('hex')
}

before(async () => {
  folder = await makeFolder()
  data = path.join(folder, 'data')
  const made = await inspect(folder, [...CONVERSATIONS, ...MANY])
  assert.equal(made.code, 0, made.stderr)
  server = await serve(folder)
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

describe('rules backtest', () => {
  const changed = RULES.replace('within 2 agent turns', 'within 3 agent turns')

  test('says what changes, and in whom', async () => {
    const { code, stdout, stderr } = await run('rules', 'backtest', 'stored', await rules('wider', changed), '--data', data, '--json')
    assert.equal(code, 0, stderr)
    const told = JSON.parse(stdout)
    assert.equal(told.conversations, CONVERSATIONS.length + MANY.length)
    assert.equal(told.partial, false)
    assert.deepEqual([told.rules.same, told.rules.changed, told.rules.added, told.rules.removed], [2, 1, 0, 0])
    const [rule] = told.changes
    assert.equal(rule.rule, 'apologise')
    assert.equal(rule.no_longer, 10) // every second of MANY apologises in the third turn
    assert.equal(rule.newly_missed, 0)
    assert.equal(rule.old.found - rule.new.found, 10)
    assert.ok(rule.new.low < rule.new.rate && rule.new.rate < rule.new.high)
    assert.equal(told.scores.experience.changed, 10)
    assert.deepEqual(told.scores.experience.distribution, [{ change: 10, conversations: 10 }])
    assert.deepEqual(told.agents.most, [{ agent: '李晓芸', team: '售后二组', conversations: 10, compliance: 0, experience: 100, risk: 0 }])
    assert.equal(rule.samples.no_longer.length, 5)
    assert.ok(rule.samples.no_longer[0].evidence.some((e) => e.matched === '投诉'))
  })

  test('added, removed and costlier rules', async () => {
    const other = RULES.replace('risk +40', 'risk +60').replace(/flag give-up[^]*/, 'rule bye\n  expect agent says "再见"\n  else compliance -5\n')
    const { stdout } = await run('rules', 'backtest', 'stored', await rules('other', other), '--data', data, '--json')
    const told = JSON.parse(stdout)
    const by = Object.fromEntries(told.changes.map((c) => [c.rule, c]))
    assert.deepEqual([by['no-blame'].change, by['give-up'].change, by.bye.change], ['changed', 'removed', 'added'])
    assert.equal(by['no-blame'].newly_hit, 0)
    assert.equal(by['give-up'].no_longer, 11)
    assert.ok(by.bye.newly_missed > 0)
    assert.equal(told.scores.risk.distribution.find((d) => d.change === 5)?.conversations, 1) // T-HIT: +20, -15
  })

  test('the same rules, differently written, are not read at all', async () => {
    const same = await rules('same', `# another order\n${RULES.replace('words unhappy = 投诉 | 受不了\n', '').trimEnd()}\n\nwords unhappy = 投诉 | 受不了  # moved\n`)
    const { code, stdout } = await run('rules', 'backtest', 'stored', same, '--data', data)
    assert.equal(code, 0)
    assert.match(stdout, /3 rules the same, 0 changed/)
    assert.match(stdout, /nothing to compare/)
  })

  test('writes nothing, while a server runs on the store', ofSqliteAlone('it hashes callscope.db'), async () => {
    const state = await stateOfStore()
    const { code } = await run('rules', 'backtest', 'stored', await rules('wider', changed), '--data', data)
    assert.equal(code, 0)
    assert.equal(await stateOfStore(), state)
    assert.equal((await server.api('conversations')).status, 200)
  })

  test('people read it in their language', async () => {
    const { stdout } = await run('rules', 'backtest', 'stored', await rules('wider', changed), '--data', data, '--limit', '30')
    assert.match(stdout, /apologise {2}Apologise when the customer is upset {2}\(changed/)
    assert.match(stdout, /no longer 10/)
    assert.match(stdout, /missed, of those decided: .* → /)
    assert.match(stdout, /experience +10 change, mean over all/)
  })

  test('what is wrong is said', async () => {
    const broken = await rules('broken', 'rule x\n  expct agent says "a"\n')
    const wrong = await run('rules', 'backtest', 'stored', broken, '--data', data)
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /test\.rules:2:3/)
    assert.equal((await run('rules', 'backtest', 'stored', broken, '--data', data, '--limit', 'x')).code, 2)
    assert.equal((await run('rules', 'backtest', 'stored')).code, 2)
    const none = await run('rules', 'backtest', 'stored', await rules('wider', changed), '--data', path.join(folder, 'none'))
    assert.equal(none.code, 1)
    assert.match(none.stderr, /there is no store/)
  })
})

describe('explain', () => {
  test('replays an inspection and gives the reasons', async () => {
    const { code, stdout, stderr } = await run('explain', 'T-MISSED', '--data', data)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /REPRODUCES: all 3 verdicts/)
    assert.match(stdout, /\| {3}expect agent says apology within 2 agent turns after/)
    assert.match(stdout, /opened by +turn 1, characters 3–4, 00:01\.3 \(interpolated\), “投诉” by its text/)
    assert.match(stdout, /searched +turn 1 to 4, .*2 speaking turns, closed by the number of turns/)
    assert.match(stdout, /experience +100 − 10 apologise = 90 .*stored 90/)
    assert.match(stdout, /unchanged since it was stored/)
    assert.match(stdout, /no-blame +clean +it was not said/)
  })

  test('one rule, near-miss and all', async () => {
    const { stdout } = await run('explain', 'M-1', 'apologise', '--data', data)
    assert.match(stdout, /nearest +turn 6, .*“抱歉” by its text: too late/)
    assert.ok(!stdout.includes('rule no-blame'))
  })

  test('older inspections are kept', async () => {
    const again = await makeFolder()
    try {
      await inspect(again, CONVERSATIONS)
      await inspect(again, CONVERSATIONS, RULES.replace('within 2 agent turns', 'within 1 agent turns'))
      const where = ['--data', path.join(again, 'data'), '--json']
      const newest = JSON.parse((await run('explain', 'T-MISSED', ...where)).stdout)
      const first = JSON.parse((await run('explain', 'T-MISSED', '--inspection', '1', ...where)).stdout)
      assert.equal(newest.inspection.number, 2)
      assert.equal(first.inspection.number, 1)
      assert.ok(first.rules[0].text.includes('within 2 agent turns') && newest.rules[0].text.includes('within 1 agent turns'))
      assert.ok(first.reproduces && newest.reproduces)
      assert.equal(first.inspection.timeline_hash, newest.inspection.timeline_hash)
      assert.match((await run('explain', 'T-MISSED', '--inspection', '3', ...where)).stderr, /there is no inspection 3/)
    } finally {
      await rm(again, { recursive: true })
    }
  })

  test('what is wrong is said', async () => {
    assert.match((await run('explain', 'T-NONE', '--data', data)).stderr, /there is no conversation "T-NONE"/)
    assert.match((await run('explain', 'T-HIT', 'no-such', '--data', data)).stderr, /there is no rule 'no-such'/)
    assert.equal((await run('explain', 'T-HIT', '--inspection', '0', '--data', data)).code, 2)
  })
})

describe('rules stats', () => {
  test('counts and rates of each rule', async () => {
    const { stdout } = await run('rules', 'stats', '--data', data, '--json')
    const told = JSON.parse(stdout)
    assert.equal(told.conversations, CONVERSATIONS.length + MANY.length)
    const apologise = told.rules.find((r) => r.rule === 'apologise')
    assert.deepEqual([apologise.judged, apologise.found, apologise.passed, apologise.not_applicable], [12, 11, 1, 14])
    assert.ok(apologise.low < apologise.rate && apologise.rate < apologise.high)
    assert.match((await run('rules', 'stats', '--data', data)).stdout, /apologise +12 +11 missed +91\.7 %/)
  })

  const draw = async (...more) => (await run('rules', 'stats', '--data', data, '--sample', 'apologise', '--take', '8', ...more)).stdout

  test('a sample is stratified, weighted and the same for the same seed', async () => {
    const list = await draw()
    assert.equal(list, await draw('--seed', '1'))
    assert.notEqual(list, await draw('--seed', '2'))
    const lines = list.trim().split('\n')
    assert.equal(lines[0], 'id,rule,stratum,weight,answer')
    const sum = { found: 0, passed: 0, not_applicable: 0 }
    for (const line of lines.slice(1)) sum[line.split(',')[2]] += Number(line.split(',')[3])
    assert.ok(Math.abs(sum.found - 11) < 1e-4 && Math.abs(sum.passed - 1) < 1e-4 && Math.abs(sum.not_applicable - 14) < 1e-4)
  })

  test('answers give precision and recall', async () => {
    const lines = (await draw()).trim().split('\n')
    const answered = lines.map((line, i) => {
      if (i === 0) return line.replaceAll(',', ';')
      return (line + (line.includes(',found,') ? (i % 4 ? '是' : 'no') : 'No')).replaceAll(',', ';')
    })
    const file = path.join(folder, 'answers.csv')
    await writeFile(file, `\uFEFF${answered.join('\r\n')}\r\n`)
    const { stdout, stderr } = await run('rules', 'stats', '--reviewed', file, '--json')
    const told = JSON.parse(stdout || assert.fail(stderr))
    assert.equal(told.rule, 'apologise')
    assert.equal(told.unanswered, 0)
    const found = told.strata.find((s) => s.stratum === 'found')
    assert.equal(found.conversations, 11)
    assert.equal(told.precision.share, Number((found.yes / found.answered).toFixed(4)))
    assert.equal(told.recall.share, 1)
    assert.ok(told.recall.low < 1)
  })

  test('what is wrong is said', async () => {
    assert.match((await run('rules', 'stats', '--data', data, '--sample', 'none')).stderr, /no rule 'none'/)
    const file = path.join(folder, 'wrong.csv')
    await writeFile(file, 'id,stratum,weight,answer\nx,found,2,perhaps\n')
    assert.match((await run('rules', 'stats', '--reviewed', file)).stderr, /'perhaps' is no answer\n.*line 2/)
    await writeFile(file, 'id,stratum,answer\n')
    assert.match((await run('rules', 'stats', '--reviewed', file)).stderr, /there is no column 'weight'/)
    assert.equal((await run('rules', 'stats', '--reviewed', file, '--sample', 'x')).code, 2)
  })
})

describe('rules test --mutate', () => {
  const tested = `${RULES}
test "met"
  customer 我要投诉
  agent 抱歉
  → apologise met
  → no-blame clean
test "missed"
  customer 受不了
  agent 嗯
  agent 对不起
  → apologise met
test "hit"
  agent 是您的个人问题
  → no-blame hit
`
  test('names what no test notices, and its place', async () => {
    const file = await rules('tested', tested)
    const { code, stdout } = await run('rules', 'test', file, '--mutate')
    assert.equal(code, 0)
    assert.match(stdout, /test\.rules:7: apologise: 'within 2 agent' became 'within 3 agent', and no test notices/)
    assert.ok(!stdout.includes("without '投诉'"))
    assert.match(stdout, /give-up: no test names it/)
    assert.match(stdout, /3 rules, \d+ changes: tests notice \d+, miss \d+/)
    assert.equal((await run('rules', 'test', file, '--mutate', '--strict')).code, 1)
    assert.equal((await run('rules', 'test', file, '--strict')).code, 2)
    assert.match((await run('rules', 'test', file)).stdout, /3 tests with 4 expectations: 3 passed, 0 failed/)
  })
})
