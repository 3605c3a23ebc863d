// Numbers and names of customers leave covered, wherever they leave; shown as they are only for a reason that is kept.
import assert from 'node:assert/strict'
import http from 'node:http'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, open, run } from './callscope.mjs'

const PHONE = '13812342071'
const IDENTITY = '11010519491231002X'
const CARD = '6222021234567894'
const MAIL = 'xiaoming.wang@mail.example'
const NAME = '王小明'
/** None of them may be found in an answer that nobody asked to reveal. */
const SECRETS = [PHONE, '138 1234 2071', '138-1234-2071', '1234 2071', IDENTITY, CARD, '6222 0212 3456 7894', MAIL, NAME, '13900002222']

const RULES = `words unhappy = 投诉

rule apologise
  title  "客户不满时致歉" | "Apologise when the customer is upset"
  when   customer says unhappy
  expect agent says "抱歉" within 2 agent turns after
  else   experience -10

flag gives-number
  when   customer says /1[3-9][0-9]{9}/
  then   tag 留号码, risk +5
`
const CONVERSATIONS = [
  conversation(
    'M-1',
    [`我要投诉,我叫${NAME},打我${PHONE}`, `好的,记下了:138 1234 2071`, `身份证${IDENTITY},卡号6222 0212 3456 7894`, `邮箱${MAIL}对吗`, '订单号8812000123456', '好的'],
    {
      title: `${NAME} ${PHONE} 投诉`,
      customer: NAME,
      fields: { phone: PHONE, number: '13900002222', 卡号: CARD, 姓名: NAME, order_no: '8812000123456', mail: MAIL },
    },
  ),
  conversation(`call-${PHONE}-2`, ['在吗', `打${PHONE}`], { customer: PHONE, title: undefined }),
  conversation('M-3', [`${PHONE}`, '抱歉'], { customer: 'K-3', started: '2026-03-02T09:00:00+08:00' }),
]
const CALLS = `时间,号码,坐席,客户
2026-01-15 10:00:00,138-1234-2071,李晓芸,${NAME}
`
const MAPPING = {
  kind: 'calls', format: 'csv', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00',
  columns: { time: '时间', number: '号码', agent: '坐席', customer: '客户' },
}

let store
let id

/** A request with a body; gives { status, headers, text, body }. */
function send(address, body, method = 'POST') {
  const { hostname, port } = new URL(store.base)
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': bytes.length }
    const asked = http.request({ hostname, port, method, path: `/api/v1/${address}`, headers, agent: false }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json')
        resolve({ status: answer.statusCode, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null })
      })
    })
    asked.on('error', reject)
    asked.end(bytes)
  })
}

const has = (text) => SECRETS.filter((secret) => text.includes(secret))
const audit = async (action) => (await store.api('audit', { action })).body.entries

before(async () => {
  store = await open(CONVERSATIONS, RULES)
  const list = path.join(store.folder, 'list')
  await mkdir(list)
  await writeFile(path.join(list, 'calls.csv'), CALLS)
  await writeFile(path.join(list, 'mapping.json'), JSON.stringify(MAPPING))
  const { code, stderr } = await run('inspect', list, '--data', path.join(store.folder, 'data'), '--rules', path.join(store.folder, 'test.rules'))
  assert.equal(code, 0, stderr)
  const found = await store.api('conversations', { q: PHONE })
  id = found.body.items.find((item) => item.external_id === 'M-1').id
})
after(() => store.close())

describe('nothing that leaves by itself', () => {
  const addresses = [
    'conversations', `conversations?q=${PHONE}`, `conversations?q=${encodeURIComponent(NAME)}`, 'conversations?sort=-risk', 'summary', 'facets', 'figures',
    'joins?state=unmatched', 'joins?state=matched', 'people', `people?q=${PHONE}`, 'imports', 'imports/1', 'imports/1/refusals', 'work', 'work/aside', 'status',
    'conversations?sort=risk&limit=1', 'figures/changes', 'figures/ranking?by=agent', 'filters', 'review', 'review?rule=gives-number', 'orders', 'orders/unanswered', 'orders/people',
    'rules', 'rules/gives-number', 'rules/gives-number/samples', 'rules/gives-number/versions', 'rules/apologise/samples', 'audit', 'mappings', 'accounts',
    'export', 'export?format=json', 'export?format=jsonl', 'export?format=vcon', 'export?lang=en',
  ]
  for (const address of addresses)
    test(`by ${decodeURIComponent(address)}`, async () => {
      const { status, text, headers } = await store.get(`/api/v1/${address}`)
      assert.ok(status === 200 || status === 404, `${status} ${text}`)
      assert.deepEqual(has(text), [], text)
      assert.match(headers['cache-control'], /no-store/)
    })

  test('by the pages of conversations and of people', async () => {
    const { body } = await store.api('conversations')
    assert.equal(body.items.length, 3)
    for (const item of body.items) {
      const page = await store.get(`/api/v1/conversations/${item.id}`)
      assert.equal(page.status, 200)
      assert.deepEqual(has(page.text), [], page.text)
      assert.equal(page.body.masking.is_revealed, false)
      assert.ok(page.body.masking.covered > 0)
    }
    for (const item of body.items)
      for (const more of ['related', 'judgements', 'neighbours']) {
        const page = await store.get(`/api/v1/conversations/${item.id}/${more}`)
        assert.equal(page.status, 200)
        assert.deepEqual(has(page.text), [], `${more} ${page.text}`)
      }
    for (const person of (await store.api('people')).body.people) {
      const page = await store.get(`/api/v1/people/${person.number}`)
      assert.deepEqual(has(page.text), [], page.text)
    }
  })
})

describe('what is covered', () => {
  test('keeps its length, so that evidence stands where it stood', async () => {
    const { body } = await store.api(`conversations/${id}`)
    assert.equal(body.title, '王** 138****2071 投诉')
    assert.equal(body.customer, '王**')
    assert.deepEqual(body.turns.map((turn) => [...turn.text].length), CONVERSATIONS[0].turns.map((turn) => [...turn.text].length))
    assert.equal(body.turns[1].text, '好的,记下了:138 **** 2071')
    assert.equal(body.turns[2].text, '身份证110***********002X,卡号6222 **** **** 7894')
    assert.equal(body.turns[4].text, '订单号8812000123456')
    const fields = Object.fromEntries(body.fields.map((field) => [field.name, field.value]))
    assert.equal(fields.phone, '138****2071')
    assert.equal(fields.姓名, '王**')
    assert.equal(fields.卡号, '6222********7894')
    assert.equal(fields.order_no, '8812000123456')
    const found = body.rules.find((rule) => rule.rule === 'gives-number').findings.flatMap((finding) => finding.evidence).find((one) => one.matched)
    assert.equal(found.matched, '138****2071')
    const said = [...body.turns[found.turn - 1].text]
    assert.equal(said.slice(found.from, found.to).join(''), '138****2071')
  })

  test('is judged as it was said', async () => {
    const { body } = await store.api('conversations', { rule: 'gives-number', verdict: 'noted' })
    assert.deepEqual(body.items.map((item) => item.title).length, 2)
  })

  test('is found by the true number, and marked on the stars', async () => {
    const { body } = await store.api('conversations', { q: PHONE })
    const item = body.items.find((one) => one.id === id)
    const marked = item.matches.flatMap((match) => match.parts).filter((part) => part.is_match)
    assert.ok(marked.length > 0)
    assert.deepEqual([...new Set(marked.map((part) => part.text))], ['138****2071'])
  })
})

describe('numbers are shown as they are', () => {
  test('for a reason, which is kept with who and what', async () => {
    const before = (await audit('conversation.reveal')).length
    const { status, headers, body, text } = await send(`conversations/${id}/reveal`, { reason: '回访客户' })
    assert.equal(status, 200, text)
    assert.equal(body.masking.is_revealed, true)
    assert.equal(body.turns[0].text, CONVERSATIONS[0].turns[0].text)
    assert.equal(body.title, CONVERSATIONS[0].title)
    assert.equal(headers['cache-control'], 'no-store')
    const rows = await audit('conversation.reveal')
    assert.equal(rows.length, before + 1)
    assert.equal(rows[0].subject, id)
    assert.equal(rows[0].detail, '回访客户')
    const masked = await store.api(`conversations/${id}`) // and the next one sees it covered again
    assert.deepEqual(has(masked.text), [])
  })

  test('not without one', async () => {
    const before = (await audit('conversation.reveal')).length
    for (const body of [undefined, {}, { reason: '' }, { reason: ' \n' }, { reason: 'x' }, { reason: 'x'.repeat(201) }, { reason: 7 }, []]) {
      const { status, text } = await send(`conversations/${id}/reveal`, body)
      assert.equal(status, 400, text)
      assert.deepEqual(has(text), [])
    }
    assert.equal((await audit('conversation.reveal')).length, before)
  })

  test('by POST alone', async () => {
    assert.equal((await store.get(`/api/v1/conversations/${id}/reveal`)).status, 405)
    assert.equal((await store.api('export', { unmasked: '1' })).status, 400)
  })

  test('not of what is not there', async () => {
    const before = (await audit('conversation.reveal')).length
    assert.equal((await send('conversations/nowhere/reveal', { reason: '回访客户' })).status, 404)
    assert.equal((await send('people/999999/reveal', { reason: '回访客户' })).status, 404)
    assert.equal((await audit('conversation.reveal')).length, before)
  })

  test('and a reason that holds a number is kept without it', async () => {
    await send(`conversations/${id}/reveal`, { reason: `回访${PHONE}` })
    assert.equal((await audit('conversation.reveal'))[0].detail, '回访138****2071')
  })

  test('of a person', async () => {
    const [person] = (await store.api('people', { q: PHONE })).body.people
    const { status, body, text } = await send(`people/${person.number}/reveal`, { reason: '核对号码' })
    assert.equal(status, 200, text)
    assert.ok(has(text).length > 0)
    assert.equal(body.number, person.number)
    assert.equal((await audit('person.reveal'))[0].detail, '核对号码')
  })

  test('in an export, for managers', async () => {
    for (const format of ['csv', 'json', 'jsonl', 'vcon']) {
      const { status, text, headers } = await send(`export?format=${format}`, { reason: '交给法务' })
      assert.equal(status, 200, text)
      assert.ok(text.includes(PHONE))
      assert.match(headers['cache-control'], /no-store/)
    }
    assert.equal((await send('export?format=csv', {})).status, 400)
    const rows = await audit('conversations.export_unmasked')
    assert.equal(rows.length, 4)
    assert.equal(rows[0].detail, '交给法务')
    assert.match(rows[3].subject, /rows as csv$/)
  })
})
