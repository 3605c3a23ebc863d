// Texts that were written to do harm, looked at on every page: nothing of them runs, none breaks the layout, all stay readable.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { CONVERSATIONS, TEXTS } from '../api/hostile.mjs'
import { program, RULES } from '../api/callscope.mjs'
import { api, openPage, overflow, PHONE, scenesOf, settled, skip, startBrowser, startServer, top, visit } from './stage.mjs'

let folder, server, browser, page, get, complaints
const DESK = { width: 1280, height: 800 }

before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'callscope-hostile-'))
  mkdirSync(join(folder, 'input'))
  writeFileSync(join(folder, 'test.rules'), RULES)
  writeFileSync(join(folder, 'input/conversations.json'), JSON.stringify(CONVERSATIONS))
  await promisify(execFile)(program, ['inspect', join(folder, 'input'), '--data', join(folder, 'data'), '--rules', join(folder, 'test.rules')], { cwd: top })
  server = await startServer(join(folder, 'data'))
  get = api(server.address)
  browser = await startBrowser()
  ;({ page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' }))
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  // What a policy stops is an attempt that came too far.
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => console.error(`stopped: ${event.violatedDirective} ${event.blockedURI}`)))
})
after(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const open = async (path) => {
  await page.goto(new URL(path, server.address).href)
  await settled(page)
}

/** Nothing ran, nothing of somebody else's became an element, nothing is wider than the window. */
async function isCalm(where) {
  assert.equal(await page.evaluate(() => globalThis.__ran ?? 0), 0, `${where}: a text ran`)
  const strange = await page.evaluate(() => [...document.querySelectorAll('main iframe, main script, main object, main embed, main link, main [onerror], main [onload], main [onmouseover], main [onfocus], a[href^="javascript:" i], a[href^="data:" i]')].map((one) => one.outerHTML.slice(0, 120)))
  assert.deepEqual(strange, [], where)
  assert.ok((await overflow(page)) <= 0, `${where} is ${await overflow(page)} pixels too wide`)
  assert.deepEqual(complaints, [], where)
}

test('texts that were written to do harm', { skip, timeout: 600_000 }, async (story) => {
  const scene = scenesOf(story, page, 'hostile')
  const { items } = await get('/api/v1/conversations?limit=200')
  const places = [
    '/', '/conversations', '/conversations?q=onerror', '/overview', '/overview/heat', '/people', '/people?kind=agent', '/joins', '/import', '/import/1', '/work', '/rules', '/review', '/orders', '/orders?tab=unanswered',
    `/conversations?agent=${encodeURIComponent(TEXTS.image.slice(0, 40))}`, `/conversations?q=${encodeURIComponent(TEXTS.script)}`, `/conversations/${encodeURIComponent(TEXTS.image)}`,
  ]

  await scene('on every page, at a desk', async () => {
    for (const place of places) {
      await open(place)
      // A text that is no question, and one that names no conversation, may be refused; what is said of it is shown.
      if (place.includes('%')) complaints.splice(0, complaints.length, ...complaints.filter((one) => !/^40[04] |status of 40[04]/.test(one)))
      await isCalm(place)
    }
  })

  await scene('in every conversation', async () => {
    await open('/conversations')
    for (const item of items) {
      await visit(`/conversations/${item.id}`, page)
      await page.waitForSelector('h1')
      await isCalm(item.external_id)
      const name = item.external_id.slice(2)
      if (/^(script|image|svg|entity|template|nothing|undefined|number|sql)$/.test(name)) {
        const shown = (await page.evaluate(() => document.querySelector('main').textContent)).replace(/\s+/g, ' ')
        assert.ok(shown.includes(TEXTS[name].replace(/\s+/g, ' ')), `${name} is not shown as it was written`)
      }
    }
  })

  await scene('on a phone, and with every person', async () => {
    await page.setViewportSize(PHONE)
    for (const place of ['/conversations', '/people', '/overview']) {
      await open(place)
      await isCalm(`${place} on a phone`)
    }
    for (const name of ['long', 'longHan', 'emoji', 'zalgo', 'bidi', 'terminal', 'quotes']) {
      const item = items.find((one) => one.external_id === `H-${name}`)
      await visit(`/conversations/${item.id}`, page)
      await isCalm(`${name} on a phone`)
    }
    const { people } = await get('/api/v1/people?limit=200')
    for (const person of people.slice(0, 12)) {
      await visit(`/people/${person.number}`, page)
      await isCalm(`person ${person.number} on a phone`)
    }
    await page.setViewportSize(DESK)
  })

  await scene('a text that turns the direction of writing turns nothing beside it', async () => {
    const item = items.find((one) => one.external_id === 'H-bidi')
    await open(`/conversations/${item.id}`)
    const directions = await page.evaluate(() => [...document.querySelectorAll('main .turn, main [data-turn]')].map((one) => getComputedStyle(one).direction))
    assert.ok(directions.every((one) => one === 'ltr'))
  })

  await scene('the page may run nothing but its own files', async () => {
    await open('/')
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.__inline = 1'
      document.body.append(script)
      let evaluated = 0
      try {
        evaluated = globalThis.eval('1')
      } catch { /* as it should be */ }
      return [globalThis.__inline ?? 0, evaluated]
    })
    assert.equal(ran[0], 0, 'an inline script ran')
  })
})
