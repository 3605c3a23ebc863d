// Customers and agents come into being from what is imported, show why they are joined, and can be parted and joined again.
import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, open, run } from './callscope.mjs'

const CONVERSATIONS = [
  conversation('P-1', ['我要投诉你们', '嗯,说吧'], { customer: 'K-1', fields: { number: '138 0000 0001', agent_id: '1001' } }),
  conversation('P-2', ['在吗', '在的'], { customer: undefined, fields: { number: '+86 13800000001' }, started: '2026-03-02T09:00:00+08:00' }),
  conversation('P-3', ['在吗', '在的'], { customer: 'K-2', fields: { number: '13800000002', agent_id: '1002' } }),
]
const CUSTOMERS = `客户编号,姓名,电话,账号
K-1,王芳,13800000001,WangFang
K-7,=王芳(家),138-0000-0001,
`
const MAPPING = { kind: 'customers', format: 'csv', columns: { customer: '客户编号', customer_name: '姓名', number: '电话', account: '账号' } }

let store
let list
const people = async (parameters) => (await store.api('people', parameters)).body.people
const post = (address, headers = {}) => store.get(`/api/v1/${address}`, { method: 'POST', headers })
const values = (person) => person.identities.map(({ kind, value }) => `${kind} ${value}`)

before(async () => {
  store = await open(CONVERSATIONS)
  list = path.join(store.folder, 'list')
  await mkdir(list)
  await writeFile(path.join(list, 'customers.csv'), CUSTOMERS)
  await writeFile(path.join(list, 'mapping.json'), JSON.stringify(MAPPING))
  const { code, stderr } = await run('inspect', list, '--data', path.join(store.folder, 'data'), '--rules', path.join(store.folder, 'test.rules'))
  assert.equal(code, 0, stderr)
})
after(() => store.close())

describe('people', () => {
  test('are joined by what names them together, and say where', async () => {
    const [person, ...others] = await people({ q: '王芳' })
    assert.equal(others.length, 0)
    assert.deepEqual(values(person), ['customer K-1', 'customer K-7', 'account wangfang', 'phone 138****0001'])
    assert.equal(person.contacts, 2)
    const account = person.links.find((link) => link.b.kind === 'account')
    assert.match(account.source, /customers\.csv$/)
    assert.equal(account.place, 'line 2')
    const phone = person.links.find((link) => link.a.value === 'K-1' && link.b.kind === 'phone')
    assert.equal(phone.place, 'conversation P-1')
    const whole = (await store.api(`people/${person.number}`)).body
    assert.deepEqual(whole.conversations.map((one) => one.external_id), ['P-2', 'P-1'])
    assert.equal((await people({ q: '138-0000-0002' }))[0].contacts, 1)
  })

  test('of one name are two agents where their staff numbers differ', async () => {
    const agents = await people({ kind: 'agent' })
    assert.deepEqual(agents.map(values).flat().sort(), ['agent_id 1001', 'agent_id 1002', 'agent_name 李晓芸'])
    assert.equal(agents.length, 3)
    assert.ok(agents.flatMap((one) => one.links).every((link) => link.why_not === 'shared'))
  })

  test('are parted and joined again', async () => {
    const [person] = await people({ q: 'K-7' })
    const link = person.links.find((one) => one.a.value === 'K-7').number
    const parted = await post(`people/links/${link}/undo`)
    assert.equal(parted.status, 200)
    assert.equal(parted.body.people.length, 2)
    assert.deepEqual(values((await people({ q: 'K-7' }))[0]), ['customer K-7'])
    assert.equal((await post(`people/links/${link}/redo`)).body.people.length, 1)
    const { code, stdout } = await run('people', 'undo', String(link), '--data', path.join(store.folder, 'data'), '--json')
    assert.equal(code, 0)
    assert.equal(JSON.parse(stdout).people.length, 2)
    assert.match((await run('people', 'K-7', '--data', path.join(store.folder, 'data'))).stdout, /\[\d+\].*undone/)
    assert.equal((await run('people', 'redo', String(link), '--data', path.join(store.folder, 'data'))).code, 0)
  })

  test('are not changed from another site, nor by a wrong number', async () => {
    const [person] = await people({ q: 'K-7' })
    const foreign = await post(`people/links/${person.links[0].number}/undo`, { Origin: 'http://example.com' })
    assert.equal(foreign.status, 403)
    for (const [address, status] of [['people/links/99999/undo', 404], ['people/links/x/redo', 404]]) {
      const answer = await post(address)
      assert.equal(answer.status, status)
      assert.ok(answer.body.error.remedy)
    }
    assert.equal((await store.api('people/99999')).status, 404)
    assert.equal((await store.api('people', { kind: 'robot' })).status, 400)
    assert.equal((await store.api('people', { after: 'x' })).status, 400)
    assert.equal((await run('people', 'undo', 'x', '--data', path.join(store.folder, 'data'))).code, 2)
    assert.equal((await run('people', '--kind', 'robot', '--data', path.join(store.folder, 'data'))).code, 2)
  })
})

describe('findings as tables', () => {
  const out = (name) => path.join(store.folder, name)

  test('go out on the command line and over HTTP, the same', async () => {
    const { code, stdout } = await run('export', '--format', 'csv', '--lang', 'zh', '--data', path.join(store.folder, 'data'))
    assert.equal(code, 0)
    const served = await store.get('/api/v1/export?format=csv')
    assert.equal(served.status, 200)
    assert.match(served.headers['content-disposition'], /attachment/)
    assert.equal(served.text, stdout)
    const lines = stdout.split('\r\n')
    assert.match(lines[0], /^\ufeff会话编号,开始时间,/)
    assert.equal(lines.length, 3) // the heading, one finding, the end
    assert.match(lines[1], /^P-1,2026-02-01 \d\d:00:00,电话,李晓芸,售后二组,售后,K-1,.*体验 -10：客户不满时致歉（未达）/)
    const english = await store.get('/api/v1/export?format=csv&lang=en&rule=apologise')
    assert.match(english.text, /experience -10: Apologise when the customer is upset \(missed\)/)
  })

  test('go out as a workbook', async () => {
    const served = await store.get('/api/v1/export?format=xlsx')
    assert.equal(served.status, 200)
    assert.equal(served.bytes.subarray(0, 2).toString(), 'PK')
    const { code } = await run('export', '--format', 'xlsx', '--out', out('all.xlsx'), '--data', path.join(store.folder, 'data'))
    assert.equal(code, 0)
  })
})

test('an undone import takes its people along', async (t) => {
  const data = path.join(store.folder, 'data')
  const number = (await store.api('imports')).body.items.find((one) => one.name === 'list')?.number
  if (!number) return t.skip('a run of lists alone is no import')
  assert.equal((await run('imports', 'undo', String(number), '--data', data)).code, 0)
  assert.equal((await people({ q: 'K-7' })).length, 0)
  const [person] = await people({ q: 'K-1' })
  assert.deepEqual(values(person), ['customer K-1', 'phone 138****0001'])
  await rm(list, { recursive: true })
})
