// What changed and why, on a store made for it: sentences, causes and parts lead to their conversations; figures say how they are counted.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { api, barriers, DESK, openPage, overflow, PHONE, scenesOf, skip, startBrowser, startServer, top } from './stage.mjs'

const DAY = 24 * 3600 * 1000
const callscope = process.env.CALLSCOPE ?? join(top, 'build/release/callscope')
const RULES = `rule apologise
  title  "客户不满时致歉" | "Apologise when the customer is upset"
  when   customer says "投诉"
  expect agent says "抱歉" within 2 agent turns after
  else   experience -10

rule no-blame
  title  "推诿责任" | "Blames the customer"
  never  agent asserts "个人问题"
  else   compliance -20, risk +40, mark high-risk
`

/** Seven weeks of the same weekday, yesterday among them; yesterday 李晓芸 stopped saying sorry. */
function conversations() {
  const list = []
  const yesterday = Math.floor((Date.now() + 8 * 3600e3) / DAY) * DAY - 8 * 3600e3 - DAY
  const add = (day, agent, said, count) => {
    for (let i = 0; i < count; i++) {
      list.push({
        id: `O-${list.length}`, channel: 'call', started: new Date(yesterday - day * DAY + 9 * 3600e3 + i * 60e3 + 8 * 3600e3).toISOString().replace('Z', '+08:00'), queue: '售后',
        participants: [{ id: 'c', role: 'customer' }, { id: 'a', role: 'agent', name: agent, team: agent === '王强' ? '售后一组' : '售后二组' }],
        turns: ['我要投诉', said, '好', '再见'].map((text, at) => ({ from: at % 2 ? 'a' : 'c', start_ms: at * 5000, end_ms: at * 5000 + 4000, text })),
        events: [{ kind: 'hang-up', at_ms: 20000, by: 'c' }],
      })
    }
  }
  for (const day of [1, 7, 14, 21, 28, 35]) {
    add(day, '李晓芸', '非常抱歉', 28 + day % 3)
    add(day, '李晓芸', '嗯', 2)
    add(day, '王强', '非常抱歉', 30)
  }
  add(0, '李晓芸', '嗯', 26)
  add(0, '李晓芸', '非常抱歉', 4)
  add(0, '王强', '非常抱歉', 29)
  add(0, '王强', '这是您的个人问题', 1)
  return list
}

test('what changed and why', { skip, timeout: 240_000 }, async (story) => {
  const folder = mkdtempSync(join(tmpdir(), 'callscope-changes-'))
  const data = join(folder, 'data')
  writeFileSync(join(folder, 'own.rules'), RULES)
  writeFileSync(join(folder, 'weeks.json'), JSON.stringify(conversations()))
  await promisify(execFile)(callscope, ['inspect', join(folder, 'weeks.json'), '--data', data, '--rules', join(folder, 'own.rules')])
  const server = await startServer(data)
  const browser = await startBrowser()
  const { page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  const get = api(server.address)
  const scene = scenesOf(story, page, 'overview')
  const open = async (path) => {
    await page.goto(new URL(path, server.address).href)
    await page.getByTestId('change').first().waitFor()
  }
  const listed = async () => {
    await page.getByTestId('conversation-row').first().waitFor()
    const filter = new URL(page.url()).searchParams
    filter.set('limit', '1')
    return (await get(`api/v1/conversations?${filter}`)).total
  }

  await scene('the sentence says by how much, to what, and where from; each part opens what it counts', async () => {
    const { measures } = await get('api/v1/figures/changes')
    const moved = measures.find((one) => one.id === 'rule:apologise')
    await open('/overview')
    const row = page.locator('[data-testid="change"][data-id="rule:apologise"]')
    assert.match(await row.innerText(), new RegExp(`${(Math.abs(moved.change) * 100).toFixed(1)} 个百分点`))
    assert.match(await row.innerText(), /李晓芸|售后二组/)
    assert.match(await page.getByTestId('headline-change').innerText(), /降了/)
    await row.getByTestId('cause').first().click()
    assert.equal(await listed(), 26, 'those in which it was missed')
    await open('/overview')
    await page.getByTestId('changes-day').click()
    assert.equal(await listed(), 60)
  })

  await scene('its parts add up, by agent and by team', async () => {
    await open('/overview')
    await page.locator('[data-testid="change"][data-id="rule:apologise"]').getByTestId('change-parts').click()
    const sums = () => page.getByTestId('change-details').evaluate((frame) => {
      const number = (cell) => Number(cell.innerText.replace('−', '-').replace('+', ''))
      const last = (row) => number(row.cells[row.cells.length - 1])
      return { parts: [...frame.querySelectorAll('tbody tr')].reduce((sum, row) => sum + last(row), 0), all: last(frame.querySelector('tfoot tr')) }
    })
    for (const by of ['agent', 'team']) {
      await page.getByTestId('change-details').getByTestId(`by-${by}`).click()
      const { parts, all } = await sums()
      assert.ok(Math.abs(parts - all) <= 0.11, `${by}: ${parts} is not ${all}`)
    }
    assert.deepEqual(await barriers(page), [])
  })

  await scene('the worst and the best open, with how sure it is', async () => {
    const worst = page.getByTestId('standing-worse').first()
    assert.match(await worst.innerText(), /^李晓芸/)
    await worst.getByTestId('explained').hover()
    await worst.getByRole('tooltip').waitFor()
    assert.match(await worst.getByRole('tooltip').innerText(), /95%/)
    const [risk] = (await get('api/v1/conversations?sort=-risk&limit=1')).items
    assert.match(await page.getByTestId('first-conversations').locator('li').first().innerText(), new RegExp(`^${risk.scores.risk}\\b`))
    await page.getByTestId('first-best').click()
    await page.getByTestId('first-one').first().click()
    await page.waitForURL(/conversations\/.+sort=-experience/)
  })

  await scene('every first figure says how it is counted: by pointer, by key, by tap', async () => {
    await open('/overview')
    const strip = page.locator('.figures')
    for (const label of ['会话', '合规分', '高风险']) {
      const word = strip.getByTestId('explained').filter({ hasText: label })
      await word.focus()
      await strip.getByRole('tooltip').filter({ hasText: /\S/ }).locator('visible=true').first().waitFor()
      await page.keyboard.press('Escape')
    }
    await page.getByTestId('measure').first().getByTestId('explained').click()
    await page.getByTestId('measure').first().getByRole('tooltip').waitFor()
  })

  await scene('where nothing moved it says so', async () => {
    await page.goto(new URL('/overview?agent=王强', server.address).href)
    await page.getByTestId('changes-none').waitFor()
  })

  for (const [language, viewport, colorScheme] of [['en', DESK, 'dark'], ['zh', PHONE, 'light'], ['en', PHONE, 'dark']]) {
    await scene(`nothing is cut and everything can be read: ${language}, ${viewport.width} wide, ${colorScheme}`, async () => {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await page.evaluate((one) => localStorage.setItem('callscope.language', one), language)
      await open('/overview')
      await page.getByTestId('change-parts').first().click()
      assert.deepEqual(await barriers(page), [])
      assert.ok(await overflow(page) <= 0)
    })
  }
  assert.deepEqual(complaints, [])
  await browser.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})
