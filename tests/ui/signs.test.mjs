// A line tells how it sounds and what was heard beside its words, in both languages, and stays in its place on a phone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, barriers, DESK, openPage, overflow, PHONE, settled, skip, startBrowser, startServer } from './stage.mjs'

const SIGNS = [{ kind: 'emotion', label: 'angry' }, { kind: 'event', label: 'laughter', from: 0, to: 1 }, { kind: 'event', label: 'door' }]

describe('how lines sound', { skip }, () => {
  let server, browser, address
  before(async () => {
    server = await startServer()
    browser = await startBrowser()
    const { items } = await api(server.address)('api/v1/conversations?limit=1')
    address = new URL(`/conversations/${items[0].id}`, server.address).href
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** The page of a conversation, of which a recogniser has told the signs of one line. */
  async function signsOf(options) {
    const { page, complaints } = await openPage(browser, options)
    await page.route('**/api/v1/conversations/*', async (route) => {
      const body = await (await route.fetch()).json()
      if (body.turns?.[0]) body.turns[0].annotations = SIGNS
      await route.fulfill({ json: body })
    })
    await page.goto(address)
    await settled(page)
    const lines = page.locator('.turn')
    const of = async (line) => line.locator('[data-testid=sign]').allTextContents()
    return { page, complaints, first: await of(lines.nth(0)), second: await of(lines.nth(1)) }
  }

  test('in Chinese, at a desk', async () => {
    const { page, complaints, first, second } = await signsOf({ viewport: DESK, locale: 'zh-CN' })
    assert.deepEqual(first, ['生气', '笑声', 'door']) // one that nobody has translated stands as it was told
    assert.deepEqual(second, [])
    assert.equal(await page.locator('[data-testid=sign]').first().getAttribute('title'), '语气')
    assert.deepEqual(await barriers(page), [])
    assert.deepEqual(complaints, [])
  })

  test('in English, on a phone', async () => {
    const { page, first } = await signsOf({ viewport: PHONE, locale: 'en-US' })
    assert.deepEqual(first, ['angry', 'laughter', 'door'])
    assert.equal(await overflow(page), 0)
  })
})
