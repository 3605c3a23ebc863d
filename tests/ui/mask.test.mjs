// Numbers are covered on every page; they are shown for a reason, which is kept, and covered again when one leaves.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { conversation, program, RULES } from '../api/callscope.mjs'
import { api, barriers, openPage, overflow, PHONE, scenesOf, settled, skip, speak, startBrowser, startServer, top } from './stage.mjs'

const NUMBER = '13812342071'
const NAME = '王小明'
const CONVERSATIONS = [
  conversation('V-1', [`我要投诉,我叫${NAME},打${NUMBER}`, '好的,记下了', '卡号6222 0212 3456 7894', '抱歉'], { customer: NAME, title: `${NAME} ${NUMBER}`, fields: { number: NUMBER } }),
  conversation('V-2', ['我要投诉', '嗯'], { customer: 'K-2', started: '2026-03-02T09:00:00+08:00' }),
]

let folder, server, browser, page, get, complaints, id, other
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'callscope-mask-'))
  mkdirSync(join(folder, 'input'))
  writeFileSync(join(folder, 'test.rules'), RULES)
  writeFileSync(join(folder, 'input/conversations.json'), JSON.stringify(CONVERSATIONS))
  await promisify(execFile)(program, ['inspect', join(folder, 'input'), '--data', join(folder, 'data'), '--rules', join(folder, 'test.rules')], { cwd: top })
  server = await startServer(join(folder, 'data'))
  get = api(server.address)
  const { items } = await get('/api/v1/conversations')
  id = items.find((one) => one.external_id === 'V-1').id
  other = items.find((one) => one.external_id === 'V-2').id
  browser = await startBrowser()
  ;({ page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 800 }, locale: 'zh-CN' }))
})
after(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const text = () => page.evaluate(() => document.documentElement.innerText + document.title)
const open = async (path) => {
  await page.goto(new URL(path, server.address).href)
  await settled(page)
}
const hasNone = async (where) => {
  const shown = await text()
  for (const secret of [NUMBER, NAME, '6222 0212 3456 7894']) assert.ok(!shown.includes(secret), `${where} shows ${secret}`)
}
const revealed = async () => (await get('/api/v1/audit?action=conversation.reveal')).entries.length

test('numbers are covered, shown for a reason, and covered again', { skip }, async (story) => {
  const scene = scenesOf(story, page, 'mask')

  await scene('no page shows them', async () => {
    for (const path of ['/', `/?q=${NUMBER}`, '/people', `/conversations/${id}`]) {
      await open(path)
      await hasNone(path)
    }
    await open(`/conversations/${id}`)
    assert.match(await page.textContent('h1'), /王\*\* 138\*\*\*\*2071/)
    assert.ok((await text()).includes('6222 **** **** 7894'))
  })

  await scene('a conversation without any asks nothing', async () => {
    await open(`/conversations/${other}`)
    await page.waitForSelector('h1')
    assert.equal(await page.locator('[data-testid=reveal]').count(), 0)
  })

  await scene('a reason is asked for, and nothing is shown without one', async () => {
    await open(`/conversations/${id}`)
    await page.click('[data-testid=reveal-show]')
    await page.waitForSelector('[data-testid=reveal-dialog][open]')
    assert.ok(await page.locator('[data-testid=reveal-reason]').evaluate((one) => one === document.activeElement))
    assert.ok(await page.locator('[data-testid=reveal-yes]').isDisabled())
    assert.deepEqual(await barriers(page), [])
    await page.keyboard.press('Escape')
    await page.waitForSelector('[data-testid=reveal-dialog]', { state: 'detached' })
    await hasNone('after leaving the dialog')
    assert.equal(await revealed(), 0)
  })

  await scene('they are shown, it is said so and kept', async () => {
    await page.click('[data-testid=reveal-show]')
    await page.click('.reveal-dialog .usual button >> nth=0')
    await page.click('[data-testid=reveal-yes]')
    await page.waitForSelector('[data-testid=reveal][data-state=shown]')
    const shown = await text()
    assert.ok(shown.includes(NUMBER) && shown.includes('6222 0212 3456 7894') && shown.includes(NAME))
    assert.ok(!(await page.title()).includes(NUMBER))
    assert.ok(!page.url().includes(NUMBER))
    assert.deepEqual(await barriers(page), [])
    assert.equal(await revealed(), 1)
  })

  await scene('they are covered again on demand, and the reason is asked once', async () => {
    await page.click('[data-testid=reveal-cover]')
    await hasNone('covered again')
    await page.click('[data-testid=reveal-show]')
    await page.waitForSelector('[data-testid=reveal][data-state=shown]')
    assert.equal(await revealed(), 2)
  })

  await scene('and when one leaves', async () => {
    await page.getByTestId('step-k').waitFor()
    await page.keyboard.press('k')
    await page.waitForFunction((to) => location.pathname.endsWith(to), other)
    await page.getByTestId('step-j').waitFor()
    await page.keyboard.press('j')
    await page.waitForFunction((to) => location.pathname.endsWith(to), id)
    await page.waitForSelector('[data-testid=reveal][data-state=covered]')
    await hasNone('back again')
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]))
    assert.ok(!kept.includes(NUMBER))
  })

  await scene('of a customer, too', async () => {
    const { people } = await get(`/api/v1/people?q=${NUMBER}`)
    await open(`/people/${people[0].number}`)
    await hasNone('the customer')
    await page.click('[data-testid=reveal-show]')
    await page.fill('[data-testid=reveal-reason]', '核对号码')
    await page.click('[data-testid=reveal-yes]')
    await page.waitForSelector('[data-testid=reveal][data-state=shown]')
    assert.ok((await text()).includes(NUMBER))
  })

  await scene('a file holds them only for a reason, of which a row is kept', async () => {
    const logged = async () => (await get('/api/v1/audit?action=conversations.export_unmasked')).entries
    const file = async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-jsonl').click()])
      await page.getByTestId('export-menu').waitFor({ state: 'hidden' })
      return readFileSync(await download.path(), 'utf8')
    }
    await open('/conversations')
    await page.getByTestId('export').click()
    await page.getByTestId('export-uncovered').check()
    await page.getByTestId('export-menu').getByRole('note').filter({ hasText: '导出一次记一笔' }).waitFor()
    assert.ok(await page.getByTestId('reveal-reason').evaluate((one) => one === document.activeElement))
    assert.ok(await page.getByTestId('export-jsonl').isDisabled())
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('reveal-reason').fill('监管调取，共两通')
    assert.equal((await logged()).length, 0)
    const shown = await file()
    for (const secret of [NUMBER, NAME, '6222 0212 3456 7894']) assert.ok(shown.includes(secret), `the file holds ${secret}`)
    assert.deepEqual((await logged()).map(({ detail }) => detail), ['监管调取，共两通'])
    // It is for once: the next file is covered again.
    await page.getByTestId('export').click()
    assert.ok(!await page.getByTestId('export-uncovered').isChecked())
    const covered = await file()
    for (const secret of [NUMBER, NAME, '6222 0212 3456 7894']) assert.ok(!covered.includes(secret), `the covered file holds ${secret}`)
    assert.equal((await logged()).length, 1)
  })

  await scene('who is no manager is not offered it, nor for what was chosen', async () => {
    await page.locator('[data-testid="conversation-row"] input[type="checkbox"]').first().check()
    await page.getByTestId('export-chosen').click()
    await page.getByTestId('export-menu').filter({ visible: true }).waitFor()
    assert.equal(await page.getByTestId('export-menu').filter({ visible: true }).getByTestId('export-uncovered').count(), 0)
    await page.route('**/api/v1/me', (route) => route.fulfill({ json: { number: 7, name: '李晓芸', role: 'reviewer', agent: null, has_accounts: true } }))
    await open('/conversations')
    await page.getByTestId('export').click()
    await page.getByTestId('export-jsonl').waitFor()
    assert.equal(await page.getByTestId('export-uncovered').count(), 0)
    await page.unroute('**/api/v1/me')
  })

  await scene('in English, and on a phone', async () => {
    await speak('en', page)
    await page.setViewportSize(PHONE)
    await open(`/conversations/${id}`)
    await page.click('[data-testid=reveal-show]')
    await page.waitForSelector('[data-testid=reveal-dialog][open]')
    assert.match(await page.textContent('[data-testid=reveal-dialog]'), /Why do you need them/)
    assert.ok((await overflow(page)) <= 0)
    assert.deepEqual(await barriers(page), [])
    await page.click('[data-testid=reveal-no]')
    await open('/conversations')
    await page.getByTestId('export').click()
    await page.getByTestId('export-uncovered').check()
    await page.getByRole('note').filter({ hasText: 'The export is logged' }).waitFor()
    assert.ok((await overflow(page)) <= 0)
    assert.deepEqual(await barriers(page), [])
  })

  assert.deepEqual(complaints, [])
})
