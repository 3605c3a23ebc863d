// Help inside: the keys do what their table says, the tour leads through five pages, words explain themselves.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { barriers, complaints, DESK, get, open, openPage, browser, page, PHONE, scenesOf, server, setStage, settled, skip, top } from './stage.mjs'

const KEYS = JSON.parse(readFileSync(join(top, 'ui/src/help/keys.json'), 'utf8'))

setStage()

const at = (pathname) => page.waitForURL((url) => url.pathname === pathname)
const chosenRow = () => page.locator('[data-testid="conversation-row"][aria-selected="true"]').getAttribute('data-id')

test('help', { skip, timeout: 300_000 }, async (story) => {
  const scene = scenesOf(story, page, 'house-help')
  const [first, second] = (await get('api/v1/conversations?sort=-risk&limit=2')).items

  /** What each key of the table is tried with, by place and keys; recordings have a test of their own (player.test.mjs). */
  const list = () => open('/conversations?sort=-risk')
  const conversation = async (hash = '') => {
    await open(`/conversations/${first.id}?sort=-risk${hash}`)
    await page.getByTestId('finding-card').first().waitFor()
  }
  const goes = (letter, pathname) => async () => {
    await list()
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
    await at(pathname)
  }
  const TRIED = {
    'everywhere /': async () => {
      await list()
      await page.keyboard.press('/')
      assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'search')
    },
    'everywhere ?': async () => {
      await list()
      await page.keyboard.press('?')
      await page.getByTestId('keys').waitFor()
      await page.keyboard.press('Escape')
      await page.getByTestId('keys').waitFor({ state: 'hidden' })
    },
    'everywhere g o': goes('o', '/overview'), 'everywhere g c': goes('c', '/conversations'), 'everywhere g p': goes('p', '/people'),
    'everywhere g w': goes('w', '/work'), 'everywhere g r': goes('r', '/rules'), 'everywhere g v': goes('v', '/review'), 'everywhere g t': goes('t', '/orders'), 'everywhere g i': goes('i', '/import'),
    'conversations j k': async () => {
      await list()
      await page.getByTestId('conversation-row').first().waitFor()
      await page.keyboard.press('j')
      const one = await chosenRow()
      await page.keyboard.press('j')
      assert.notEqual(await chosenRow(), one)
      await page.keyboard.press('k')
      assert.equal(await chosenRow(), one)
    },
    'conversations Enter': async () => {
      await list()
      await page.getByTestId('conversation-row').first().waitFor()
      await page.keyboard.press('j')
      const one = await chosenRow()
      await page.keyboard.press('Enter')
      await at(`/conversations/${encodeURIComponent(one)}`)
    },
    'conversations x X': async () => {
      await list()
      await page.getByTestId('conversation-row').first().waitFor()
      const chosen = (wanted) => page.waitForFunction((count) => document.querySelectorAll('[data-testid="conversation-row"] input[type="checkbox"]:checked').length === count, wanted)
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await chosen(1)
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await page.keyboard.press('Shift+X')
      await chosen(3)
    },
    'people j k': async () => {
      await open('/people')
      await page.getByTestId('person').first().waitFor()
      await page.keyboard.press('j')
      await page.waitForURL(/\/people\/\d+/)
      const one = page.url()
      await page.keyboard.press('j')
      await page.waitForURL((url) => url.href !== one)
      await page.keyboard.press('k')
      await page.waitForURL(one)
    },
    'conversation j k': async () => {
      await conversation()
      await page.getByTestId('step-j').waitFor()
      await page.keyboard.press('j')
      await at(`/conversations/${encodeURIComponent(second.id)}`)
      await page.getByTestId('step-k').waitFor()
      await page.keyboard.press('k')
      await at(`/conversations/${encodeURIComponent(first.id)}`)
    },
    'conversation n p': async () => {
      await conversation()
      await page.keyboard.press('n')
      const one = new URL(page.url()).hash
      assert.match(one, /^#\d+$/)
      await page.keyboard.press('n')
      assert.notEqual(new URL(page.url()).hash, one)
      await page.keyboard.press('p')
      assert.equal(new URL(page.url()).hash, one)
    },
    'conversation c': async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await conversation()
      await page.keyboard.press('n')
      await page.keyboard.press('c')
      await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes('/conversations/'))
    },
    'conversation u': async () => {
      await conversation()
      await page.keyboard.press('u')
      await at('/conversations')
      assert.equal(new URL(page.url()).searchParams.get('sort'), '-risk')
    },
  }
  /** Need a recording: player.test.mjs presses them. */
  const SOUNDING = [/^recording /, /^conversations (Space|n p|Esc)$/, /^conversation (Enter|f)$/]
  /** Pressed by the test of their own page. */
  const ELSEWHERE = [/^(review|orders|rules) /, /^conversation (a w m|1-9|z|b|t)$/]

  await scene('each key of the table does what it says', async () => {
    for (const { place, keys } of KEYS) {
      const name = `${place} ${keys.join(' ')}`
      if (SOUNDING.some((one) => one.test(name)) || ELSEWHERE.some((one) => one.test(name))) continue
      assert.ok(TRIED[name], `nothing tries the key "${name}"`)
      await TRIED[name]().catch((error) => {
        throw new Error(`${name}: ${error.message}`)
      })
    }
  })

  await scene('the dialog shows the whole table, in words', async () => {
    await list()
    await page.keyboard.press('?')
    const rows = await page.getByTestId('key-row').evaluateAll((all) => all.map((one) => [`${one.dataset.place} ${one.dataset.keys}`, one.querySelector('dd').textContent]))
    assert.deepEqual(rows.map(([name]) => name).sort(), KEYS.map(({ place, keys }) => `${place} ${keys.join(' ')}`).sort())
    for (const [name, words] of rows) assert.doesNotMatch(words, /^[\w.]+\.[\w.]+$/, `${name} has words`)
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('words').locator('summary').click()
    assert.ok(await page.getByTestId('words').locator('dt').count() >= 20)
    await page.keyboard.press('Escape')
  })

  await scene('keys rest while somebody types', async () => {
    await list()
    await page.keyboard.press('/')
    await page.keyboard.type('gc?')
    assert.equal(await page.getByTestId('keys').isVisible(), false)
    assert.equal(await page.getByTestId('search').inputValue(), 'gc?')
  })

  for (const [language, locale, viewport] of [['zh', 'zh-CN', DESK], ['en', 'en-GB', DESK], ['zh', 'zh-CN', PHONE]]) {
    await scene(`the tour in five steps, ${language}, ${viewport.width} wide`, async () => {
      const fresh = await openPage(browser, { viewport, locale, isNew: true })
      const { page: guest } = fresh
      await guest.goto(new URL('/overview', server.address).href)
      await guest.getByTestId('tour-yes').click()
      const seen = []
      for (let step = 0; step < 5; step++) {
        const card = guest.locator('[data-testid="tour"]')
        await card.waitFor()
        await guest.waitForFunction((count) => document.querySelector('[data-testid="tour"]')?.textContent.includes(`${count + 1}`), step)
        await guest.locator('.tour-ring').waitFor()
        seen.push(await card.getAttribute('data-step'))
        await guest.waitForFunction(() => document.activeElement?.closest('[data-testid="tour"]'), null)
        const box = await card.boundingBox()
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, `step ${step} lies inside the window`)
        assert.deepEqual(await barriers(guest), [], `step ${step}`)
        if (step === 2) {
          await guest.keyboard.press('ArrowLeft')
          await guest.locator(`[data-testid="tour"][data-step="${seen[1]}"]`).waitFor()
          await guest.keyboard.press('ArrowRight')
          await guest.locator(`[data-testid="tour"][data-step="${seen[2]}"]`).waitFor()
        }
        await guest.keyboard.press('Enter')
      }
      assert.equal(new Set(seen).size, 5)
      await guest.getByTestId('tour').waitFor({ state: 'detached' })
      await guest.reload()
      await settled(guest)
      assert.equal(await guest.getByTestId('tour-offer').count(), 0, 'it is offered once')
      await guest.getByTestId('help').click()
      await guest.getByTestId('start-tour').click()
      await guest.getByTestId('tour').waitFor()
      await guest.keyboard.press('Escape')
      await guest.getByTestId('tour').waitFor({ state: 'detached' })
      assert.deepEqual(fresh.complaints, [])
      await guest.context().close()
    })
  }

  await scene('who declines the tour is not asked again', async () => {
    const { page: guest } = await openPage(browser, { viewport: DESK, locale: 'zh-CN', isNew: true })
    await guest.goto(new URL('/overview', server.address).href)
    await guest.getByTestId('tour-no').click()
    await guest.reload()
    await guest.getByTestId('measure').first().waitFor()
    await settled(guest)
    assert.equal(await guest.getByTestId('tour-offer').count(), 0)
    await guest.context().close()
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))
})
