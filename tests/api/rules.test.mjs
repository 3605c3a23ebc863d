// The rule book: drafts, checks, tests, back-tests, publishing, and what stands over the rule files.
import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { CONVERSATIONS, RULES, inspect, makeFolder, run, serve } from './callscope.mjs'

const TESTED = `${RULES}
test "met"
  customer 我要投诉
  agent 抱歉
  → apologise met at 2

test "missed"
  customer 我要投诉
  agent 说吧
  customer 嗯
  agent 好
  customer 嗯
  → apologise missed at 1

test "blamed"
  agent 这是您的个人问题
  → no-blame hit at 1

test "given up"
  customer 算了
  → give-up noted at 1
`

let folder
let server

before(async () => {
  folder = await makeFolder()
  await inspect(folder, CONVERSATIONS, TESTED)
  server = await serve(folder)
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const asked = async (method, address, body) => {
  const answer = await fetch(`${server.base}/api/v1/${address}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}
const get = (address) => asked('GET', address)
const post = (address, body = {}) => asked('POST', address, body)
const rule = async (name) => (await get(`rules/${name}`)).body
/** seen: the draft that this one goes on from; null: there was none. */
const drafted = async (name, text, seen = null) => asked('PUT', `rules/${name}/draft`, { text, changes: seen?.changes ?? null, version: seen?.version })
const dropped = (name) => asked('DELETE', `rules/${name}/draft`)

/** Asks again until it is so; the program is given half a minute. */
async function until(look, isSo) {
  for (const end = Date.now() + 30000; Date.now() < end;) {
    const seen = await look()
    if (isSo(seen)) return seen
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come to that in half a minute')
}
const inspected = () => until(() => get('status'), (answer) => answer.body.stale === 0)

test('the list shows every rule with what it finds', async () => {
  const { items } = (await get('rules')).body
  assert.deepEqual(items.map((item) => item.rule), ['apologise', 'no-blame', 'give-up'])
  const [apologise, blame, flag] = items
  assert.deepEqual(apologise.title, { zh: '客户不满时致歉', en: 'Apologise when the customer is upset' })
  assert.equal(apologise.state, 'published')
  assert.equal(apologise.version, 1)
  assert.equal(apologise.is_edited, false)
  assert.equal(apologise.draft, null)
  assert.deepEqual(apologise.effects, [{ score: 'experience', points: -10 }])
  assert.deepEqual([apologise.counts.met, apologise.counts.missed], [1, 1])
  assert.deepEqual([blame.kind, blame.counts.hit, blame.counts.clean], ['never', 1, 5])
  assert.deepEqual([flag.kind, flag.counts.noted], ['flag', 1])
})

test('one rule shows its own lists, its tests and its form', async () => {
  const one = await rule('apologise')
  assert.match(one.text, /^words unhappy = 投诉 \| 受不了\n\nwords apology/)
  assert.match(one.text, /→ apologise missed at 1\n$/)
  assert.doesNotMatch(one.text, /no-blame/)
  assert.deepEqual(one.shared, [])
  assert.deepEqual(one.tests.map((t) => t.name), ['met', 'missed'])
  assert.deepEqual(one.tests.map((t) => t.is_passed), [true, true])
  assert.equal(one.text.split('\n')[one.tests[0].line - 1], 'test "met"')
  assert.ok(one.form.statements.some((statement) => statement.name === 'apologise'))
  assert.equal(one.draft, null)
  assert.deepEqual(one.over_time.map((day) => day.found).reduce((sum, n) => sum + n), 1)
  assert.equal((await get('rules/no-such')).status, 404)
})

test('a list that two rules use is shared, and is shown beside both', async () => {
  const { text } = await rule('no-blame')
  const wider = `${text}\nrule second\n  never agent says apology\n`
  assert.match((await post('rules/check', { rule: 'no-blame', text: wider })).body.problems[0].reason, /second rule/)
  const shared = text.replace('"个人问题"', '"个人问题" or customer says unhappy')
  assert.deepEqual((await post('rules/check', { rule: 'no-blame', text: shared })).body.problems, [])
})

test('a check names line and column, and knows the names of the other rules', async () => {
  const { text } = await rule('apologise')
  const check = async (changed) => (await post('rules/check', { rule: 'apologise', text: changed })).body.problems
  assert.deepEqual(await check(text), [])
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.includes('expect')) + 1
  const [problem] = await check(text.replace('expect agent', 'expcet agent'))
  assert.equal(problem.line, at)
  assert.equal(problem.column, 3)
  assert.match(problem.hint, /expect/)
  assert.equal((await check(text.replace('"投诉"', '').replace('says unhappy', 'says unhapy')))[0].line, at - 1)
  const [unknown] = await check(text.replace('words apology = 抱歉 | 对不起', 'words apology = /(/'))
  assert.ok(unknown.line > 0, 'an expression that is none is found, too')
  assert.match((await check(text.replace('rule apologise', 'rule other')))[0].reason, /called other/)
  assert.match((await check('words a = b\n'))[0].reason, /no rule/)
  assert.equal((await post('rules/check', { rule: 'apologise', text: 7 })).status, 400)
})

test('a form becomes text in either language', async () => {
  const { form } = await rule('apologise')
  const { text } = (await post('rules/text', { form, language: 'zh' })).body
  assert.match(text, /规则 apologise/)
  assert.deepEqual((await post('rules/check', { rule: 'apologise', text })).body.problems, [])
  const wrong = structuredClone(form)
  wrong.statements.find((statement) => statement.name === 'apologise').kind = 'nonsense'
  const refused = await post('rules/text', { form: wrong })
  assert.equal(refused.status, 400)
  assert.match(refused.body.error.place, /statements\[\d+\]/)
})

test('two who write at once never overwrite each other', async () => {
  const { text } = await rule('give-up')
  const first = await drafted('give-up', `${text}# one\n`)
  assert.deepEqual([first.status, first.body.changes, first.body.state], [200, 1, 'draft'])
  const late = await drafted('give-up', `${text}# two\n`)
  assert.equal(late.status, 409)
  assert.equal(late.body.error.code, 'conflict')
  assert.equal(late.body.draft.text, `${text}# one\n`)
  assert.equal(typeof late.body.draft.at_ms, 'number')
  assert.equal((await drafted('give-up', `${text}# two\n`, { ...first.body, changes: 7 })).status, 409)
  assert.equal((await drafted('give-up', `${text}# two\n`, { ...first.body, version: 7 })).status, 409)
  const blind = await asked('PUT', 'rules/give-up/draft', { text, changes: 1 })
  assert.deepEqual([blind.status, blind.body.error.place], [400, 'version'])
  assert.equal((await drafted('give-up', `${text}# two\n`, first.body)).body.changes, 2)
  assert.equal((await get('rules')).body.items.find((item) => item.rule === 'give-up').draft.changes, 2)
  const seen = (await asked('GET', 'rules/give-up')).body.draft.changes
  assert.equal((await asked('DELETE', `rules/give-up/draft?changes=${seen + 1}`)).status, 409, 'another one than was seen stays')
  assert.equal((await asked('DELETE', `rules/give-up/draft?changes=${seen}`)).status, 200)
  assert.equal((await dropped('give-up')).status, 404)
})

test('what is not well formed is kept, and tells its problems', async () => {
  const kept = await drafted('give-up', 'flag give-up\n  whn customer says "算了"\n')
  assert.equal(kept.status, 200)
  assert.equal(kept.body.problems[0].line, 2)
  const tested = await post('rules/give-up/draft/test')
  assert.equal(tested.body.state, 'draft')
  assert.ok(tested.body.problems.length)
  await dropped('give-up')
  assert.equal((await drafted('two words', 'x')).status, 400)
  for (const name of ['vocabulary', 'check', 'a\u202eb', 'a\u200bb', '\ufeffa']) {
    const refused = await drafted(encodeURIComponent(name), 'x')
    assert.deepEqual([refused.status, refused.body.error.code], [400, 'usage'], name)
  }
  const long = (await drafted(encodeURIComponent('推诿 '.repeat(15)), 'x')).body.error.message
  assert.match(long, /^"(推诿 )+推?" can be no rule's name$/, 'no character is cut in two')
})

test('tests of a draft say what was expected and what came', async () => {
  const { text } = await rule('apologise')
  const { body } = await drafted('apologise', text.replace('within 2 agent turns', 'within 1 agent turns'))
  assert.equal((await post('rules/apologise/draft/test')).body.state, 'tested')
  await drafted('apologise', text.replace('apologise met at 2', 'apologise missed at 1'), body)
  const failed = (await post('rules/apologise/draft/test')).body
  assert.equal(failed.state, 'draft')
  assert.deepEqual([failed.tests.tests, failed.tests.failed], [2, 1])
  const [failure] = failed.tests.failures
  assert.deepEqual([failure.test, failure.expected, failure.actual], ['met', 'missed', 'met'])
  assert.equal(failed.text.split('\n')[failure.line - 1], 'test "met"')
  await dropped('apologise')
})

test('a draft is tried on a stored conversation and on pasted lines', async () => {
  const { text } = await rule('no-blame')
  const draft = text.replace('"个人问题"', '"个人问题" | "请稍等"').replace('agent asserts', 'agent says')
  const stored = (await post('rules/no-blame/try', { text: draft, conversation: 'T-PLAIN' })).body
  assert.deepEqual([stored.draft.verdict, stored.published.verdict], ['hit', 'clean'])
  assert.deepEqual(stored.turns.map((turn) => turn.role), ['customer', 'agent'])
  assert.equal(stored.draft.findings[0].at.turn, 2)
  const pasted = (await post('rules/no-blame/try', { text: draft, dialogue: '客户：坏了\n客服: 这是您的\n个人问题\n' })).body
  assert.equal(pasted.turns.length, 2)
  const one = (await post('rules/no-blame/try', { text: draft, dialogue: 'customer: broken\nAgent: 这是您的个人问题' })).body
  assert.deepEqual([one.draft.verdict, one.published.verdict], ['hit', 'hit'])
  const nobody = await post('rules/no-blame/try', { text: draft, dialogue: '您好' })
  assert.equal(nobody.status, 400)
  assert.match(nobody.body.error.place, /line 1/)
  assert.equal((await post('rules/no-blame/try', { text: draft, conversation: 'T-NONE' })).status, 404)
  const broken = await post('rules/no-blame/try', { text: 'rule no-blame\n', conversation: 'T-HIT' })
  assert.equal(broken.status, 400)
  assert.match(broken.body.error.place, /line 1/)
})

test('samples are the same for the same seed, with the sentence and its marks', async () => {
  const first = (await get('rules/no-blame/samples?seed=3')).body
  assert.deepEqual(first, (await get('rules/no-blame/samples?seed=3')).body)
  assert.deepEqual(first.found.map((sample) => sample.external_id), ['T-HIT'])
  assert.equal(first.passed.length, 5)
  const turn = first.found[0].turns.find((one) => one.marks.length)
  assert.equal([...turn.text].slice(turn.marks[0].from, turn.marks[0].to).join(''), '个人问题')
  assert.equal((await get('rules/no-blame/samples?take=2')).body.passed.length, 2)
  assert.equal((await get('rules/no-blame/samples?take=0')).status, 400)
})

test('the words of the language have help in both languages', async () => {
  const { words, names } = (await get('rules/vocabulary')).body
  const when = words.find((word) => word.word === 'when')
  assert.deepEqual([when.zh, when.kind], ['当', 'clause'])
  assert.match(when.usage.zh, /当 条件/)
  for (const word of words) if (word.help.en) assert.match(word.help.zh, /\p{Script=Han}/u, word.word)
  assert.deepEqual(names.find((name) => name.name === 'unhappy'), { name: 'unhappy', kind: 'list' })
})

test('a conversation judged wrong becomes a test of the draft', async () => {
  const { status, body } = await post('rules/no-blame/tests', { conversation: 'T-HIT', turn: 2, expected: 'clean' })
  assert.equal(status, 200)
  assert.deepEqual(body.test, { name: 'T-HIT #2', is_needed: true, says: 'hit' })
  assert.match(body.text, /test "T-HIT #2"\n {2}for call\n/)
  assert.match(body.text, /→ no-blame clean\n$/)
  assert.deepEqual(body.problems, [])
  const tested = (await post('rules/no-blame/draft/test')).body
  assert.deepEqual(tested.tests.failures.map((failure) => failure.test), ['T-HIT #2'])
  const again = (await post('rules/no-blame/tests', { conversation: 'T-HIT', turn: 2, expected: 'hit' })).body
  assert.deepEqual(again.test, { name: 'T-HIT #2 (2)', is_needed: false, says: 'hit' })
  assert.equal((await post('rules/no-blame/tests', { conversation: 'T-HIT', turn: 99, expected: 'hit' })).status, 400)
  assert.equal((await post('rules/no-blame/tests', { conversation: 'T-HIT', turn: 2, expected: 'perhaps' })).status, 400)
  await dropped('no-blame')
})

test('back-tested, published, inspected again, rolled back, retired', async () => {
  const { text } = await rule('no-blame')
  const changed = text.replace('"个人问题"', '"个人问题" | "请稍等"')
  const { changes } = (await drafted('no-blame', changed)).body
  const early = await post('rules/no-blame/publish', { changes, reason: 'wider' })
  assert.equal(early.status, 400)
  assert.match(early.body.error.message, /back-test/)
  const begun = await post('rules/no-blame/draft/backtest', { limit: 0 })
  assert.equal(begun.status, 202)
  assert.deepEqual([begun.body.state, begun.body.samples], ['waiting', []])
  const { body: done } = await until(() => get('rules/no-blame/draft/backtest'), (answer) => answer.body.state === 'done')
  assert.deepEqual([done.conversations, done.newly_found, done.no_longer_found, done.is_current], [6, 1, 0, true])
  assert.deepEqual([done.samples[0].external_id, done.samples[0].change, done.samples[0].sentence], ['T-PLAIN', 'new', '好的,请稍等'])
  assert.equal(done.scores.risk.changed, 1)

  const nameless = await post('rules/no-blame/publish', { changes, reason: ' ' })
  assert.equal(nameless.body.error.place, 'reason')
  assert.equal((await post('rules/no-blame/publish', { changes: changes + 1, reason: 'wider' })).status, 409)
  const published = await post('rules/no-blame/publish', { changes, reason: 'also said by 二组' })
  assert.equal(published.status, 200)
  assert.deepEqual([published.body.version, published.body.is_edited, published.body.draft], [2, true, null])
  assert.equal(published.body.text.trim(), changed.trim())
  await inspected()
  assert.equal((await rule('no-blame')).counts.hit, 2)
  const { items } = (await get('rules/no-blame/versions')).body
  assert.deepEqual(items.map((item) => [item.version, item.state, item.reason]), [[2, 'published', 'also said by 二组'], [1, 'replaced', '']])
  assert.equal(items[1].text, text)
  assert.ok(items[1].at_ms < items[0].at_ms, 'version 1 is of when the files came in')

  const back = await post('rules/no-blame/rollback', { to: 1, version: 2, reason: 'too wide' })
  assert.deepEqual([back.body.version, back.body.text], [3, text])
  const gone = await post('rules/give-up/retire', { version: 1, reason: 'nobody looks at it' })
  assert.equal(gone.body.state, 'retired')
  const listed = (await get('rules')).body.items.find((item) => item.rule === 'give-up')
  assert.deepEqual([listed.state, listed.title.zh, listed.counts.noted], ['retired', 'give-up', 0])
  assert.equal((await post('rules/give-up/retire', { version: 2, reason: 'again' })).status, 404)
  assert.equal((await post('rules/give-up/rollback', { to: 1, version: 2, reason: 'it was of use' })).body.state, 'published')
  await inspected()
  assert.equal((await rule('give-up')).counts.noted, 1)
})

test('what is published stands over newer rule files, and it is said', async () => {
  const one = await rule('no-blame')
  const { changes } = (await drafted('no-blame', one.text.replace('risk +40', 'risk +41'))).body
  await post('rules/no-blame/publish', { changes, reason: 'a point more', without_backtest: true })
  const files = `${TESTED.replace('risk +40', 'risk +10')}\nrule new-one\n  never agent says "滚"\n  else risk +5\n`
  await writeFile(path.join(folder, 'test.rules'), files)
  const { code, stderr } = await run('inspect', path.join(folder, 'input'), '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'test.rules'))
  assert.equal(code, 0, stderr)
  assert.match(stderr, /2 rules of the store stand over those of/)
  assert.equal((await rule('no-blame')).effects[0].points, 41)
  assert.equal((await rule('new-one')).version, 1)
  const broken = files.replace('words unhappy', 'words upset').replace('says unhappy', 'says upset')
  const uses = (await rule('no-blame')).text.replace('"个人问题"', '"个人问题" or customer says unhappy')
  const draft = (await drafted('no-blame', uses)).body
  assert.deepEqual(draft.problems, [])
  assert.equal((await post('rules/no-blame/publish', { changes: draft.changes, reason: 'try', without_backtest: true })).status, 200)
  await writeFile(path.join(folder, 'test.rules'), broken)
  const refused = await run('inspect', path.join(folder, 'input'), '--data', path.join(folder, 'data'), '--rules', path.join(folder, 'test.rules'))
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /does not go with these rule files/)
})

test('a new rule is drafted, published and is of a pack of its own', async () => {
  const text = 'rule calm\n  title "不说别急" | "No telling to be calm"\n  never agent says "别急"\n  else experience -5\n\ntest "said"\n  agent 您别急\n  → calm hit at 1\n'
  const { body } = await drafted('calm', text)
  assert.deepEqual(body.problems, [])
  const listed = (await get('rules')).body.items.find((item) => item.rule === 'calm')
  assert.deepEqual([listed.state, listed.version, listed.title.en], ['draft', null, 'No telling to be calm'])
  const published = await post('rules/calm/publish', { changes: body.changes, reason: 'new', without_backtest: true })
  assert.equal(published.status, 200, JSON.stringify(published.body))
  assert.deepEqual([published.body.version, published.body.pack], [1, 'own'])
})

test('a back-test that waits or runs is cancelled', async () => {
  const one = await rule('apologise')
  const { body: draft } = await drafted('apologise', `${one.text}# x\n`)
  assert.equal((await asked('DELETE', 'rules/apologise/draft/backtest')).status, 404)
  await post('rules/apologise/draft/backtest')
  const cancelled = await asked('DELETE', 'rules/apologise/draft/backtest')
  assert.ok(cancelled.status === 404 || cancelled.body.state === 'cancelled')
  const shown = (await get('rules/apologise/draft/backtest')).body
  assert.ok(['cancelled', 'done'].includes(shown.state))
  assert.equal((await drafted('apologise', `${one.text}# y\n`, draft)).status, 200)
  assert.equal((await get('rules/apologise/draft/backtest')).body.is_current, false)
  await dropped('apologise')
})

test('a draft knows the version that it was begun on, and an old page meets no new draft', async () => {
  const { text, version } = await rule('apologise')
  assert.equal(version, 1)
  const { body: old } = await drafted('apologise', `${text}# old\n`)
  assert.equal(old.version, 1)
  const why = { reason: 'why', without_backtest: true }
  assert.equal((await post('rules/apologise/publish', { changes: old.changes, version: 1, ...why })).body.version, 2)
  const { body: fresh } = await drafted('apologise', `${text}# new\n`)
  assert.equal(fresh.version, 2)
  assert.ok(fresh.changes > old.changes, 'a number of changes never comes twice')
  const late = await drafted('apologise', `${text}# late\n`, old)
  assert.deepEqual([late.status, late.body.draft.text], [409, `${text}# new\n`])
  // The same numbers of changes do not help an old page either.
  assert.equal((await drafted('apologise', `${text}# late\n`, { changes: fresh.changes, version: 1 })).status, 409)
  await dropped('apologise')
  const { body: again } = await drafted('apologise', `${text}# again\n`)
  assert.ok(again.changes > fresh.changes)
  assert.equal((await drafted('apologise', `${text}# late\n`, fresh)).status, 409)
  await dropped('apologise')
})

test('who did not see what was published is told, and shown it, before he publishes, retires or goes back', async () => {
  const { text } = await rule('apologise')
  const why = { reason: 'why', without_backtest: true }
  // Begun while version 2 was seen to stand; version 3 is published meanwhile.
  const first = (await drafted('apologise', `${text}# three\n`)).body
  assert.equal((await post('rules/apologise/publish', { changes: first.changes, version: 2, ...why, reason: 'third' })).body.version, 3)
  const stale = await asked('PUT', 'rules/apologise/draft', { text: `${text}# mine\n`, changes: null, version: 2 })
  assert.deepEqual([stale.status, stale.body.version], [200, 2])
  assert.equal((await rule('apologise')).draft.version, 2, 'a reload says so, too')
  for (const version of [2, undefined]) {
    const refused = await post('rules/apologise/publish', { changes: stale.body.changes, version, ...why })
    assert.equal(refused.status, 409)
    assert.equal(refused.body.error.code, 'conflict')
    const { published } = refused.body
    assert.deepEqual([published.version, published.text.trim(), published.reason, typeof published.at_ms], [3, `${text}# three`.trim(), 'third', 'number'])
  }
  assert.equal((await rule('apologise')).version, 3)
  assert.equal((await post('rules/apologise/publish', { changes: stale.body.changes, version: 3, ...why })).body.version, 4)
  for (const [address, body] of [['retire', {}], ['rollback', { to: 1 }]]) {
    const refused = await post(`rules/apologise/${address}`, { ...body, version: 3, reason: 'why' })
    assert.deepEqual([refused.status, refused.body.published?.version], [409, 4], address)
    assert.equal((await post(`rules/apologise/${address}`, { ...body, reason: 'why' })).status, 400, 'it says what was seen')
  }
  assert.equal((await rule('apologise')).state, 'published')
  assert.equal((await post('rules/apologise/rollback', { to: 1, version: 4, reason: 'as it was' })).body.version, 5)
  const { items } = (await get('rules/apologise/versions')).body
  assert.deepEqual(items.map((item) => item.is_of_files), [false, false, false, false, true])
})

test('what is published from the command line leaves a draft, which is outdated then', async () => {
  const { text, version } = await rule('apologise')
  const draft = (await drafted('apologise', `${text}# draft\n`)).body
  await writeFile(path.join(folder, 'page.rules'), `${text}# by hand\n`)
  const { code, stderr } = await run('rules', 'publish', path.join(folder, 'page.rules'), '--reason', 'by hand', '--data', path.join(folder, 'data'))
  assert.equal(code, 0, stderr)
  const now = await rule('apologise')
  assert.deepEqual([now.version, now.draft.text, now.draft.version], [version + 1, draft.text, version])
  await dropped('apologise')
  assert.equal((await post('rules/apologise/rollback', { to: 1, version: now.version, reason: 'as it was' })).status, 200)
})
