// What people say about what the machine said: judgements, comments, what was seen, and a random draw.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { conversation, CONVERSATIONS, inspect, open, RULES, serve } from './callscope.mjs'

const other = conversation('T-OTHER', ['还是那个问题', '请讲'], { title: '第二次来电', customer: 'K-1', started: '2026-02-20T10:00:00+08:00' })
let server
before(async () => {
  server = await open([...CONVERSATIONS, other])
})
after(async () => {
  await server.stop() // of the one that serves now
  await rm(server.folder, { recursive: true })
})

const of = (id, what) => `/api/v1/conversations/${encodeURIComponent(id)}/${what}`
const ask = (address) => server.get(address)
async function send(method, address, body) {
  const answer = await fetch(server.base + address, {
    method, headers: body === undefined ? {} : { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}
const put = (id, word) => send('PUT', of(id, 'judgements'), word)
const standing = (answer) => answer.body.judgements.filter((one) => one.stands)

test('a judgement is kept with what the machine said, changed by who said it, and taken back', async () => {
  const first = await put('T-HIT', { rule: 'no-blame', turn: 2, answer: 'agree' })
  assert.equal(first.status, 200)
  const [one] = standing(first)
  assert.deepEqual([one.rule, one.turn, one.answer, one.verdict, one.drawn, one.has_changed], ['no-blame', 2, 'agree', 'hit', false, false])
  assert.equal(one.title.zh, '推诿责任')

  const second = await put('T-HIT', { rule: 'no-blame', turn: 2, answer: 'wrong', reason: 'quoted', note: '在转述' })
  assert.deepEqual(standing(second).map((word) => [word.answer, word.reason, word.note, word.supersedes]), [['wrong', 'quoted', '在转述', one.number]])
  assert.equal(second.body.judgements.length, 2)

  const back = await send('DELETE', `${of('T-HIT', 'judgements')}?number=${standing(second)[0].number}`)
  assert.deepEqual(standing(back).map((word) => word.answer), ['agree'])
  const gone = await send('DELETE', `${of('T-HIT', 'judgements')}?number=${one.number}`)
  assert.equal(standing(gone).length, 0)
  assert.equal((await send('DELETE', `${of('T-HIT', 'judgements')}?number=${one.number}`)).status, 409)
})

test('what cannot be said there is refused with its place', async () => {
  const refused = async (id, word, status, place) => {
    const answer = await put(id, word)
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    if (place) assert.equal(answer.body.error.place, place)
    assert.ok(answer.body.error.remedy)
  }
  await refused('T-HIT', { rule: 'no-blame', turn: 2, answer: 'missed', reason: 'other_words' }, 400, 'answer')
  await refused('T-PLAIN', { rule: 'no-blame', answer: 'wrong', reason: 'quoted' }, 400, 'answer')
  await refused('T-HIT', { rule: 'no-blame', turn: 2, answer: 'wrong' }, 400, 'reason')
  await refused('T-HIT', { rule: 'no-blame', turn: 2, answer: 'wrong', reason: 'outside' }, 400, 'reason')
  await refused('T-HIT', { rule: 'no-blame', turn: 2, answer: 'perhaps' }, 400, 'answer')
  await refused('T-HIT', { rule: 'no-blame', turn: 99, answer: 'agree' }, 400, 'turn')
  await refused('T-HIT', { rule: 'no-blame', turn: -1, answer: 'agree' }, 400, 'turn')
  await refused('T-HIT', { turn: 2, answer: 'agree' }, 400, 'rule')
  await refused('T-HIT', { rule: 'no-such-rule', answer: 'agree' }, 404, 'rule')
  await refused('NOBODY', { rule: 'no-blame', answer: 'agree' }, 404)
  await refused('T-HIT', { rule: 'no-blame', turn: 2, answer: 'wrong', note: '长'.repeat(900) }, 400, 'note')
})

test('it outlives an inspection by other rules, and says that the rule has changed', async () => {
  assert.equal((await put('T-MISSED', { rule: 'apologise', turn: 1, answer: 'agree' })).status, 200)
  await server.stop()
  const made = await inspect(server.folder, [...CONVERSATIONS, other], RULES.replace('within 2 agent turns', 'within 1 agent turns'))
  assert.equal(made.code, 0, made.stderr)
  Object.assign(server, await serve(server.folder))
  const [one] = standing(await ask(of('T-MISSED', 'judgements')))
  assert.deepEqual([one.rule, one.answer, one.verdict, one.has_changed], ['apologise', 'agree', 'missed', true])
})

test('comments stand at their words, and a newer text is never overwritten', async () => {
  const made = await send('POST', of('T-HIT', 'comments'), { turn: 2, from: 3, to: 7, body: '语气不好' })
  assert.equal(made.status, 201)
  const [comment] = made.body.comments
  assert.deepEqual([comment.turn, comment.from, comment.to, comment.body, comment.changes], [2, 3, 7, '语气不好', 1])
  const changed = await send('PUT', of('T-HIT', 'comments'), { number: comment.number, changes: 1, body: '语气可以更好' })
  assert.deepEqual(changed.body.comments.map((one) => [one.body, one.changes]), [['语气可以更好', 2]])
  assert.equal((await send('PUT', of('T-HIT', 'comments'), { number: comment.number, changes: 1, body: '旧的' })).status, 409)
  assert.equal((await send('POST', of('T-HIT', 'comments'), { turn: 99, body: 'x' })).status, 400)
  assert.equal((await send('POST', of('T-HIT', 'comments'), { turn: 1, body: '  ' })).status, 400)
  const gone = await send('DELETE', `${of('T-HIT', 'comments')}?number=${comment.number}`)
  assert.deepEqual(gone.body.comments, [])
})

test('a number in a comment is covered, and its author who writes it again does not lose it', async () => {
  const shown = async (query = '') => (await ask(`${of('T-HIT', 'judgements')}${query}`)).body.comments
  const made = await send('POST', of('T-HIT', 'comments'), { turn: 2, body: '回电13812342071' })
  const { number } = made.body.comments[0]
  assert.equal((await shown())[0].body, '回电138****2071')
  const change = (changes, body) => send('PUT', of('T-HIT', 'comments'), { number, changes, body })
  assert.equal((await change(1, '请先回电138****2071，再结案')).status, 200)
  assert.equal((await shown())[0].body, '请先回电138****2071，再结案')
  const unclear = await change(2, '请先回电139****2071')
  assert.deepEqual([unclear.status, unclear.body.error.place], [400, 'body'])
  // A second change goes out from the number, not from stars: with other digits beside it the whole is what it was.
  assert.equal((await change(2, '138****2071')).status, 200)
  const other = await change(3, '13812342072')
  assert.equal(other.status, 200)
  assert.equal((await shown())[0].body, '138****2072')
  await send('DELETE', `${of('T-HIT', 'comments')}?number=${number}`)
})

test('what was opened is seen', async () => {
  const id = (await ask('/api/v1/conversations?q=T-HIT')).body.items[0].id
  const seen = await send('PUT', '/api/v1/seen', { conversations: [id, '01H000000000000000000000ZZ'] })
  assert.equal(seen.status, 200)
  const rows = (await ask('/api/v1/conversations')).body.items
  assert.equal(rows.find((row) => row.external_id === 'T-HIT').seen_ms, seen.body.seen_ms)
  assert.ok(rows.filter((row) => row.external_id !== 'T-HIT').every((row) => row.seen_ms === null))
  assert.equal((await send('PUT', '/api/v1/seen', { conversations: 'T-HIT' })).status, 400)
})

test('the customer\'s other conversations', async () => {
  const { body } = await ask(of('T-PLAIN', 'related'))
  assert.deepEqual(body.items.map((one) => one.title), ['第二次来电'])
  assert.deepEqual((await ask(of('T-HIT', 'related'))).body.items, [])
  assert.equal((await ask(of('NOBODY', 'related'))).status, 404)
})

test('a draw is the same for its seed, holds every kind, and says what came out of it', async () => {
  const draw = async () => (await ask('/api/v1/review?rule=apologise&seed=5&take=6')).body
  const first = await draw()
  assert.equal(first.items.length, 6)
  assert.deepEqual((await draw()).items.map((one) => one.conversation), first.items.map((one) => one.conversation))
  assert.equal(Object.values(first.populations).reduce((a, b) => a + b), 7)
  const { items, outcome, ...drawn } = first
  for (const forged of [{ ...drawn, rule: 'give-up-all' }, { ...drawn, take: 9e15 }, { ...drawn, take: 0 }])
    assert.equal((await put('T-HIT', { rule: items[0].rule, turn: 2, answer: 'agree', drawn: forged })).status, 400)
  for (const item of items) {
    const isFound = item.stratum === 'found'
    const said = await put(item.conversation, { rule: item.rule, turn: item.turn, answer: 'agree', drawn })
    assert.equal(said.status, 200, JSON.stringify(said.body))
    assert.equal(item.turn !== null, isFound)
  }
  const done = await draw()
  assert.equal(done.outcome.judged, 6)
  assert.equal(done.outcome.precision.share, 1)
  assert.equal(done.outcome.recall.share, 1)
  assert.ok(done.items.every((one) => one.judgement.answer === 'agree'))

  const all = (await ask('/api/v1/review?seed=5&take=3')).body
  assert.ok(all.items.every((one) => one.stratum === 'found'))
  assert.equal(all.outcome.recall, null)
  assert.equal((await ask('/api/v1/review?rule=no-such&seed=1')).status, 404)
  assert.equal((await ask('/api/v1/review?take=0')).status, 400)
})
