// ui.mjs DATA MANY - the interface in a real Chromium, as `name value` lines: what a browser loads first (kB, gzipped), when it can
// be used, from the key to the next conversation, each page of tests/ui/pages.mjs on DATA; and the frames of a list that is
// scrolled over MANY. Milliseconds by the page's own clock, up to the frame in which it is drawn.
import { request } from 'node:http'
import { allPages } from '../tests/ui/pages.mjs'
import { api, DESK, findChromium, openPage, startBrowser, startServer } from '../tests/ui/stage.mjs'

const [data, many] = process.argv.slice(2)
const COLD = 7
const NEXT = 30
const SCROLLS = 120

if (!findChromium()) {
  console.error('ui.mjs: there is no Chromium; tools/setup test installs it')
  process.exit(3)
}

const sorted = (all) => [...all].sort((a, b) => a - b)
const median = (all) => sorted(all)[Math.floor(all.length / 2)]
const p95 = (all) => sorted(all)[Math.ceil(all.length * 0.95) - 1]
const say = (name, value, digits = 0) => console.log(`${name} ${value.toFixed(digits)}`)

/** Bytes as they go over the wire. */
function packed(address) {
  return new Promise((resolve, reject) => {
    request(address, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk) => (bytes += chunk.length)).on('end', () => resolve(bytes))
    }).on('error', reject).end()
  })
}

async function measureScripts(server) {
  const page = await (await fetch(server.address)).text()
  const scripts = [...page.matchAll(/<(?:script[^>]*src|link rel="modulepreload"[^>]*href)="([^"]+)"/g)].map(([, path]) => path)
  const bytes = await Promise.all(scripts.map((path) => packed(new URL(path, server.address))))
  say('ui.script', bytes.reduce((sum, one) => sum + one, 0) / 1000, 1)
}

/** Told by the page itself: the time of the first frame in which the selector is there. */
const drawn = (page, selector) => page.evaluate((wanted) => new Promise((resolve) => {
  const look = () => (document.querySelector(wanted) ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look))
  look()
}), selector)

const selectorOf = ({ shows }) => (/^[\w-]+$/.test(shows) ? `[data-testid="${shows}"]` : shows)

async function measureLoad(server, browser) {
  for (const [name, path, selector] of [['list', '/conversations', '[data-testid="conversation-row"]'], ['overview', '/overview', '[data-testid="measure"]']]) {
    const all = []
    for (let time = 0; time < COLD; time++) {
      const { page } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
      await page.goto(new URL(path, server.address).href, { waitUntil: 'commit' })
      all.push(await drawn(page, selector))
      await page.context().close()
    }
    say(`ui.usable.${name}`, median(all))
    say(`ui.usable.${name}.worst`, Math.max(...all))
  }
}

async function measureNext(server, browser) {
  const { page } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  page.setDefaultTimeout(60_000)
  const { id } = (await api(server.address)('/api/v1/conversations?limit=1')).items[0]
  await page.goto(new URL(`/conversations/${id}`, server.address).href)
  const all = []
  for (let time = 0; time < NEXT; time++) {
    await page.getByTestId('step-j').waitFor()
    // What is read ahead is there, or late; a recording may go on loading.
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
    // It listens before the key is pressed.
    await page.evaluate(() => { window.taken = new Promise((resolve) => {
      const before = location.pathname
      window.addEventListener('keydown', ({ timeStamp }) => {
        const look = () => {
          const isThere = location.pathname !== before && document.querySelector('.talk .turn') && document.querySelector('.conversation')?.dataset.left === undefined
          if (isThere) requestAnimationFrame(() => resolve(performance.now() - timeStamp))
          else requestAnimationFrame(look)
        }
        // What stands there belongs to the conversation that is left.
        const left = document.querySelector('.conversation')
        if (left) left.dataset.left = ''
        look()
      }, { capture: true, once: true })
    }) })
    await page.keyboard.press('j')
    all.push(await page.evaluate(() => window.taken))
  }
  say('ui.next', median(all))
  say('ui.next.p95', p95(all))
  await page.context().close()
}

async function measurePages(server, browser) {
  const { page } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  for (const one of await allPages(api(server.address), server.address)) {
    const all = []
    for (let time = 0; time < 3; time++) {
      await page.goto(new URL(one.path, server.address).href, { waitUntil: 'commit' })
      all.push(await drawn(page, selectorOf(one)))
    }
    say(`ui.page.${one.name}`, median(all))
  }
  await page.context().close()
}

/** The wheel turns as fast as frames come; each frame's time is told by the page. */
async function measureScroll(server, browser) {
  const { page } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  await page.goto(new URL('/conversations', server.address).href)
  await page.getByTestId('conversation-row').first().waitFor()
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {})
  await page.mouse.move(640, 700)
  await page.evaluate(() => {
    window.frames_ms = []
    let last
    const tick = (now) => {
      if (last !== undefined) window.frames_ms.push(now - last)
      last = now
      window.ticking = requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  for (let turn = 0; turn < SCROLLS; turn++) await page.mouse.wheel(0, 900)
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {})
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.ticking)
    return window.frames_ms
  })
  const reached = await page.evaluate(() => Math.round(Math.max(window.scrollY, ...[...document.querySelectorAll('main *')].map((one) => one.scrollTop))))
  say('ui.scroll.frame', median(frames), 1)
  say('ui.scroll.frame.p95', p95(frames), 1)
  say('ui.scroll.frame.worst', Math.max(...frames), 1)
  say('ui.scroll.reached', reached)
  await page.context().close()
}

const browser = await startBrowser()
const server = await startServer(data)
try {
  await measureScripts(server)
  await measureLoad(server, browser)
  await measureNext(server, browser)
  await measurePages(server, browser)
} finally {
  await server.stop()
}
const full = await startServer(many)
try {
  await measureScroll(full, browser)
} finally {
  await browser.close()
  await full.stop()
}
