// What people write and make at the desk leaves covered, too: notes, comments, work orders, tests of rules, related conversations.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask } from './access.mjs'
import { conversation, open } from './callscope.mjs'

const PHONE = '13812342071'
const NAME = '王小明'
const RULES = `rule no-blame
  title  "推诿责任" | "Blames the customer"
  never  agent asserts "小明您的个人问题"
  else   risk +40

rule of-vip
  title  "贵宾" | "Of a guest"
  for    call where level = 贵宾
  never  agent asserts "个人问题"
  else   risk +1
`
const people = [{ id: 'c1', role: 'customer', name: NAME }, { id: 'a1', role: 'agent', name: '李晓芸' }]
const texts = [`我叫${NAME},电话${PHONE}`, `这是${NAME}您的个人问题`]
const more = { participants: people, customer: NAME, title: `${NAME} ${PHONE}`, fields: { level: '贵宾', note: `${NAME}请打${PHONE}` } }

let store
let ids
const as = (method, address, body) => ask(store.base, method, `/api/v1/${address}`, { body })
const covered = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text)
  for (const secret of [PHONE, NAME]) assert.ok(!answer.text.includes(secret), `${secret} in ${answer.text}`)
}

before(async () => {
  store = await open([conversation('D-1', texts, more), conversation('D-2', texts, more)], RULES)
  ids = (await as('GET', 'conversations')).body.items.map((one) => one.id)
})
after(() => store?.close())

test('a field that names the customer, and titles of related conversations', async () => {
  covered(await as('GET', `conversations/${ids[0]}`))
  const related = await as('GET', `conversations/${ids[0]}/related`)
  covered(related)
  assert.equal(related.body.items.length, 1)
})

test('a number in a note or a comment', async () => {
  const numbers = (answer, status) => {
    assert.equal(answer.status, status, answer.text)
    assert.ok(answer.text.includes('138****2071') && !answer.text.includes(PHONE), answer.text)
  }
  numbers(await as('PUT', `conversations/${ids[0]}/judgements`, { rule: 'no-blame', turn: 2, answer: 'wrong', reason: 'quoted', note: `问过${PHONE}` }), 200)
  numbers(await as('POST', `conversations/${ids[0]}/comments`, { turn: 1, body: `打给${PHONE}` }), 201)
  numbers(await as('GET', `conversations/${ids[0]}/judgements`), 200)
  numbers(await as('GET', 'review?rule=no-blame'), 200)
})

test('a work order\'s quote, evidence and dialogue', async () => {
  const opened = await as('POST', 'orders', { findings: [{ conversation: ids[0], rule: 'no-blame', turn: 2 }], note: `请打${PHONE}` })
  covered(opened, 201)
  covered(await as('GET', `orders/${opened.body.opened[0].number}`))
})

test('a test that is made of a conversation, with its fields', async () => {
  const made = await as('POST', 'rules/of-vip/tests', { conversation: ids[0], turn: 0, expected: 'hit' })
  covered(made)
  assert.match(made.body.text, /where .*level = "贵宾"/)
})
