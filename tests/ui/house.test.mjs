// What holds for every page: nothing bars the way (axe), in both languages, light and dark, at a desk, on a phone and at 200 %;
// one language at a time; landmarks, a title, a way past the navigation; its own lines of help.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allPages, shown } from './pages.mjs'
import { barriers, complaints, DESK, get, open, overflow, page, PHONE, scenesOf, server, setStage, skip, speak, visit } from './stage.mjs'

setStage({ isNew: true, more: () => page.addInitScript(() => localStorage.setItem('callscope.tour', 'left')) })

/** 1280 × 800 at 200 %. */
const ZOOMED = { width: 640, height: 400 }
const LOOKS = [
  ['zh', DESK, 'light'], ['en', DESK, 'dark'], ['en', PHONE, 'light'], ['zh', PHONE, 'dark'],
]
const HAN = /\p{Script=Han}/u

/** All texts of the page but those that are shown to be typed over. */
const textsOf = () => page.evaluate(() => {
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.data.trim() && !node.parentElement.closest('script, style, textarea, .cm-editor, .commands, .logo, [data-testid="language"], dialog:not([open])')) texts.push(node.data.trim())
  }
  return texts
})

/** What the server told: what people said and wrote comes in any language; a title in both must be shown in the reader's. */
const told = new Set()
const titles = { zh: new Set(), en: new Set() }
function gather(value) {
  if (typeof value === 'string') told.add(value)
  else if (Array.isArray(value)) value.forEach(gather)
  else if (value && typeof value === 'object') {
    if (typeof value.zh === 'string' && typeof value.en === 'string' && value.zh !== value.en) {
      // Single words are words of the rule language, which the editor shows in either.
      if (value.zh.length > 2) titles.zh.add(value.zh)
      if (value.en.includes(' ')) titles.en.add(value.en)
    }
    Object.values(value).forEach(gather)
  }
}
const isTold = (words) => [...told].some((one) => one.includes(words))

/** Texts in the other language that are the interface's own, or have a translation that is not shown. */
async function foreignTexts(language) {
  const other = language === 'en' ? 'zh' : 'en'
  return (await textsOf()).filter((text) => {
    if (titles[other].has(text) && !titles[language].has(text)) return true
    const runs = language === 'en' ? text.match(/\p{Script=Han}+/gu) ?? [] : HAN.test(text) ? [] : text.match(/\b[a-z]{2,} [a-z]{2,}\b/g) ?? []
    return runs.some((run) => !isTold(run))
  })
}

test('every page of the house', { skip, timeout: 600_000 }, async (story) => {
  const scene = scenesOf(story, page, 'house')
  const reading = []
  // Once all of it is there: what a page left behind half read never comes.
  page.on('requestfinished', (request) => {
    if (/\/api\//.test(request.url())) reading.push(request.response().then((answer) => answer.json()).then(gather, () => {}))
  })
  const pages = await allPages(get, server.address)
  /** Goes there as a link does; what only loading shows is opened. */
  const show = async (one, go = visit) => {
    await go(one.path)
    await shown(page, one).waitFor({ state: 'attached' })
    // A body that the browser has let go of meanwhile is never handed over.
    await Promise.race([Promise.all(reading.splice(0)), new Promise((done) => { setTimeout(done, 5000).unref() })])
  }

  for (const [language, viewport, colorScheme] of LOOKS) {
    await scene(`${language}, ${viewport.width} wide, ${colorScheme}: nothing bars the way and nothing is too wide`, async () => {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await open('/overview')
      await speak(language)
      await open('/overview')
      const faults = []
      for (const one of pages) {
        await show(one)
        const wide = await overflow(page)
        if (wide > 0) faults.push(`${one.name} is ${wide} pixels too wide`)
        for (const barrier of await barriers(page)) faults.push(`${one.name}: ${barrier}`)
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme)
        const foreign = await foreignTexts(language)
        if (foreign.length > 0) faults.push(`${one.name} (${language}) says ${JSON.stringify(foreign.slice(0, 6))}`)
      }
      assert.deepEqual(faults, [])
    })
  }

  await scene('at 200 % nothing scrolls sideways', async () => {
    await page.setViewportSize(ZOOMED)
    await page.emulateMedia({ colorScheme: 'light' })
    const faults = []
    for (const one of pages) {
      await show(one)
      const wide = await overflow(page)
      if (wide > 0) faults.push(`${one.name} is ${wide} pixels too wide`)
    }
    assert.deepEqual(faults, [])
    await page.setViewportSize(DESK)
  })

  await scene('landmarks, a title, what it is for, and a way past the navigation', async () => {
    const titles = new Map()
    for (const one of pages) {
      await show(one)
      await page.getByTestId('page-help').waitFor().catch(() => assert.fail(`${one.name} does not say what it is for`))
      assert.equal(await page.locator('main').count(), 1, `${one.name}: one main`)
      assert.ok(await page.locator('h1').count() <= 1, `${one.name}: at most one h1`)
      const title = await page.title()
      assert.match(title, /.+ · callscope$/, `${one.name} has a title`)
      titles.set(title, [...(titles.get(title) ?? []), one.name])
      await page.evaluate(() => document.activeElement?.blur())
      await page.locator('.skip').focus()
      await page.keyboard.press('Enter')
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main', one.name)
    }
  })

  await scene('what a page is for, folded away, stays so, and help brings it back', async () => {
    await show(pages.at(-1))
    await page.getByTestId('fold-help').click()
    await page.getByTestId('page-help').waitFor({ state: 'detached' })
    await show(pages.at(-1), open)
    assert.equal(await page.getByTestId('page-help').count(), 0)
    await show(pages[0])
    assert.equal(await page.getByTestId('page-help').count(), 1, 'another page keeps its own')
    await page.keyboard.press('?')
    await page.getByTestId('unfold-help').click()
    await show(pages.at(-1))
    await page.getByTestId('page-help').waitFor()
  })

  await scene('colours follow the system until one is chosen, and no other colour shows first', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
    await open('/overview')
    assert.equal(await theme(), 'dark')
    await page.getByTestId('theme').click()
    assert.equal(await theme(), 'light')
    await page.reload({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.body)
    assert.equal(await theme(), 'light', 'it stands before anything is drawn')
    await page.getByTestId('theme').click()
    assert.equal(await theme(), 'dark')
    await page.emulateMedia({ colorScheme: 'light' })
    assert.equal(await theme(), 'dark')
    await page.getByTestId('theme').click()
    assert.equal(await theme(), 'light', 'the system again')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
    await page.emulateMedia({ colorScheme: 'light' })
  })

  await scene('who wants no motion sees none', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const one of pages.slice(0, 5)) {
      await show(one)
      const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running' && one.effect.getComputedTiming().duration > 20).length)
      assert.equal(moving, 0, one.name)
    }
    await page.emulateMedia({ reducedMotion: null })
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))
})
