// The player in a real Chromium: a finding sounds from three seconds before it, silence is skipped, the dialogue goes along,
// and the list plays one conversation after the other. What is expected comes from the API. Skips where nothing was recorded.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { api, barriers, DESK, findChromium, openPage, overflow, PHONE, speakDemo, startBrowser, startServer, top } from './stage.mjs'

const LEAD_S = 3
const NEAR_S = 0.05
const SILENCE_MS = 3_000

let server, browser, page, get, complaints
let skip = findChromium() ? false : 'there is no Chromium on this machine'
let recorded = []

before(async () => {
  if (skip) return
  server = await startServer(null, process.env.CALLSCOPE_ADDRESS ? undefined : await speakDemo())
  get = api(server.address)
  recorded = (await get('api/v1/conversations?limit=200')).items.filter((item) => item.has_recording)
  if (recorded.length < 2) skip = 'fewer than two conversations of the demo have a recording'
  browser = await startBrowser()
  ;({ page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN', isNew: true }))
  page.setDefaultTimeout(15_000)
})

after(async () => {
  await browser?.close()
  await server?.stop()
})

const sound = () => page.evaluate(() => {
  const { currentTime, paused, playbackRate, preservesPitch, src } = document.querySelector('audio[data-testid="sound"]')
  return { at: currentTime, paused, playbackRate, preservesPitch, src }
})
/** Until the element is so far that it could sound. */
const ready = () => page.waitForFunction(() => document.querySelector('audio[data-testid="sound"]')?.readyState >= 2)
const playing = () => page.waitForFunction(() => {
  const element = document.querySelector('audio[data-testid="sound"]')
  return element && !element.paused && element.readyState >= 3 && !element.seeking
})
const paused = () => page.waitForFunction(() => document.querySelector('audio[data-testid="sound"]')?.paused)
const open = async (path) => {
  await page.goto('about:blank')
  await page.goto(new URL(path, server.address).href)
}
const openRecorded = async (conversation, hash = '') => {
  await open(`/conversations/${conversation.id}${hash}`)
  await page.getByTestId('player').waitFor()
  await ready()
}
const near = (actual, expected, what, within = NEAR_S) =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual} s, expected ${expected} s`)

/** From the next key or click to the sound: both are told by the page itself. */
async function timeToSound(act) {
  await page.evaluate(() => {
    window.asked = 0
    window.heard = new Promise((resolve) => {
      const ask = (event) => { window.asked ||= event.timeStamp }
      for (const name of ['keydown', 'pointerdown']) window.addEventListener(name, ask, { capture: true, once: true })
      // Media events don't bubble, but they are captured on their way down.
      document.addEventListener('playing', (event) => window.asked && resolve(event.timeStamp - window.asked), { capture: true })
    })
  })
  await act()
  return page.evaluate(() => window.heard)
}

const numbered = (conversation) => conversation.rules.flatMap((rule) => rule.findings.map((finding) => ({ rule, finding })))
  .filter(({ finding }) => finding.number !== null && finding.at?.at_ms > LEAD_S * 1000 + 500 && finding.at.at_ms < conversation.recording.duration_ms)
  .sort((one, other) => one.finding.number - other.finding.number)

/** Where nobody speaks for longer than a breath, by the voices and the announcements. */
function silences(conversation) {
  const { voices, recording } = conversation
  const busy = [...voices, ...recording.sounds.filter(({ kind }) => kind !== 'echo')].sort((one, other) => one.from_ms - other.from_ms)
  const found = []
  let until = busy[0]?.to_ms ?? 0
  for (const { from_ms, to_ms } of busy) {
    if (from_ms - until > SILENCE_MS) found.push({ from: until / 1000, to: from_ms / 1000 })
    until = Math.max(until, to_ms)
  }
  return found
}

async function choose() {
  let best = null
  for (const { id } of recorded) {
    const conversation = await get(`api/v1/conversations/${id}`)
    if (numbered(conversation).length < 2) continue
    best ??= conversation
    if (silences(conversation).some(({ from }) => from > 2)) return conversation
  }
  if (!best) throw new Error('no recorded conversation of the demo has two findings with their moments')
  return best
}

test('a recording is heard', { timeout: 240_000 }, async (story) => {
  if (skip) return story.skip(skip)
  const scene = (name, play) => story.test(name, async (own) => {
    try {
      await play(own)
    } catch (error) {
      mkdirSync(join(top, 'build/test'), { recursive: true })
      await page.screenshot({ path: join(top, `build/test/player-${name.replace(/[^a-z0-9]+/gi, '-')}.png`) }).catch(() => {})
      throw error
    }
  })
  const conversation = await choose()
  const [first, second] = numbered(conversation)
  const startOf = ({ finding }) => finding.at.at_ms / 1000 - LEAD_S
  const card = ({ rule, finding }) => page.locator(`[data-testid="finding-card"][data-card="${rule.rule}-${finding.ordinal}"] .open`)

  await scene('the address of a finding opens three seconds before it, and space plays', async (own) => {
    await openRecorded(conversation, `#${second.finding.number}`)
    near((await sound()).at, startOf(second), 'the place')
    assert.equal((await sound()).paused, true, 'nothing sounds before it is asked for')
    own.diagnostic(`space to sound: ${Math.round(await timeToSound(() => page.keyboard.press('Space')))} ms`)
    await playing()
    await page.keyboard.press('Space')
    await paused()
    assert.ok((await sound()).at >= startOf(second) - NEAR_S)
  })

  await scene('a finding chosen with Enter plays; one clicked moves there, and plays on when it was playing', async (own) => {
    await openRecorded(conversation)
    await card(first).focus()
    own.diagnostic(`Enter on a finding to sound: ${Math.round(await timeToSound(() => page.keyboard.press('Enter')))} ms`)
    await playing()
    assert.ok((await sound()).at >= startOf(first) - NEAR_S)
    await page.keyboard.press('Space')
    await paused()
    await card(second).click()
    near((await sound()).at, startOf(second), 'the click')
    assert.equal((await sound()).paused, true)
    await page.keyboard.press('Space')
    await playing()
    await page.keyboard.press('p')
    await page.waitForFunction((start) => document.querySelector('audio[data-testid="sound"]').currentTime < start, startOf(second) - NEAR_S)
    assert.equal((await sound()).paused, false, 'p goes to the finding before and plays on')
    await page.getByTestId(`pin-${second.finding.number}`).click()
    await page.waitForFunction((start) => document.querySelector('audio[data-testid="sound"]').currentTime >= start, startOf(second) - NEAR_S)
  })

  await scene('keys move it: five seconds, one second, faster, and the choice stays', async () => {
    await openRecorded(conversation, `#${second.finding.number}`)
    const from = (await sound()).at
    await page.keyboard.press('ArrowRight')
    near((await sound()).at, Math.min(from + 5, conversation.recording.duration_ms / 1000), 'right')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('.')
    near((await sound()).at, Math.min(from + 5, conversation.recording.duration_ms / 1000) - 5 + 1, 'left and a second on')
    await page.keyboard.press('Shift+ArrowLeft')
    near((await sound()).at, Math.min(from + 5, conversation.recording.duration_ms / 1000) - 5, 'a second back')
    await page.keyboard.press('>')
    assert.equal((await sound()).playbackRate, 1.5)
    assert.equal((await sound()).preservesPitch, true)
    await openRecorded(conversation)
    assert.equal((await sound()).playbackRate, 1.5, 'after opening again')
    await page.getByTestId('rate-1').click()
    assert.equal((await sound()).playbackRate, 1)
  })

  await scene('the strip seeks where it is clicked, and where a drag ends', async () => {
    await openRecorded(conversation)
    const box = await page.getByTestId('seek').boundingBox()
    const length = conversation.recording.duration_ms / 1000
    const pixel = length / box.width
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height - 6)
    near((await sound()).at, length / 2, 'the click', 2 * pixel)
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height - 6)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height - 6, { steps: 4 })
    await page.mouse.up()
    near((await sound()).at, length / 4, 'the drag', 2 * pixel)
    assert.equal(await page.getByTestId('seek').getAttribute('aria-valuenow'), String(Math.floor((await sound()).at)))

    await page.locator('.wave path').first().waitFor({ state: 'attached' })
    const finer = page.waitForResponse((answer) => answer.url().includes('/waveform') && !answer.url().includes('from_ms=0&'))
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    assert.equal((await finer).status(), 200, 'a nearer view asks for its own waveform')
    await page.getByTestId('part').waitFor()
    await page.keyboard.press('-')
    await page.keyboard.press('-')
    await page.getByTestId('part').waitFor({ state: 'detached' })
  })

  await scene('silence is hatched, and skipped when asked', async (own) => {
    const pause = silences(conversation).find(({ from }) => from > 2)
    if (!pause) return own.skip('no recording of the demo has a silence')
    await openRecorded(conversation)
    assert.ok(await page.getByTestId('silence').count() > 0)
    await page.evaluate((at) => { document.querySelector('audio[data-testid="sound"]').currentTime = at }, pause.from - 0.4)
    await page.evaluate(() => {
      window.jumps = []
      const element = document.querySelector('audio[data-testid="sound"]')
      element.addEventListener('seeking', () => window.jumps.push(element.currentTime))
    })
    await page.keyboard.press('s')
    assert.equal(await page.getByTestId('skip-silence').getAttribute('aria-pressed'), 'true')
    await page.keyboard.press('Space')
    await page.waitForFunction(() => window.jumps.length > 0)
    const [landed] = await page.evaluate(() => window.jumps)
    near(landed, pause.to, 'the jump lands before the next voice', 0.5)
    await page.keyboard.press('s')
    await page.keyboard.press('Space')
    await paused()
  })

  await scene('a silence that is a finding is heard, though silence is skipped', async (own) => {
    const pause = silences(conversation).find(({ from, to }) => to - from > LEAD_S + 1.5)
    if (!pause) return own.skip('no silence of it is long enough')
    // The server's answer, with one finding moved into the silence.
    const moment = pause.to - 0.6
    await page.route(`**/conversations/${conversation.id}`, async (route) => {
      if (route.request().resourceType() === 'document') return route.continue()
      const answer = await route.fetch()
      const changed = await answer.json()
      changed.rules.flatMap((rule) => rule.findings).find(({ number }) => number === first.finding.number).at.at_ms = moment * 1000
      await route.fulfill({ response: answer, json: changed })
    })
    await openRecorded(conversation, `#${first.finding.number}`)
    near((await sound()).at, moment - LEAD_S, 'the place, in the silence')
    await page.evaluate(() => {
      window.jumps = []
      const element = document.querySelector('audio[data-testid="sound"]')
      element.addEventListener('seeking', () => window.jumps.push(element.currentTime))
    })
    await page.keyboard.press('s')
    await page.keyboard.press('Space')
    await page.waitForFunction((until) => document.querySelector('audio[data-testid="sound"]').currentTime > until, moment - 1)
    assert.deepEqual(await page.evaluate(() => window.jumps), [], 'nothing is skipped before the moment')
    await page.keyboard.press('s')
    await page.keyboard.press('Space')
    await page.unroute(`**/conversations/${conversation.id}`)
  })

  await scene('the dialogue goes along, rests while somebody reads elsewhere, and follows again', async () => {
    await openRecorded(conversation)
    const turn = conversation.turns.find(({ start_ms, end_ms }) => start_ms !== null && end_ms - start_ms > 1500)
    await page.locator(`#turn-${turn.index} .from-here`).click()
    await playing()
    await page.locator(`#turn-${turn.index}[data-spoken]`).waitFor()
    assert.ok((await sound()).at >= turn.start_ms / 1000 - NEAR_S)
    assert.equal(await page.getByTestId('follow').count(), 0)
    await page.locator('.talk').hover()
    await page.mouse.wheel(0, 300)
    await page.getByTestId('follow').click()
    await page.getByTestId('follow').waitFor({ state: 'detached' })
    await page.keyboard.press('Space')
    await paused()
  })

  await scene('what was heard but not written down can be played', async (own) => {
    for (const { id } of recorded) {
      const heard = await get(`api/v1/conversations/${id}`)
      const turn = heard.turns.find(({ is_wordless, start_ms }) => is_wordless && start_ms !== null)
      if (!turn) continue
      await openRecorded(heard)
      await page.locator(`#turn-${turn.index} [data-testid="wordless"]`).click()
      await playing()
      assert.ok((await sound()).at >= turn.start_ms / 1000 - NEAR_S)
      assert.match(await page.locator(`#turn-${turn.index}`).innerText(), /有声音，没有文字/)
      return
    }
    own.skip('every voice of the demo is written down')
  })

  await scene('one side alone, from the same place', async (own) => {
    await openRecorded(conversation, `#${second.finding.number}`)
    if (await page.getByTestId('side-1').count() === 0) return own.skip('the recording has one side')
    const { at } = await sound()
    await page.getByTestId('side-1').click()
    await ready()
    const alone = await sound()
    assert.equal(new URL(alone.src).searchParams.get('side'), '1')
    near(alone.at, at, 'the place')
  })

  await scene('without a recording space still scrolls', async (own) => {
    const { items } = await get('api/v1/conversations?limit=200')
    const silent = items.find((item) => !item.has_recording && item.turns > 0)
    if (!silent) return own.skip('every conversation has a recording')
    await open(`/conversations/${silent.id}`)
    await page.getByTestId('score-risk').waitFor()
    assert.equal(await page.getByTestId('player').count(), 0)
    await page.evaluate(() => window.addEventListener('keydown', (event) => { window.wasTaken = event.defaultPrevented }, { once: true }))
    await page.keyboard.press('Space')
    assert.equal(await page.evaluate(() => window.wasTaken), false)
  })

  await scene('a recording that cannot be read says why, and what to do', async () => {
    const before = complaints.length
    const gone = { error: { code: 'gone', message: 'the recording was deleted after 90 days', remedy: 'keep it longer' } }
    await page.route('**/audio?*', (route) => route.fulfill({ status: 410, contentType: 'application/json', body: JSON.stringify(gone) }))
    await open(`/conversations/${conversation.id}`)
    const words = await page.getByTestId('sound-failure').innerText()
    assert.match(words, /90 days/)
    assert.match(words, /keep it longer/)
    await page.unroute('**/audio?*')
    await page.getByTestId('sound-failure').getByRole('button').click()
    await playing()
    assert.equal(await page.getByTestId('sound-failure').count(), 0, 'trying again plays')
    await page.keyboard.press('Space')
    complaints.splice(before, complaints.length, ...complaints.slice(before).filter((one) => !/410/.test(one)))
  })

  await scene('without its key file it is said in the reader\'s language, and nothing says that it still plays', async () => {
    const before = complaints.length
    const missing = { error: { code: 'conflict', message: 'there is no key file recordings.key', remedy: 'put its copy back' } }
    const refuse = (route) => route.fulfill({ status: 409, contentType: 'application/json', body: JSON.stringify(missing) })
    for (const path of ['**/audio?*', '**/waveform?*']) await page.route(path, refuse)
    await open(`/conversations/${conversation.id}`)
    const words = await page.getByTestId('sound-failure').innerText()
    assert.match(words, /密钥文件.*放回去.*409 conflict: there is no key file/s)
    await page.locator('.wave-failed').waitFor()
    assert.doesNotMatch(await page.locator('.wave-failed').innerText(), /仍可播放/)
    for (const path of ['**/audio?*', '**/waveform?*']) await page.unroute(path)
    complaints.splice(before, complaints.length, ...complaints.slice(before).filter((one) => !/409/.test(one)))
  })

  await scene('a server that says nothing is told, and what was wanted plays when it is back', async () => {
    const before = complaints.length
    // The element's request hangs; the question after it finds nobody.
    await page.route('**/audio?*', (route) => (route.request().resourceType() === 'media' ? undefined : route.abort()))
    await open(`/conversations/${conversation.id}#${second.finding.number}`)
    await page.getByTestId('player').waitFor()
    await page.keyboard.press('Space')
    assert.match(await page.getByTestId('sound-failure').innerText(), /连不上/)
    await page.unroute('**/audio?*')
    await playing()
    assert.ok((await sound()).at >= startOf(second) - NEAR_S)
    await page.getByTestId('sound-failure').waitFor({ state: 'detached' })
    await page.keyboard.press('Space')
    await paused()
    complaints.splice(before, complaints.length, ...complaints.slice(before).filter((one) => !/ERR_FAILED/.test(one)))
  })

  await scene('thousands of lines and hundreds of findings: what sounds comes into view, and marks stand apart', async (own) => {
    const [lines, many] = [2460, 300]
    const { duration_ms } = conversation.recording
    await page.route(`**/conversations/${conversation.id}`, async (route) => {
      if (route.request().resourceType() === 'document') return route.continue()
      const answer = await route.fetch()
      const changed = await answer.json()
      const said = changed.turns.filter(({ text }) => text)
      changed.turns = Array.from({ length: lines }, (_, at) => ({
        ...said[at % said.length], index: at + 1, text: said[at % said.length].text.repeat(1 + at % 5),
        start_ms: Math.round(duration_ms * at / lines), end_ms: Math.round(duration_ms * (at + 1) / lines),
      }))
      const rule = changed.rules.find((one) => one.rule === first.rule.rule)
      rule.findings = Array.from({ length: many }, (_, at) => ({
        ...first.finding, number: at + 1, ordinal: at + 1, evidence: [],
        at: { turn: Math.floor(at * lines / many) + 1, at_ms: Math.round(duration_ms * at / many) },
      }))
      changed.rules = [rule]
      await route.fulfill({ response: answer, json: changed })
    })
    const began = performance.now()
    await openRecorded(conversation)
    own.diagnostic(`opened until it can sound: ${Math.round(performance.now() - began)} ms`)
    const pins = await page.locator('.lane-pin').evaluateAll((all) => all.map((one) => [one.getBoundingClientRect(), one.dataset.pins.split(' ').length]))
    assert.equal(pins.reduce((sum, [, count]) => sum + count, 0), many, 'each finding stands in one mark')
    for (let at = 1; at < pins.length; at++) assert.ok(pins[at][0].left >= pins[at - 1][0].right, `mark ${at} stands apart`)
    const card = page.getByTestId('finding-card').nth(200).locator('.open')
    await card.focus()
    own.diagnostic(`Enter on a finding to sound: ${Math.round(await timeToSound(() => page.keyboard.press('Enter')))} ms`)
    await page.locator('.card.on').waitFor()
    await page.keyboard.press('Space')
    await paused()
    const strip = await page.getByTestId('seek').boundingBox()
    for (const share of [0.9, 0.2, 0.75]) {
      await page.mouse.click(strip.x + strip.width * share, strip.y + strip.height / 2)
      await page.waitForFunction((around) => {
        const line = document.querySelector('[data-spoken]')
        const frame = document.querySelector('.talk-frame').getBoundingClientRect()
        const box = line?.getBoundingClientRect()
        return box && Math.abs(Number(line.id.slice(5)) - around) < 30 && box.top >= frame.top && box.bottom <= frame.bottom
      }, share * lines)
    }
    await page.unroute(`**/conversations/${conversation.id}`)
  })

  await scene('space on an untouched list plays the first that can be heard; a row without a recording says so', async (own) => {
    const { items } = await get('api/v1/conversations?limit=50')
    const bar = page.getByTestId('player-bar')
    await page.evaluate(() => sessionStorage.clear())
    await open('/conversations')
    await page.locator('[data-testid="conversation-row"]').first().waitFor()
    await page.keyboard.press('Space')
    await bar.waitFor()
    assert.equal(await bar.getAttribute('data-id'), items.find((item) => item.has_recording).id)
    await playing()
    await page.keyboard.press('Escape')
    const silent = items.findIndex((item) => !item.has_recording)
    if (silent < 0) return own.skip('every conversation has a recording')
    const row = page.locator(`[data-testid="conversation-row"][data-id="${items[silent].id}"]`)
    for (const key of ['k', 'j']) {
      for (let step = 0; step < items.length && await row.getAttribute('aria-selected') !== 'true'; step++) await page.keyboard.press(key)
    }
    await page.keyboard.press('Space')
    assert.match(await page.getByTestId('silent-bar').innerText(), /没有录音/)
    await page.keyboard.press('Escape')
    assert.equal(await page.getByTestId('silent-bar').count(), 0)
  })

  await scene('the list plays: space the gravest finding, j the next conversation at once, Enter opens what sounds', async (own) => {
    await open('/conversations')
    const row = (id) => page.locator(`[data-testid="conversation-row"][data-id="${id}"]`)
    const bar = page.getByTestId('player-bar')
    const items = (await get('api/v1/conversations?limit=50')).items
    const [here, next] = items.filter((item) => item.has_recording)
    await row(here.id).waitFor()
    for (let step = 0; step < items.length && await row(here.id).getAttribute('aria-selected') !== 'true'; step++) await page.keyboard.press('j')
    own.diagnostic(`space on a row to sound: ${Math.round(await timeToSound(() => page.keyboard.press('Space')))} ms`)
    assert.equal(await bar.getAttribute('data-id'), here.id)
    await playing()

    // The next is read before it is asked for.
    await page.waitForFunction((id) => [...document.querySelectorAll('audio:not([data-testid])')].some((one) => one.src.includes(id) && one.readyState >= 2), next.id)
    own.diagnostic(`j to the sound of the next: ${Math.round(await timeToSound(() => page.keyboard.press('j')))} ms`)
    await page.waitForFunction((id) => document.querySelector('[data-testid="player-bar"]')?.dataset.id === id, next.id)
    await playing()
    assert.ok((await sound()).src.includes(next.id))
    assert.equal(await row(next.id).getAttribute('aria-selected'), 'true')

    await page.mouse.wheel(0, 2000)
    await page.getByTestId('filter-high_risk').evaluate((button) => button.click())
    await page.waitForURL((url) => url.searchParams.get('high_risk') === '1')
    assert.equal((await sound()).paused, false, 'a filter leaves it playing')
    await page.getByTestId('filter-high_risk').evaluate((button) => button.click())
    await page.waitForURL((url) => !url.searchParams.has('high_risk'))

    const { at } = await sound()
    await page.getByTestId('bar-open').click()
    await page.getByTestId('player').waitFor()
    assert.equal((await sound()).paused, false, 'the page goes on with what sounds')
    assert.ok((await sound()).at >= at)
    await page.keyboard.press('u')
    await row(here.id).waitFor()
    assert.equal((await sound().catch(() => ({ paused: true }))).paused, true, 'the list starts in silence')
    await row(here.id).getByTestId('row-play').click()
    await playing()
    await page.keyboard.press('Space')
    await paused()
    await page.keyboard.press('Escape')
    assert.equal(await bar.count(), 0)
  })

  await scene('a work order is heard from three seconds before what it is about', async () => {
    const answer = await fetch(new URL('api/v1/orders', server.address), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ findings: [{ conversation: conversation.id, rule: first.rule.rule, ordinal: first.finding.ordinal }] }),
    })
    const { opened: [{ number }] } = await answer.json()
    const order = await get(`api/v1/orders/${number}`)
    assert.equal(order.conversation.id, conversation.id)
    await open(`/orders/${number}`)
    await page.getByTestId('order-listen').waitFor()
    await page.keyboard.press('Space')
    await playing()
    await page.locator('[data-testid="order-listen"][aria-pressed="true"]').waitFor()
    const { src, at } = await sound()
    assert.ok(src.includes(conversation.id))
    assert.ok(at >= startOf(first) - NEAR_S && at < startOf(first) + LEAD_S, `${at} s, what it is about begins at ${startOf(first) + LEAD_S}`)
    await page.keyboard.press('Space')
    await paused()
    await page.getByTestId('order-listen').click()
    await playing()
    // Who leaves hears nothing any more.
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.waitForURL((url) => url.pathname === '/orders')
    await page.waitForFunction(() => [...document.querySelectorAll('audio')].every((one) => one.paused))
  })

  await scene('nothing bars the way, in both languages, at the desk and on a phone', async () => {
    for (const [language, size] of [['zh-CN', DESK], ['zh-CN', PHONE], ['en', PHONE], ['en', DESK]]) {
      await page.setViewportSize(size)
      await open('/conversations')
      await page.getByTestId('row-play').first().waitFor()
      if (await page.locator('html').getAttribute('lang') !== language) await page.getByTestId('language').click()
      await page.getByTestId('row-play').first().click()
      await page.getByTestId('player-bar').getByTestId('play').waitFor()
      // Axe at the two that differ most.
      const isLooked = (language === 'zh-CN') === (size === DESK)
      if (isLooked) assert.deepEqual(await barriers(page), [], `the list, ${language}, ${size.width}`)
      assert.ok(await overflow(page) <= 0, `the list is ${await overflow(page)} pixels too wide, ${language}, ${size.width}`)
      await openRecorded(conversation, `#${first.finding.number}`)
      if (isLooked) assert.deepEqual(await barriers(page), [], `the conversation, ${language}, ${size.width}`)
      assert.ok(await overflow(page) <= 0, `the conversation is ${await overflow(page)} pixels too wide, ${language}, ${size.width}`)
      if (language === 'en') {
        const words = await page.locator('.transport, .sound-facts').evaluateAll((parts) => parts.map((one) => one.textContent).join(' '))
        assert.doesNotMatch(words, /\p{Script=Han}/u)
      }
    }
    await page.setViewportSize(DESK)
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))
})
