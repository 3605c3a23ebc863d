// Work orders among people: a team leader answers one, an agent appeals against another on a phone, a manager decides; what is
// overdue, what nobody answered, and two people at one order.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask, mustRun, PASSWORD, signIn } from '../api/access.mjs'
import { barriers, DESK, openPage, overflow, PHONE, skip, startBrowser, startServer, top } from './stage.mjs'

const PEOPLE = [
  ['陈经理', 'manager'], ['Rui', 'reviewer'], ['王组长', 'reviewer'], ['李晓芸', 'agent', '李晓芸'],
]
const CALL = 'D-AC-0214-01' // 李晓芸's
let data, server, browser
const pages = new Map()
const cookies = {}

before(async () => {
  if (skip) return
  data = mkdtempSync(join(tmpdir(), 'callscope-orders-'))
  process.chdir(top)
  await mustRun('', 'inspect', 'demo', '--data', data, '--rules', 'packs')
  for (const [name, role, agent] of PEOPLE) await mustRun(`${PASSWORD}\n`, 'accounts', 'add', name, '--role', role, ...(agent ? ['--agent', agent] : []), '--data', data)
  server = await startServer(data)
  browser = await startBrowser()
  for (const [name] of PEOPLE) cookies[name] = (await signIn(server.address, name)).cookie
})

after(async () => {
  await browser?.close()
  await server?.stop()
  if (data) rmSync(data, { recursive: true, force: true })
})

/** Somebody's browser, signed in. */
async function at(name, path, viewport = DESK, language = 'zh') {
  const key = `${name} ${viewport.width}`
  if (!pages.has(key)) {
    const one = await openPage(browser, { viewport, locale: 'zh-CN' })
    const [cookie, value] = cookies[name].split('=')
    await one.page.context().addCookies([{ name: cookie, value, url: server.address }])
    pages.set(key, one)
  }
  const { page } = pages.get(key)
  await page.goto(server.address, { waitUntil: 'commit' })
  await page.evaluate((one) => localStorage.setItem('callscope.language', one), language)
  await page.goto(new URL(path, server.address).href)
  await page.waitForFunction(() => document.querySelector('main :is(h1, h2)') && !document.querySelector('main [aria-busy="true"]'), null, { timeout: 30_000 })
  return page
}

const as = async (name, method, path, body) => {
  const answer = await ask(server.address, method, `/api/v1/${path}`, { cookie: cookies[name], body, headers: { origin: new URL(server.address).origin, 'sec-fetch-site': 'same-origin' } })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}
const openOrder = async (rule, more = {}) => (await as('Rui', 'POST', 'orders', { findings: [{ conversation: CALL, rule }], ...more })).opened[0].number

async function say(page, act, text) {
  await page.keyboard.press({ answer: 'a', recheck: 'r', close: 'x', appeal: 'p', grant: 'w' }[act])
  const dialog = page.locator(`[data-testid="act-dialog"][data-act="${act}"]`)
  await dialog.waitFor()
  await page.getByTestId('act-text').fill(text)
  await page.getByTestId('act-send').click()
  await dialog.waitFor({ state: 'detached' })
}
const state = (page) => page.locator('.order-head [data-state]').getAttribute('data-state')
const kinds = (page) => page.getByTestId('order-step').evaluateAll((steps) => steps.map((one) => one.dataset.kind))

test('work orders', { skip, timeout: 300_000 }, async (story) => {
  await story.test('a reviewer opens one with t at a finding, for a team leader; the card shows it', async () => {
    const page = await at('Rui', `/conversations/${CALL}`)
    await page.getByTestId('finding-card').filter({ hasText: '客户不满时致歉' }).first().locator('.open').click()
    await page.keyboard.press('t')
    await page.getByTestId('open-order').waitFor()
    assert.ok(await page.getByTestId('order-note').evaluate((field) => field === document.activeElement), 'words come first')
    await page.getByTestId('order-note').fill('请和他一起听一遍')
    await page.getByTestId('order-assignee').selectOption({ label: '王组长 · 质检' })
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('order-send').click()
    await page.getByTestId('order-done').click()
    const mark = page.getByTestId('order-mark').first()
    assert.match(await mark.innerText(), /#1.*待答复/s)
    await page.keyboard.press('t')
    assert.equal(await page.getByTestId('open-order').count(), 0, 'one finding has one order')
  })

  await story.test('the team leader finds it in the rail and in the list, and answers it by keys', async () => {
    const page = await at('王组长', '/orders')
    assert.match(await page.getByTestId('orders-waiting').innerText(), /1/)
    assert.equal(await page.getByTestId('orders-headline').innerText(), '1 张等我处理')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/orders/1')
    assert.match(await page.locator('.order-finding .sentence').innerText(), /摆设/)
    assert.ok(await page.locator('.order-turn mark').count() >= 1, 'the words are marked in the dialogue')
    await say(page, 'answer', '已经一起听过，下次先致歉再问订单号。')
    assert.equal(await state(page), 'answered')
    assert.deepEqual(await kinds(page), ['opened', 'answered'])
  })

  await story.test('whoever opened it checks again, then closes', async () => {
    const page = await at('Rui', '/orders/1')
    assert.equal(await page.getByTestId('act-close').count(), 0, 'not before it was checked again')
    await page.keyboard.press('r')
    await page.getByTestId('act-dialog').getByTestId('recheck-counts').waitFor()
    await page.getByTestId('act-text').fill('begun')
    await page.keyboard.press('Escape')
    await page.getByTestId('act-dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('r')
    assert.equal(await page.getByTestId('act-text').inputValue(), 'begun', 'what was typed stays')
    await page.keyboard.press('Escape')
    await page.getByTestId('act-dialog').waitFor({ state: 'detached' })
    await say(page, 'recheck', '后来的来电都做到了')
    await say(page, 'close', '')
    assert.equal(await state(page), 'closed')
    assert.deepEqual(await kinds(page), ['opened', 'answered', 'rechecked', 'closed'])
  })

  await story.test('an agent appeals on a phone; who opened it can\'t decide, a manager can', async () => {
    const number = await openOrder('no-blame')
    const phone = await at('李晓芸', '/orders', PHONE)
    assert.equal(await phone.getByTestId('tab-all').count(), 0, 'an agent has one list')
    assert.deepEqual(await phone.getByTestId('order-row').evaluateAll((rows) => rows.map((one) => Number(one.dataset.number))), [number])
    await phone.getByTestId('order-row').click()
    await phone.getByTestId('act-appeal').click()
    await phone.getByTestId('act-text').fill('客户先说了安装的问题')
    assert.deepEqual(await barriers(phone), [])
    assert.ok(await overflow(phone) <= 0)
    await phone.getByTestId('act-send').click()
    await phone.locator('.order-head [data-state="appealed"]').waitFor()
    const opener = await at('Rui', `/orders/${number}`)
    assert.equal(await opener.getByTestId('may-not-decide').innerText(), '工单是你开的，申诉要由别人裁定。')
    assert.equal(await opener.getByTestId('act-grant').count(), 0)
    const judge = await at('陈经理', `/orders/${number}`)
    await say(judge, 'grant', '是转述，不算推诿')
    assert.equal(await judge.locator('.order-head [data-state]').innerText(), '申诉成立')
    assert.match(await judge.getByTestId('order-step').last().innerText(), /已记为错判/)
  })

  await story.test('what is overdue says so in words, and is counted', async () => {
    const number = await openOrder('follow-up-time', { due_ms: Date.now() - 3600_000 })
    const page = await at('李晓芸', '/orders', PHONE)
    assert.match(await page.locator(`[data-number="${number}"] .c-due`).innerText(), /逾期/)
    assert.match(await page.getByTestId('orders-headline').innerText(), /1 张已逾期/)
    const list = await at('Rui', '/orders?tab=all')
    await list.getByTestId('state-overdue').click()
    await list.waitForURL('**/orders?tab=all&overdue=1')
    assert.equal(await list.getByTestId('order-row').count(), 1)
  })

  await story.test('two people at one order: the second sees what the first did, and what he typed stays', async () => {
    const number = await openOrder('vague-time')
    const page = await at('李晓芸', `/orders/${number}`, PHONE)
    await page.getByTestId('act-answer').click()
    await page.getByTestId('act-text').fill('我的说明')
    await as('Rui', 'POST', `orders/${number}/assign`, { changes: 1, assignee_name: '', due_ms: Date.now() + 5 * 86400_000, text: '多给两天' })
    await page.getByTestId('act-send').click()
    const note = page.getByTestId('conflict')
    await note.waitFor()
    assert.match(await note.innerText(), /Rui改派了.*多给两天/s)
    assert.equal(await page.getByTestId('act-text').inputValue(), '我的说明')
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('conflict-again').click()
    await page.getByTestId('act-send').click()
    await page.locator('.order-head [data-state="answered"]').waitFor()
    assert.deepEqual(await kinds(page), ['opened', 'assigned', 'answered'])
  })

  await story.test('findings that nobody answered get their orders by one click', async () => {
    const page = await at('Rui', '/orders')
    await page.route('**/orders/unanswered*', (route) => route.continue({ url: route.request().url().replace(/days=\d+/, 'days=3660') }))
    await page.getByTestId('tab-unanswered').click()
    await page.getByTestId('unanswered-row').first().waitFor()
    const count = await page.getByTestId('unanswered-row').count()
    assert.ok(count >= 2)
    await page.getByTestId('unanswered-row').first().getByRole('checkbox').check()
    assert.match(await page.getByTestId('open-all').innerText(), /选中的 1 项/)
    await page.getByTestId('unanswered-row').first().getByRole('checkbox').uncheck()
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('open-all').click()
    await page.getByTestId('order-send').click()
    assert.match(await page.getByTestId('order-opened').innerText(), new RegExp(`开了 ${count} 张`))
    await page.getByTestId('order-done').click()
    await page.getByTestId('state').waitFor()
    assert.equal(await page.getByTestId('unanswered-headline').innerText(), '最近 30 天的发现都有人处理了')
    assert.equal(await page.getByTestId('look-earlier').getAttribute('href'), '/orders?tab=unanswered&days=365')
  })

  await story.test('both languages, wide and narrow: nothing overflows, nothing bars the way', async () => {
    for (const [language, size] of [['zh', DESK], ['en', DESK], ['en', PHONE], ['zh', PHONE]]) {
      for (const path of ['/orders?tab=all&state=all', '/orders/1', '/orders?tab=unanswered', '/orders/4711']) {
        const page = await at('陈经理', path, size, language)
        await page.locator('main h1, [data-testid="state"]').first().waitFor()
        assert.ok(await overflow(page) <= 0, `${path} in ${language} at ${size.width} is ${await overflow(page)} too wide`)
        assert.deepEqual(await barriers(page), [], `${path} in ${language} at ${size.width}`)
      }
    }
  })

  await story.test('an agent without an account: where it is opened, and on the order, it is said for whom it waits', async () => {
    const { items } = await as('Rui', 'GET', 'conversations?rule=apologise&verdict=missed&limit=50')
    const known = PEOPLE.map(([, , agent]) => agent)
    const one = items.find(({ agent }) => agent && !known.includes(agent))
    const page = await at('Rui', `/conversations/${one.id}`)
    await page.getByTestId('finding-card').filter({ hasText: '客户不满时致歉' }).first().locator('.open').click()
    await page.keyboard.press('t')
    await page.getByTestId('order-by-name').filter({ hasText: one.agent }).waitFor()
    await page.getByTestId('order-assignee').selectOption({ label: '王组长 · 质检' })
    assert.equal(await page.getByTestId('order-by-name').count(), 0)
    await page.getByTestId('order-assignee').selectOption('')
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('order-send').click()
    await page.getByTestId('order-done').click()
    const [order] = (await as('Rui', 'GET', 'orders?mine=1')).items.filter(({ agent }) => agent === one.agent)
    assert.ok(order.waits_for_me)
    const whole = await at('Rui', `/orders/${order.number}`)
    assert.match(await whole.getByTestId('order-by-name').innerText(), /Rui/)
  })

  await story.test('nothing failed unseen', () => {
    const said = [...pages.values()].flatMap(({ complaints }) => complaints)
    assert.deepEqual(said.filter((one) => !/409|orders\/4711|status of 404/.test(one)), [])
  })
})
