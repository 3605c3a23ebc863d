// What a page says while it waits, when it may not be read, when nobody is signed in, when it fails, when there is nothing yet:
// for every page of the table, by answers that are put in the server's place.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allPages, shown } from './pages.mjs'
import { barriers, complaints, get, open, page, scenesOf, server, setStage, settled, skip, speak } from './stage.mjs'

setStage()

const isAsked = ({ asks }) => (url) => {
  const path = url.pathname.replace('/api/v1/', '')
  return asks.endsWith('/') ? path.startsWith(asks) && !path.slice(asks.length).includes('/') : path === asks
}
const refusal = (status, code, message, remedy = null) => ({
  status, contentType: 'application/json', body: JSON.stringify({ error: { code, message, remedy, request: '42c41811e1d55b68' } }),
})
const HAN = /\p{Script=Han}/u

test('every page in every state', { skip, timeout: 600_000 }, async (story) => {
  const scene = scenesOf(story, page, 'house-states')
  // Routes are taken back by the same function.
  const pages = (await allPages(get, server.address)).filter(({ asks }) => asks).map((one) => ({ ...one, isAsked: isAsked(one) }))
  const state = (kind) => page.locator(`main [data-testid="state"]${kind ? `[data-kind="${kind}"]` : ''}`).first()
  const go = (one) => page.goto(new URL(one.path, server.address).href)
  /** With this answer in the place of what the page needs. */
  const standIn = async (one, answer, look) => {
    await page.route(one.isAsked, answer)
    await go(one)
    await look()
    await page.unroute(one.isAsked)
  }

  await scene('while it waits it says so, and what is waited for comes', async () => {
    await speakOnce('zh')
    for (const one of pages) {
      let release
      const held = new Promise((resolve) => (release = resolve))
      await page.route(one.isAsked, async (route) => {
        await held
        await route.continue().catch(() => {})
      })
      await go(one)
      await page.locator('main [aria-busy="true"], main .ghost').first().waitFor({ state: 'attached' }).catch(() => assert.fail(`${one.name} shows nothing while it waits`))
      release()
      await page.unroute(one.isAsked)
      await shown(page, one).waitFor({ state: 'attached' })
    }
  })

  // The words are the same everywhere: in the second language some pages speak for all.
  for (const [language, own] of [['zh', pages], ['en', pages.filter((_, at) => at % 3 === 0)]]) {
    await scene(`it fails, and trying again brings it (${language})`, async () => {
      await speakOnce(language)
      const before = complaints.length
      for (const one of own) {
        let isBroken = true
        await page.route(one.isAsked, (route) => (isBroken ? route.fulfill(refusal(500, 'store', 'the disk image is malformed', 'put the backup back')) : route.continue()))
        await go(one)
        await state('failed').waitFor().catch(() => assert.fail(`${one.name} does not say that it failed`))
        const said = await state('failed').innerText()
        assert.match(said, /500 store: the disk image is malformed/, 'the server’s words are there for the maintainer')
        assert.equal(HAN.test(said), language === 'zh', `${one.name}: ${said}`)
        // It looks the same on every page: some are enough.
        if (language === 'en') assert.deepEqual(await barriers(page), [], one.name)
        isBroken = false
        // At once: a page that looks again by itself would take the button away under the pointer.
        await page.evaluate(() => document.querySelector('main [data-kind="failed"] button')?.click())
        await shown(page, one).waitFor({ state: 'attached' })
        await page.unroute(one.isAsked)
      }
      forgive(before)
    })

    await scene(`what one may not see, and a session that ended (${language})`, async () => {
      const before = complaints.length
      for (const one of own) {
        await standIn(one, (route) => route.fulfill(refusal(403, 'forbidden', 'an agent may not do this', 'ask a manager')), async () => {
          await state('forbidden').waitFor().catch(() => assert.fail(`${one.name} does not say that one may not see it`))
          assert.equal(HAN.test(await state('forbidden').locator('h2').innerText()), language === 'zh')
        })
        await standIn(one, (route) => route.fulfill(refusal(401, 'sign_in', 'the session has ended', 'sign in again')), async () => {
          await page.locator('main [data-kind="sign_in"], [data-testid="sign-in"], [data-testid="session-ended"]').first().waitFor().catch(() => assert.fail(`${one.name} does not say that the session ended`))
        })
      }
      forgive(before)
    })
  }

  await scene('nothing yet: it says what to do', async () => {
    await speakOnce('zh')
    for (const one of pages.filter(({ empty }) => empty)) {
      await standIn(one, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(one.empty) }), async () => {
        await settled(page)
        const told = await page.locator('main').innerText()
        assert.ok(await state().count() > 0 || one.name === 'import', `${one.name} says nothing where there is nothing: ${told.slice(0, 200)}`)
        assert.deepEqual(await barriers(page), [], one.name)
      })
    }
  })

  await scene('nothing answers: a word about it, and the page comes back by itself', async () => {
    const before = complaints.length
    const one = pages[0]
    await page.route('**/api/**', (route) => route.abort())
    await go(one)
    await page.getByTestId('away').waitFor()
    await page.unroute('**/api/**')
    await page.getByTestId('away').waitFor({ state: 'detached' })
    await shown(page, one).waitFor({ state: 'attached' })
    forgive(before)
  })

  await scene('no other error was logged', () => assert.deepEqual(complaints, []))

  async function speakOnce(language) {
    await open('/overview')
    await speak(language)
  }
  /** What was put in the server's place is no complaint. */
  function forgive(since) {
    complaints.splice(since, complaints.length, ...complaints.slice(since).filter((one) => !/\b(500|403|401)\b|ERR_FAILED/.test(one)))
  }
})
