// Files come in over HTTP: sent, looked at, read in, refused with reasons, cancelled and taken back.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, run } from './callscope.mjs'
import { chats, clearedUp, contents, filesUnder, send, serveImports, wav } from './imports.mjs'

let folder
let server
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'callscope-imports-'))
  server = await serveImports(folder)
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const CSV = '会话,时间,说话人,内容\nR-1,2026-02-14 10:32:00,客户,我要投诉\nR-1,2026-02-14 10:33:00,坐席,非常抱歉\nR-2,2026-02-14 11:00:00,客户,在吗\nR-2,2026-02-30 11:01:00,坐席,在的\n'
const MAPPING = { format: 'csv', columns: { conversation: '会话', time: '时间', speaker: '说话人', text: '内容' },
  speakers: { 客户: 'customer', 坐席: 'agent' }, time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00', channel: 'chat' }
/** A conversation that was restored may still name the newer file. */
const withoutSource = ({ details, ...rest }) => ({ ...rest, details: details.map(({ source, ...one }) => one) })
const error = ({ status, body }) => ({ status, code: body.error.code })

describe('an empty store', () => {
  test('lists are empty, and what is not there says so', async () => {
    assert.deepEqual((await server.get('imports')).body, { items: [], next: null })
    assert.deepEqual((await server.get('mappings')).body, { items: [] })
    assert.equal((await server.get('imports/1')).status, 404)
    assert.match((await server.get('summary')).body.error.remedy, /import something/)
  })

  test('the first upload makes the store and takes the rules that were named', async () => {
    const done = await server.upload({ 'first.json': [conversation('F-1', ['我要投诉', '嗯', '喂', '嗯', '再见', '再见'])] }, {}, { name: '第一次' })
    assert.equal(done.state, 'done')
    assert.equal(done.name, '第一次')
    assert.equal(done.how, 'upload')
    assert.equal(done.counts.inspected, 1)
    assert.equal(done.can_undo, true)
    const { body } = await server.get('conversations/F-1')
    assert.equal(body.source, 'first.json')
    assert.equal(body.rules.find((r) => r.rule === 'apologise').verdict, 'missed')
    await clearedUp(folder)
  })
})

describe('an upload', () => {
  test('files of several kinds in folders, with a mapping: counted, refused with file, place, reason and remedy', async () => {
    const { body: { number } } = await server.call('POST', 'imports')
    for (const [name, content] of [['二月/聊天 记录.csv', CSV], ['二月/1001.wav', wav(1)], ['notes.bin', 'nothing']])
      assert.equal((await server.put(number, name, content)).status, 200)
    const { body: open } = await server.get(`imports/${number}`)
    assert.equal(open.state, 'open')
    assert.equal(open.name, `upload ${number}`)
    assert.deepEqual(open.files, [{ path: 'notes.bin', bytes: 7 }, { path: '二月/1001.wav', bytes: 16044 }, { path: '二月/聊天 记录.csv', bytes: Buffer.byteLength(CSV) }])
    assert.equal((await stat(path.join(folder, 'data/uploads', `${number}`, '二月/1001.wav'))).mode & 0o777, 0o600)

    const started = await server.call('POST', `imports/${number}/start`, { mappings: { '二月/聊天 记录.csv': MAPPING } })
    assert.equal(started.status, 202)
    assert.equal(started.headers.location, `/api/v1/imports/${number}`)
    const done = await server.end(number)
    assert.equal(done.state, 'done', JSON.stringify(done))
    assert.deepEqual({ read: done.counts.read, expected: done.counts.expected, inspected: done.counts.inspected, recordings: done.counts.recordings },
      { read: 3, expected: 3, inspected: 2, recordings: 1 })
    const { body: refusals } = await server.get(`imports/${number}/refusals`)
    assert.equal(refusals.items.length, done.refusals)
    const [refused] = refusals.items
    assert.equal(refused.file, '二月/聊天 记录.csv')
    assert.match(refused.place, /line 5/)
    assert.ok(refused.reason && refused.remedy)
    assert.equal((await server.get('conversations/R-1')).body.source, '二月/聊天 记录.csv')
    await clearedUp(folder)
  })

  test('a file is sent again, taken back, and can not be changed once it is started', async () => {
    const { body: { number } } = await server.call('POST', 'imports', {})
    assert.equal(error(await server.call('POST', `imports/${number}/start`)).status, 409)
    await server.put(number, 'a.json', 'first')
    assert.deepEqual((await server.put(number, 'a.json', 'second!')).body, { path: 'a.json', bytes: 7 })
    assert.deepEqual((await server.get(`imports/${number}`)).body.files, [{ path: 'a.json', bytes: 7 }])
    assert.equal((await server.call('DELETE', `imports/${number}/files/b.json`)).status, 404)
    assert.deepEqual((await server.call('DELETE', `imports/${number}/files/a.json`)).body.files, [])
    await server.put(number, 'a.json', '[]')
    assert.equal((await server.call('POST', `imports/${number}/start`)).status, 202)
    await server.end(number)
    for (const answer of [await server.put(number, 'c.json', '[]'), await server.call('POST', `imports/${number}/start`), await server.call('POST', `imports/${number}/cancel`)])
      assert.deepEqual(error(answer), { status: 409, code: 'conflict' })
  })

  test('names can not leave the folder, and nothing hides', async () => {
    const { body: { number } } = await server.call('POST', 'imports')
    for (const name of ['../x', '../../callscope.db', '/etc/passwd', 'a/../../b', '.hidden', 'a//b', 'a/', 'a\u0000b', 'a\nb', 'a\\b', 'x'.repeat(256), 'd/'.repeat(21) + 'x'])
      assert.equal((await server.put(number, name, 'x')).status, 400, name)
    for (const raw of ['%2e%2e%2fx', '..%2Fx', '%ff', 'a%00b', '%'])
      assert.equal((await server.call('PUT', `imports/${number}/files/${raw}`, 'x')).status, 400, raw)
    assert.deepEqual((await server.get(`imports/${number}`)).body.files, [])
    assert.equal((await server.put(number, '客户 100% #1?.json', '[]')).status, 200)
    assert.equal((await server.call('PUT', `imports/${number}/files/a/b.json`, '[]')).status, 200)
    assert.deepEqual((await server.get(`imports/${number}`)).body.files.map((f) => f.path), ['a/b.json', '客户 100% #1?.json'])
    for (const id of ['0', '-1', '99999', '1x', '9999999999999999999999', '%31%20'])
      assert.equal((await server.put(id, 'a', 'x')).status, 404, id)
    await server.call('POST', `imports/${number}/cancel`)
    await clearedUp(folder)
  })

  test('a mapping that can not be used is refused with its place before anything starts', async () => {
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, 'a.csv', CSV)
    const wrong = await server.call('POST', `imports/${number}/start`, { mappings: { 'a.csv': { ...MAPPING, columns: { conversation: '会话', txt: '内容' } } } })
    assert.equal(wrong.status, 400)
    assert.match(JSON.stringify(wrong.body), /txt/)
    assert.match(wrong.body.error.place, /^a\.csv, columns/)
    for (const body of ['{"mappings": 3}', '{"mappings"', '[]', { mappings: { '../a.csv': MAPPING } }])
      assert.equal((await server.call('POST', `imports/${number}/start`, body)).status, 400, JSON.stringify(body))
    assert.equal((await server.get(`imports/${number}`)).body.state, 'open')
    await server.call('POST', `imports/${number}/cancel`)
  })

  test('bodies have limits that are told', async () => {
    const { body: { number } } = await server.call('POST', 'imports')
    for (const headers of [{}, { Expect: '100-continue' }]) {
      const large = await server.call('POST', 'imports', `{"name":"${'x'.repeat(1 << 20)}"}`, headers)
      assert.deepEqual(error(large), { status: 413, code: 'too_large' })
    }
    assert.equal((await server.call('POST', 'imports', '{"name": 7}')).status, 400)
    assert.equal((await server.call('POST', 'imports', '{"name": ')).status, 400)
    const tooLarge = await send(server.base, 'PUT', `/api/v1/imports/${number}/files/a`, undefined, { 'Content-Length': 9 * 2 ** 30, Connection: 'close' })
    assert.deepEqual(error(tooLarge), { status: 413, code: 'too_large' })
    assert.match(tooLarge.body.error.remedy, /parts/)
    assert.equal((await server.call('GET', 'imports?limit=0')).status, 400)
    assert.equal((await server.call('GET', 'imports?after=x')).status, 400)
    assert.equal((await server.call('DELETE', `imports/${number}`)).status, 405)
    await server.call('POST', `imports/${number}/cancel`)
  })

  test('pages of other sites change nothing', async () => {
    const before = (await server.get('imports')).body.items.length
    const own = server.base
    for (const headers of [{ Origin: 'http://evil.example' }, { Origin: 'null' }, { Origin: 'https://' + own.slice(7) }, { Origin: 'http://localhost:1' }, { 'Sec-Fetch-Site': 'cross-site' }])
      assert.deepEqual(error(await server.call('POST', 'imports', {}, headers)), { status: 403, code: 'forbidden' })
    assert.equal((await server.get('imports')).body.items.length, before)
    const ours = await server.call('POST', 'imports', {}, { Origin: own, 'Sec-Fetch-Site': 'same-origin' })
    assert.equal(ours.status, 201)
    await server.call('POST', `imports/${ours.body.number}/cancel`)
  })
})

describe('mappings', () => {
  test('are saved under a name, used by an import, replaced and forgotten', async () => {
    const address = `mappings/${encodeURIComponent('呼叫中心A')}`
    assert.equal((await server.get(address)).status, 404)
    assert.equal((await server.call('PUT', address, { format: 'csv', columns: { nonsense: 1 } })).status, 400)
    assert.deepEqual((await server.call('PUT', address, MAPPING)).body, MAPPING)
    const { body: { items } } = await server.get('mappings')
    assert.deepEqual(items.map(({ saved_ms, ...rest }) => (assert.ok(saved_ms > 0), rest)), [{ name: '呼叫中心A', kind: 'conversations', format: 'csv' }])
    const done = await server.upload({ 'march.csv': CSV.replaceAll('R-', 'S-').replace('02-30', '02-14') }, {}, { mapping: '呼叫中心A' })
    assert.equal(done.counts.inspected, 2)
    assert.equal(done.mapping, '呼叫中心A')
    assert.equal((await server.call('POST', 'imports', { mapping: 'nobody' })).status, 404)
    assert.equal((await server.call('DELETE', address)).status, 200)
    assert.equal((await server.call('DELETE', address)).status, 404)
    await server.undo(done.number)
  })
})

describe('a preview', () => {
  test('columns are guessed, or read by a saved mapping that fits, or by the one given; nothing is stored', async () => {
    const before = await contents(server)
    const { body: { number } } = await server.call('POST', 'imports')
    await server.put(number, '三月/chats.csv', CSV)
    const look = (body) => server.call('POST', `imports/${number}/preview`, body)
    const guessed = (await look({ file: '三月/chats.csv' })).body
    assert.equal(guessed.file, '三月/chats.csv')
    assert.equal(guessed.format, 'csv')
    assert.equal(guessed.needs_mapping, true)
    assert.equal(guessed.saved, null)
    assert.deepEqual(guessed.columns.map((c) => c.use), ['conversation', 'time', 'speaker', 'text'])
    assert.ok(guessed.columns.every((c) => c.sure > 0 && c.sure <= 1 && c.samples.length > 0))
    assert.equal(guessed.rows.length, 4)
    assert.equal(guessed.rows[0].cells.text, '我要投诉')
    assert.match(guessed.rows[3].problem.place, /line 5/)
    assert.equal(guessed.conversations[0].id, 'R-1')

    await server.call('PUT', 'mappings/chats', MAPPING)
    const saved = (await look({ file: '三月/chats.csv' })).body
    assert.equal(saved.saved, 'chats')
    assert.deepEqual(saved.mapping, MAPPING)
    await server.call('DELETE', 'mappings/chats')
    const wrong = (await look({ file: '三月/chats.csv', mapping: { ...MAPPING, columns: { ...MAPPING.columns, text: '没有' } } })).body
    assert.ok(wrong.problem.reason && wrong.problem.remedy)
    assert.equal(error(await look({ file: 'other.csv' })).status, 404)
    for (const body of [{}, { file: '../../callscope.db' }, { file: 7 }, '[]', '{'])
      assert.equal((await look(body)).status, 400, JSON.stringify(body))
    const done = await (async () => {
      await server.call('POST', `imports/${number}/start`, { mappings: { '三月/chats.csv': guessed.mapping } })
      return server.end(number)
    })()
    assert.equal(done.counts.expected, 2)
    await server.undo(number)
    assert.deepEqual(withoutSource(await contents(server)), withoutSource(before))
  })
})

describe('call lists', () => {
  const CALLS = { format: 'csv', kind: 'calls', columns: { time: '开始', duration: '时长', number: '号码', agent: '坐席', recording: '录音' },
    time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00' }
  const LIST = '开始,时长,号码,坐席,录音\n2026-02-14 10:32:00,3,13812345678,李晓芸,7001.wav\n2026-02-14 11:00:00,3,13900000000,王强,7999.wav\n'

  test('come with recordings, are joined to them, and are taken back with all they said', async () => {
    const before = await contents(server)
    const done = await server.upload({ '7001.wav': wav(3), 'calls.csv': LIST }, { mappings: { 'calls.csv': CALLS } })
    assert.equal(done.state, 'done', JSON.stringify(done))
    assert.equal(done.counts.inspected, 1)
    assert.deepEqual({ ...done.counts.records }, { read: 2, new: 2, changed: 0, unchanged: 0, refused: 0, retired: 0 })
    assert.deepEqual(done.counts.joins, { matched: 1, doubtful: 0, unmatched: 1 })
    const joined = (await server.get('conversations/7001')).body
    assert.equal(joined.agent, '李晓芸')
    const list = await server.upload({ 'calls.csv': LIST.replace('李晓芸', '赵敏') }, { mappings: { 'calls.csv': CALLS } })
    assert.equal(list.counts.records.changed, 1)
    assert.equal((await server.get('conversations/7001')).body.agent, '赵敏')
    assert.equal((await server.undo(list.number)).counts.undo.records, 1)
    assert.equal((await server.get('conversations/7001')).body.agent, '李晓芸')
    assert.deepEqual((await server.undo(done.number)).counts.undo, { removed: 1, restored: 0, records: 2, kept: 0 })
    assert.deepEqual(await contents(server), before)
  })
})

describe('POST /api/v1/conversations', () => {
  const one = conversation('P-1', ['你好', '您好'])

  test('one, a list, JSON Lines; waiting gives the import when it is done', async () => {
    const single = await server.call('POST', 'conversations?wait=20', one)
    assert.equal(single.status, 200)
    assert.equal(single.body.state, 'done')
    assert.equal(single.body.how, 'api')
    assert.equal(single.body.counts.inspected, 1)
    const list = await server.call('POST', 'conversations?wait=20', [conversation('P-2', ['a', 'b']), conversation('P-3', ['c', 'd'])])
    assert.equal(list.body.counts.inspected, 2)
    const lines = await server.call('POST', 'conversations?wait=20', chats(5, 'P-L'), { 'Content-Type': 'application/x-ndjson' })
    assert.equal(lines.body.counts.inspected, 5)
    const later = await server.call('POST', 'conversations', conversation('P-4', ['e', 'f']))
    assert.equal(later.status, 202)
    assert.equal(later.headers.location, `/api/v1/imports/${later.body.number}`)
    assert.equal((await server.end(later.body.number)).counts.inspected, 1)
    assert.equal((await server.get('conversations/P-4')).status, 200)
  })

  test('the same key with the same body is the same import, with another body refused', async () => {
    const key = { 'Idempotency-Key': 'night-2026-02-14' }
    const first = await server.call('POST', 'conversations?wait=20', conversation('P-5', ['a', 'b']), key)
    const again = await server.call('POST', 'conversations?wait=20', conversation('P-5', ['a', 'b']), key)
    assert.equal(again.status, 200)
    assert.equal(again.body.number, first.body.number)
    assert.deepEqual(error(await server.call('POST', 'conversations', conversation('P-5', ['a', 'c']), key)), { status: 409, code: 'conflict' })
    assert.equal((await server.call('POST', 'conversations', one, { 'Idempotency-Key': 'x'.repeat(201) })).status, 400)
    const many = await Promise.all(Array.from({ length: 12 }, () => server.call('POST', 'conversations?wait=20', conversation('P-6', ['a', 'b']), { 'Idempotency-Key': 'many' })))
    assert.equal(new Set(many.map((m) => m.body.number)).size, 1)
  })

  test('what is no conversation is refused, at once or with the import', async () => {
    for (const body of ['', '  \n', 'hello', '\u0000'])
      assert.equal((await server.call('POST', 'conversations', body)).status, 400, body)
    assert.equal((await server.call('POST', 'conversations?wait=31', one)).status, 400)
    const cut = await server.call('POST', 'conversations?wait=20', '{"id": "P-7", ')
    assert.equal(cut.body.counts.refused, 1)
    const { body } = await server.get(`imports/${cut.body.number}/refusals`)
    assert.equal(body.items[0].file, 'conversations.json')
    const known = await server.call('POST', 'conversations?wait=20', one)
    assert.equal(known.body.counts.unchanged, 1)
  })
})

describe('the end of an import', () => {
  test('one that runs is cancelled: what is stored stays, and can be undone', async () => {
    const before = await contents(server)
    const { body: { number } } = await server.call('POST', 'imports', { name: 'many' })
    await server.put(number, 'many.jsonl', chats(150000, 'C'))
    await server.call('POST', `imports/${number}/start`)
    for (let seen = null; !seen?.progress || seen.counts.inspected === 0;) seen = (await server.get(`imports/${number}`)).body
    const asked = await server.call('POST', `imports/${number}/cancel`)
    assert.equal(asked.status, 202)
    const ended = await server.end(number)
    assert.equal(ended.state, 'cancelled')
    assert.equal(ended.can_undo, true)
    const stored = ended.counts.inspected
    assert.ok(stored > 0 && stored < 150000, `${stored} were stored`)
    const undone = await server.undo(number)
    assert.equal(undone.state, 'undone')
    assert.equal(undone.counts.undo.removed, stored)
    assert.deepEqual(await contents(server), before)
  })

  test('undone, the store answers as before: new ones are gone, changed ones are what they were, recordings too', async () => {
    await server.upload({ 'u.json': [conversation('U-1', ['你好', '您好']), conversation('U-2', ['我要投诉', '非常抱歉'])] })
    const before = await contents(server)
    const blobs = await filesUnder(path.join(folder, 'data/recordings'))
    const later = await server.upload({ 'u2.json': [conversation('U-1', ['我要投诉', '嗯', '啊', '嗯', '哦', '嗯'], { title: 'another' }), conversation('U-3', ['算了', '好'])],
      'tone.wav': wav(2, 300) })
    assert.equal(later.counts.inspected, 3)
    assert.equal((await server.get('conversations/U-1')).body.title, 'another')
    assert.equal((await filesUnder(path.join(folder, 'data/recordings'))).length, blobs.length + 2)
    const undone = await server.undo(later.number)
    assert.equal(undone.state, 'undone')
    assert.deepEqual(undone.counts.undo, { removed: 2, restored: 1, records: 0, kept: 0 })
    assert.equal(undone.can_undo, false)
    assert.deepEqual(withoutSource(await contents(server)), withoutSource(before))
    assert.deepEqual(await filesUnder(path.join(folder, 'data/recordings')), blobs)
    assert.deepEqual(error(await server.call('POST', `imports/${later.number}/undo`)), { status: 409, code: 'conflict' })
    const again = await server.upload({ 'u2.json': [conversation('U-3', ['算了', '好'])] })
    assert.equal(again.counts.inspected, 1)
    await server.undo(again.number)
  })

  test('what a later import changed stays, whichever is undone first', async () => {
    const before = await contents(server)
    const first = await server.upload({ 'k.json': [conversation('K-1', ['a', 'b']), conversation('K-2', ['a', 'b'])] })
    const second = await server.upload({ 'k.json': [conversation('K-1', ['c', 'd'])] })
    assert.deepEqual((await server.undo(first.number)).counts.undo, { removed: 1, restored: 0, records: 0, kept: 1 })
    assert.equal((await server.get('conversations/K-1')).body.turns[0].text, 'c')
    assert.equal((await server.get('conversations/K-2')).status, 404)
    assert.deepEqual((await server.undo(second.number)).counts.undo, { removed: 1, restored: 0, records: 0, kept: 0 })
    assert.deepEqual(await contents(server), before)
  })

  test('what a later import held too stays, with what it said of people', async () => {
    const before = await contents(server)
    const texts = { 'h.json': [conversation('H-1', ['a', 'b'], { customer: 'HELD-1' })] }
    const first = await server.upload(texts)
    const second = await server.upload(texts)
    assert.equal(second.counts.unchanged, 1)
    assert.deepEqual((await server.undo(first.number)).counts.undo, { removed: 0, restored: 0, records: 0, kept: 1 })
    assert.equal((await server.get('conversations/H-1')).status, 200)
    assert.equal((await server.get('people?q=HELD-1')).body.people.length, 1)
    assert.deepEqual((await server.undo(second.number)).counts.undo, { removed: 1, restored: 0, records: 0, kept: 0 })
    assert.deepEqual(await contents(server), before)
    assert.equal((await server.get('people?q=HELD-1')).body.people.length, 0)
  })

  test('what a killed server left under a number is not taken for files of the next import', async () => {
    const { number } = (await server.call('POST', 'imports', {})).body
    const left = path.join(folder, `data/uploads/${number + 1}`)
    await mkdir(left, { recursive: true })
    await writeFile(path.join(left, '.paths.json'), '{"paths": [], "mapping": null}')
    const ended = await server.upload({ 'left.json': [conversation('L-1', ['a', 'b'])] })
    assert.equal(ended.number, number + 1)
    assert.equal(ended.counts.inspected, 1)
    await server.undo(ended.number)
  })

  test('a command is an import like any other, listed, shown and undone at the terminal', async () => {
    const before = await contents(server)
    const input = path.join(folder, 'input')
    const data = ['--data', path.join(folder, 'data')]
    await writeFile(`${input}.json`, JSON.stringify([conversation('T-1', ['a', 'b']), { id: 'T-2' }]))
    const words = ['inspect', `${input}.json`, ...data, '--rules', path.join(folder, 'test.rules')]
    assert.equal((await run(...words)).code, 1)
    const { items } = JSON.parse((await run('imports', '--json', ...data)).stdout)
    const [{ number, how, name, refusals }] = items
    assert.deepEqual({ how, name, refusals }, { how: 'command', name: 'input.json', refusals: 1 })
    await writeFile(`${input}.json`, JSON.stringify([conversation('T-1', ['a', 'b'])]))
    assert.equal((await run(...words)).code, 0)
    assert.equal((await server.get('imports')).body.items[0].number, number, 'a run that changed nothing leaves no row')
    const shown = await run('imports', 'show', `${number}`, ...data)
    assert.match(shown.stdout, /1 new or changed, 0 unchanged, 1 refused/)
    assert.match(shown.stdout, /refused: .*input\.json, conversation T-2/)
    const undone = await run('imports', 'undo', `${number}`, ...data)
    assert.equal(undone.code, 0, undone.stderr)
    assert.match(undone.stdout, /taken back: 1 removed/)
    assert.deepEqual(await contents(server), before)
    assert.equal((await run('imports', 'undo', `${number}`, ...data)).code, 1)
    assert.equal((await run('imports', 'undo', 'x', ...data)).code, 2)
    assert.equal((await run(...words)).code, 0) /* the file can be read again */
    assert.equal((await server.get('conversations/T-1')).status, 200)
  })
})
