// What a story plays on: a server on the demo's conversations, and a real Chromium before it.
// CALLSCOPE names the program; CALLSCOPE_ADDRESS a server that runs already; CHROMIUM the browser.
import { execFile, spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { after, before } from 'node:test'
import { promisify } from 'node:util'

process.env.CALLSCOPE_LOG ??= 'warn' // not a line a request
export const top = fileURLToPath(new URL('../../', import.meta.url))
const callscope = process.env.CALLSCOPE ?? join(top, 'build/release/callscope')

/** The first Chromium of the machine, or null. */
export function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = (process.env.PATH ?? '').split(':').flatMap((folder) => names.map((name) => join(folder, name)))
  const isThere = (path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return [process.env.CHROMIUM, ...places].filter(Boolean).find(isThere) ?? null
}

export const DESK = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }
export const skip = findChromium() ? false : 'there is no Chromium on this machine'

/** What a file of tests plays on, once `setStage` was called and its first test begins. */
export let server, browser, page, get, complaints

/** A server on the demo and a page before it, for all tests of the file; `more` runs when both stand. */
export function setStage({ viewport = DESK, locale = 'zh-CN', isNew = false, more } = {}) {
  before(async () => {
    if (skip) return
    server = await startServer()
    get = api(server.address)
    browser = await startBrowser()
    ;({ page, complaints } = await openPage(browser, { viewport, locale, isNew }))
    await more?.()
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })
}

/** Opens an address of the server, until nothing more is read. */
export async function open(path, on = page) {
  await on.goto(new URL(path, server.address).href)
  await settled(on)
}

/** Goes to an address without loading the page anew, as its own links do. */
export async function visit(path, on = page) {
  await on.evaluate((to) => {
    history.pushState({ idx: (history.state?.idx ?? 0) + 1 }, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
  }, path)
  await settled(on)
}

/** What each page reads at the moment, and how much it ever began to. */
const readings = new WeakMap()

function watch(page) {
  const reading = { underway: new Set(), begun: 0 }
  readings.set(page, reading)
  page.on('request', (request) => {
    // What is told without waiting for an answer has no end either.
    if (request.method() !== 'GET') return
    reading.begun++
    reading.underway.add(request)
  })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => reading.underway.delete(request))
}

const MOST_WAIT_MS = 30_000

/** Until a page reads nothing, has drawn what came, and did not begin to read again because of it. */
export async function settled(page) {
  const reading = readings.get(page)
  const end = Date.now() + MOST_WAIT_MS
  for (let calm = 0, begun = reading.begun; calm < 2; begun = reading.begun) {
    // Drawn, and with nothing left to do. A page that moves all the time has no idle moment, one that is hidden draws none.
    const isBusy = await page.evaluate(() => new Promise((resolve) => {
      const look = () => resolve(document.querySelector('main [aria-busy="true"]') !== null || document.querySelector('main') === null)
      requestAnimationFrame(() => requestIdleCallback(look, { timeout: 500 }))
      setTimeout(look, 2000)
    }))
    calm = !isBusy && reading.underway.size === 0 && reading.begun === begun ? calm + 1 : 0
    if (Date.now() > end) throw new Error(`the page ${page.url()} does not come to rest: ${[...reading.underway].map((one) => one.url()).join(', ') || 'it says that it is busy'}`)
  }
}

/** A page has drawn what it was asked to and has nothing left to do; one that is hidden, held or gone is not waited for long. */
const drawn = (page) => Promise.race([
  page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 300 }))
    setTimeout(resolve, 1000)
  })).catch(() => {}),
  new Promise((resolve) => { setTimeout(resolve, 2000).unref() }),
])

const KEY_ACTS = ['press', 'type', 'insertText']
const POINTER_ACTS = ['click', 'dblclick', 'press', 'fill', 'check', 'uncheck', 'selectOption', 'hover', 'focus', 'pressSequentially']
const isDrawing = Symbol('waits until its page has drawn')

/** Keys and clicks return when what they did is drawn: a test that looks at once sees what a person sees. */
function drawAfterActs(page) {
  const wrap = (acting, acts, pageOf) => {
    if (acting[isDrawing]) return
    acting[isDrawing] = true
    for (const name of acts) {
      const act = acting[name]
      acting[name] = async function (...args) {
        const said = await act.apply(this, args)
        await drawn(pageOf(this))
        return said
      }
    }
  }
  wrap(page.keyboard, KEY_ACTS, () => page)
  wrap(page, ['click', 'fill', 'press'], () => page)
  // All locators are of one kind.
  wrap(Object.getPrototypeOf(page.locator('body')), POINTER_ACTS, (locator) => locator.page())
}

export async function speak(language, to = page) {
  await to.evaluate((one) => localStorage.setItem('callscope.language', one), language)
}

/** Forgets the complaints of what was provoked: all that came since, and match. */
export function forgive(since, pattern) {
  complaints.splice(since, complaints.length, ...complaints.slice(since).filter((one) => !pattern.test(one)))
}

/** The demo with its calls spoken, as `make demo` makes it; where they cannot be spoken, without recordings. */
export async function speakDemo() {
  const folder = join(top, 'build/demo')
  await promisify(execFile)(process.execPath, ['tools/demo-audio/make.mjs', 'demo', folder], { cwd: top }).catch((error) => {
    if (error.code !== 1) throw error
  })
  return folder
}

/** Inspects the demo into a folder of its own, unless data is given, and serves it. */
export async function startServer(data, demo = 'demo') {
  if (process.env.CALLSCOPE_ADDRESS) return { address: process.env.CALLSCOPE_ADDRESS, stop: async () => {} }
  const own = data ? null : mkdtempSync(join(tmpdir(), 'callscope-story-'))
  const folder = data ?? own
  if (own) {
    await promisify(execFile)(callscope, ['inspect', demo, '--data', own, '--rules', 'packs'], { cwd: top }).catch((error) => {
      // 1: an input was refused; one recording of the spoken demo is damaged on purpose.
      if (error.code !== 1 || demo === 'demo') throw error
    })
  }

  let server, gone
  const start = async (port) => {
    server = spawn(callscope, ['serve', '--port', port, '--data', folder], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] })
    gone = new Promise((resolve) => server.once('exit', resolve))
    return new Promise((resolve, reject) => {
      createInterface({ input: server.stdout }).on('line', (line) => {
        const found = line.match(/http:\/\/127\.0\.0\.1:\d+\//)
        if (found) resolve(found[0])
      })
      gone.then((code) => reject(new Error(`callscope serve ended with ${code} before it named its address`)))
    })
  }
  const leave = async () => {
    server.kill()
    await gone
  }
  const address = await start('0')
  return {
    address, folder,
    /** Ends it, so that nothing answers; `again` starts it where it was. */
    leave,
    again: () => start(new URL(address).port),
    async stop() {
      await leave()
      if (own) rmSync(own, { recursive: true, force: true })
    },
  }
}

/** Chromium that asks nothing of the world outside: it has no network to lose. */
export async function startBrowser() {
  const { chromium } = await import('playwright-core')
  const quiet = [
    '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-dev-shm-usage', '--lang=zh-CN', '--mute-audio', '--autoplay-policy=no-user-gesture-required',
  ]
  return chromium.launch({ executablePath: findChromium(), args: quiet, env: { ...process.env, HOME: process.env.HOME ?? tmpdir() } })
}

/** GET of the API, parsed. */
export function api(address) {
  return async (path) => {
    const answer = await fetch(new URL(path, address))
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe calls serious or critical on a page, contrast included. */
export async function barriers(page) {
  // What is still fading in has other colours. (An animation without an end, or one that is held, is not waited for.)
  await page.evaluate(() => Promise.race([
    Promise.all(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished.catch(() => {}))),
    new Promise((done) => { setTimeout(done, 2000) }),
  ]))
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }))
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`)
}

/** How many pixels a page is too wide. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

/** A page that gathers what should not happen: errors in the console, answers of 400 and more, requests that leave the machine.
 * `isNew`: of somebody who was never here; others have left the tour and folded the lines of help. */
export async function openPage(browser, { isNew = false, ...options } = {}) {
  const complaints = []
  const context = await browser.newContext({ timezoneId: 'Asia/Shanghai', ...options })
  if (!isNew) {
    await context.addInitScript(() => {
      localStorage.setItem('callscope.tour', 'left')
      localStorage.setItem('callscope.help', '["*"]')
    })
  }
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (!['data:', 'blob:'].includes(url.protocol) && url.hostname !== '127.0.0.1') complaints.push(`left this machine: ${url}`)
  })
  context.on('response', (answer) => answer.status() >= 400 && complaints.push(`${answer.status()} ${answer.url()}`))
  const page = await context.newPage()
  watch(page)
  drawAfterActs(page)
  page.setDefaultTimeout(10_000)
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complaints.push(`console: ${line.text()}`))
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  return { page, complaints }
}

/** A test inside a test that leaves a picture behind where it fails. */
export function scenesOf(story, page, name) {
  return (scene, play) => story.test(scene, async () => {
    try {
      await play()
    } catch (error) {
      mkdirSync(join(top, 'build/test'), { recursive: true })
      await page.screenshot({ path: join(top, `build/test/${name}-${scene.replace(/[^a-z0-9]+/gi, '-')}.png`) }).catch(() => {})
      throw error
    }
  })
}
