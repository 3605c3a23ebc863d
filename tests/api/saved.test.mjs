// Saved filters: of oneself, for all, and nobody replaces what he has not seen.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { open } from './callscope.mjs'

let store
before(async () => {
  store = await open()
})
after(() => store?.close())

async function send(method, path, body) {
  const answer = await fetch(`${store.base}/api/v1/${path}`, { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) })
  return { status: answer.status, body: await answer.json(), location: answer.headers.get('location') }
}

test('a filter is kept, opened, renamed and forgotten', async () => {
  assert.deepEqual((await store.api('filters')).body, { filters: [] })
  const filter = { agent: '王强', verdict: 'hit', sort: '-risk' }
  const made = await send('POST', 'filters', { name: '王强 · 命中', filter, is_shared: true })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.equal(made.location, `/api/v1/filters/${made.body.number}`)
  assert.deepEqual(made.body.filter, filter)
  assert.equal(made.body.changes, 1)
  assert.equal(made.body.is_own, true)
  assert.equal((await store.api('conversations', made.body.filter)).body.items.length, 1, 'its filter is one of the list')
  const renamed = await send('PUT', `filters/${made.body.number}`, { changes: 1, name: '要复听的' })
  assert.equal(renamed.status, 200)
  assert.equal(renamed.body.name, '要复听的')
  assert.deepEqual(renamed.body.filter, filter, 'what is not named stays')
  assert.equal(renamed.body.is_shared, true)
  assert.equal(renamed.body.changes, 2)
  assert.deepEqual((await store.api('filters')).body.filters, [renamed.body])
  const gone = await send('DELETE', `filters/${made.body.number}?changes=2`)
  assert.deepEqual(gone.body, { filters: [] })
  assert.equal((await store.api(`filters/${made.body.number}`)).status, 404)
})

test('who has not seen the last change is told by whom and when, and nothing is replaced', async () => {
  const { body: made } = await send('POST', 'filters', { name: 'A', filter: { queue: '售前' }, days: 7 })
  assert.equal(made.days, 7)
  assert.equal((await send('PUT', `filters/${made.number}`, { changes: 1, days: 30 })).status, 200)
  for (const [method, path, body] of [['PUT', `filters/${made.number}`, { changes: 1, name: 'B' }], ['DELETE', `filters/${made.number}?changes=1`]]) {
    const late = await send(method, path, body)
    assert.equal(late.status, 409)
    assert.equal(late.body.error.code, 'conflict')
    assert.match(late.body.error.message, /changed meanwhile.* at \d{4}-/)
  }
  const { body: now } = await store.api(`filters/${made.number}`)
  assert.equal(now.name, 'A')
  assert.equal(now.days, 30)
  assert.equal((await send('PUT', `filters/${made.number}`, { name: 'B' })).status, 400, 'which state is meant must be said')
  assert.equal((await send('POST', 'filters', { name: 'A', filter: {} })).status, 409, 'a name stands for one filter')
  assert.equal((await send('DELETE', `filters/${made.number}?changes=2`)).status, 200)
})

test('a name that is not all seen names no filter', async () => {
  for (const sign of ['\u202e', '\u200b', '\ufeff', '\u200f', '\u2028', '\n']) {
    const refused = await send('POST', 'filters', { name: `高风险${sign}`, filter: { high_risk: '1' } })
    assert.deepEqual([refused.status, refused.body.error.place], [400, 'name'], JSON.stringify(sign))
  }
  assert.deepEqual((await store.api('filters')).body, { filters: [] })
})

test('only what the list can show is kept', async () => {
  for (const [body, place] of [
    [{ filter: {} }, 'name'], [{ name: '  ', filter: {} }, 'name'], [{ name: 'a\nb', filter: {} }, 'name'], [{ name: '字'.repeat(61), filter: {} }, 'name'],
    [{ name: 'x' }, 'filter'], [{ name: 'x', filter: { colour: 'red' } }, 'filter'], [{ name: 'x', filter: { agent: 3 } }, 'filter'],
    [{ name: 'x', filter: { score: 'beauty' } }, 'score'], [{ name: 'x', filter: { from: '1' }, days: 7 }, 'days'],
    [{ name: 'x', filter: {}, days: 400 }, 'days'], [{ name: 'x', filter: {}, is_shared: 'yes' }, 'is_shared'],
    [{ name: 'x', filter: { agent: 'a'.repeat(9000) } }, 'filter'],
  ]) {
    const answer = await send('POST', 'filters', body)
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 80))
    assert.ok(answer.body.error.remedy)
    if (place !== 'score') assert.equal(answer.body.error.place, place, JSON.stringify(body).slice(0, 80))
  }
  assert.deepEqual((await store.api('filters')).body, { filters: [] })
  const { body } = await send('POST', 'filters', { name: '<b>&"x', filter: { agent: '', team: '<i>' } })
  assert.equal(body.name, '<b>&"x')
  assert.deepEqual(body.filter, { team: '<i>' }, 'an empty field asks for nothing')
})

test('what one has opened is told in every row, and can be filtered', async () => {
  const { items, total } = (await store.api('conversations')).body
  assert.ok(items.every((item) => item.seen_ms === null && item.judged === 0))
  const opened = items.slice(0, 2).map((item) => item.id)
  const { body: told } = await send('PUT', 'seen', { conversations: opened })
  for (const sort of ['-started', 'risk', '-compliance']) {
    const seen = (await store.api('conversations', { seen: '1', sort })).body
    assert.deepEqual(seen.items.map((item) => item.id).sort(), [...opened].sort())
    assert.ok(seen.items.every((item) => item.seen_ms === told.seen_ms))
    assert.equal(seen.total, 2)
    const unseen = (await store.api('conversations', { seen: '0', sort })).body
    assert.equal(unseen.total, total - 2)
    assert.ok(unseen.items.every((item) => item.seen_ms === null && !opened.includes(item.id)))
  }
  const { id } = items.find((item) => item.worst.length > 0)
  const { worst } = items.find((item) => item.id === id)
  assert.equal((await store.api('conversations', { rule: worst[0].rule, seen: opened.includes(id) ? '0' : '1' })).body.items.some((item) => item.id === id), false)
  assert.equal((await store.api('summary', { seen: '1' })).body.conversations, 2)
  const found = (await store.api('conversations', { q: '投诉', seen: '0' })).body
  assert.ok(found.items.every((item) => !opened.includes(item.id)))
  const { previous, next } = (await store.api(`conversations/${encodeURIComponent(opened[0])}/neighbours`, { seen: '1' })).body
  assert.deepEqual([previous, next].filter(Boolean), [opened[1]])
  assert.equal((await store.api('conversations', { seen: 'x' })).status, 400)
})

test('what was chosen becomes a file; an export is watched, and stopped by whoever made it', async () => {
  const { items } = (await store.api('conversations')).body
  const ticket = 'a1b2c3d4'.repeat(4)
  const chosen = items.slice(1, 4)
  const answer = await fetch(`${store.base}/api/v1/export/chosen?format=json&ticket=${ticket}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ conversations: chosen.map((item) => item.id) }) })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-disposition'), /callscope-.*\.json/)
  const text = JSON.stringify(await answer.json())
  for (const item of items) assert.equal(text.includes(JSON.stringify(item.external_id)), chosen.includes(item), item.external_id)
  assert.deepEqual((await store.api('export/progress', { ticket })).body, { state: 'done', done: 3 })
  assert.deepEqual((await store.api('export/progress', { ticket: '0'.repeat(32) })).body, { state: 'waiting', done: 0 })
  const early = 'f'.repeat(32)
  assert.equal((await send('DELETE', `export/progress?ticket=${early}`)).status, 200)
  for (const format of ['csv', 'xlsx', 'json']) {
    const stopped = await store.api('export', { format, ticket: early })
    assert.equal(stopped.status, 503, format)
    assert.equal(stopped.body.error.code, 'stopped')
  }
  assert.equal((await store.api('export', { format: 'csv' })).status, 200)
  for (const ids of [[], ["x' OR '1"], [7], Array.from({ length: 2001 }, () => items[0].id), 'x']) {
    assert.equal((await send('POST', 'export/chosen', { conversations: ids })).status, 400)
  }
  assert.equal((await store.api('export/progress')).status, 400)
  assert.equal((await store.api('export', { ticket: 'x' })).status, 400)
})
