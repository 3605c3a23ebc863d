// What a recogniser wrote down: words that it is not sure of are told apart, not by colour alone; the page says which model it was.
// A recording that nobody wrote down says why, and what to do about it; imports and the page of the work say how many those are.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { wav } from '../api/imports.mjs'
import { api, barriers, DESK, openPage, overflow, PHONE, settled, skip, startBrowser, startServer } from './stage.mjs'

const CALL = {
  id: 'RECOGNISED', channel: 'call', started: '2026-02-01T10:00:00+08:00', title: '空调漏水',
  recognised: { model: 'zh-small', version: '1.2', sha256: 'ab'.repeat(32), rate_hz: 8000, at: '2026-02-01T11:00:00+08:00' },
  participants: [{ id: 'c1', role: 'customer' }, { id: 'a1', role: 'agent', name: '李晓芸' }],
  turns: [
    { from: 'c1', start_ms: 0, end_ms: 2000, text: '我要投诉你们。', confidence: 0.7, words: [
      { offset: 0, length: 2, start_ms: 0, end_ms: 400, confidence: 0.98 }, { offset: 2, length: 2, start_ms: 400, end_ms: 900, confidence: 0.31 },
      { offset: 4, length: 2, start_ms: 900, end_ms: 1400, confidence: 0.9 },
    ] },
    { from: 'a1', start_ms: 3000, end_ms: 4000, text: '请讲。', words: [{ offset: 0, length: 2, start_ms: 3000, end_ms: 3400, confidence: 0.42 }] },
  ],
}

/** Twelve seconds in which somebody speaks: syllables of two formants, pitches that move, short pauses. */
function spoken() {
  const bytes = wav(12)
  let seed = 7
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
  bytes.fill(0, 44)
  for (let at = 8000, phase = 0; at < 88_000;) {
    const [length, pitch, slope] = [Math.round(8000 * (0.12 + 0.12 * random())), 125 * (0.85 + 0.3 * random()), (random() - 0.5) * 0.4]
    const [first, second] = [400 + 500 * random(), 1200 + 1000 * random()]
    for (let i = 0; i < length; i++) {
      const hertz = pitch * (1 + (slope * i) / length)
      phase += hertz / 8000
      let sum = 0
      for (let k = 1; k * hertz < 3300; k++) sum += Math.sin(2 * Math.PI * k * phase) * (1 / (1 + ((k * hertz - first) / 250) ** 2) + 0.4 / (1 + ((k * hertz - second) / 300) ** 2))
      bytes.writeInt16LE(Math.round(3900 * (0.15 + Math.sin((Math.PI * i) / length)) * Math.max(-4, Math.min(4, sum))), 44 + 2 * (at + i))
    }
    at += length + Math.round(8000 * (random() < 0.25 ? 0.12 * random() : 0.01))
  }
  return bytes
}

let server, browser, folder
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'callscope-recognised-'))
  // No model of this machine.
  process.env.CALLSCOPE_MODELS = ''
  process.env.XDG_DATA_HOME = join(folder, 'nothing')
  writeFileSync(join(folder, 'call.json'), JSON.stringify([CALL]))
  writeFileSync(join(folder, 'bare.wav'), spoken())
  server = await startServer(null, folder)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true })
})

for (const [locale, viewport, percent, by] of [['zh-CN', DESK, /31\s?%/, /文字由 zh-small 识别.*没有把握/], ['en-US', PHONE, /31\s?%/, /Words recognised by zh-small.*unsure/]]) {
  test(`${locale}: unsure words are grey and dotted, say how sure they are, and the model is named`, { skip }, async () => {
    const { page, complaints } = await openPage(browser, { viewport, locale })
    const { items } = await api(server.address)('api/v1/conversations?limit=200')
    const one = items.find((item) => item.title === CALL.title)
    assert.ok(one, 'the conversation was imported')
    await page.goto(new URL(`/conversations/${one.id}`, server.address).href)
    await settled(page)
    const unsure = page.getByTestId('unsure-word')
    await unsure.first().waitFor()
    assert.deepEqual(await unsure.allTextContents(), ['投诉', '请讲'])
    assert.match(await unsure.first().getAttribute('title'), percent)
    const look = await unsure.first().evaluate((element) => getComputedStyle(element).textDecorationStyle)
    assert.equal(look, 'dotted')
    assert.match(await page.getByTestId('transcript').textContent(), by)
    assert.equal(await overflow(page), 0)
    assert.deepEqual(await barriers(page), [])
    assert.deepEqual(complaints, [])
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `transcript-${locale}.png`) })
    await page.close()
  })
}

/** Chooses a model for everything, as a manager does by the API. */
async function choose(model, changes) {
  const answer = await fetch(new URL('api/v1/speech/choice', server.address), {
    method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ queue: '', language: '', model, changes }),
  })
  assert.equal(answer.status, 200, await answer.text())
}

test('a recording without words says why and what to do', { skip }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  const get = api(server.address)
  const { items } = await get('api/v1/conversations?limit=200')
  const bare = items.find((item) => item.title !== CALL.title)
  const { recording, turns } = await get(`api/v1/conversations/${bare.id}`)
  assert.ok(recording && turns.length > 0 && turns.every((turn) => turn.is_wordless), 'voices were heard')
  const note = page.getByTestId('wordless-why')
  const look = async (why, text, commands) => {
    await page.goto(new URL(`/conversations/${bare.id}`, server.address).href)
    await settled(page)
    await note.waitFor()
    assert.equal(await note.getAttribute('data-why'), why)
    assert.match(await note.innerText(), text)
    assert.deepEqual(await note.locator('code').allTextContents(), commands)
    assert.equal(await overflow(page), 0)
    assert.deepEqual(await barriers(page), [])
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `wordless-${why}.png`) })
  }
  const again = 'callscope inspect --again'
  await look('none', /本机没有语音模型/, ['callscope doctor --language zh', 'callscope models pull NAME', again])
  await choose('off', 0)
  await look('off', /被关掉了/, ['callscope models use otherwise'])
  await choose('zh-zipformer-phonetic-3.3m', 1)
  await page.setViewportSize(PHONE)
  await page.evaluate(() => localStorage.setItem('callscope.language', 'en'))
  await look('missing', /zh-zipformer-phonetic-3\.3m is to recognise it, and is not on this machine/, ['callscope models pull zh-zipformer-phonetic-3.3m'])
  await page.route('**/api/v1/speech', async (route) => {
    const recognised = [{ model: 'zh-zipformer-phonetic-3.3m', recordings: 9, lost: 2, voice_ms: 5_400_000, spent_ms: 180_000, failures: 4 }]
    await route.fulfill({ json: { ...await (await route.fetch()).json(), recognised } })
  })
  const became = { state: 'failed', model: 'zh-zipformer-phonetic-3.3m', at_ms: Date.now(), tries: 2, reason: 'the recogniser ended by signal 9.', remedy: 'see its log.' }
  const stands = async (more) => {
    await page.unroute('**/conversations/*/speech')
    await page.route('**/conversations/*/speech', async (route) => route.fulfill({ json: { ...await (await route.fetch()).json(), ...more } }))
  }
  await stands(became)
  await look('failed', /failed on it 2 times, last .* signal 9\. see its log\..*Recognise again…/s, [])
  await stands({ state: 'waiting' })
  await look('waiting', /It waits to be recognised/, [])
  await stands({ state: 'off' })
  await page.goto(new URL('/work', server.address).href)
  assert.match((await page.getByTestId('speech-model').innerText()).replace(/\s+/g, ' '), /^zh-zipformer-phonetic-3\.3m 9 1 h 30 min 2$/)
  assert.deepEqual(await barriers(page), [])
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'wordless-work.png') })
  // Others are told in words.
  await page.route('**/api/v1/me', (route) => route.fulfill({ json: { number: 7, name: 'li', role: 'reviewer', agent: '', has_accounts: true } }))
  await look(null, /ask a manager/, [])
  assert.deepEqual(complaints, [])
  await page.close()
})

test('an import says how many of its recordings have no words, and how to get them', { skip }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  const { items: [{ number, counts }] } = await api(server.address)('api/v1/imports')
  assert.equal(counts.unrecognised, 1)
  await page.goto(new URL(`/import/${number}`, server.address).href)
  await page.getByTestId('speech-remedy').locator('code').last().waitFor()
  assert.match((await page.getByTestId('speech-tally').innerText()).replace(/\s+/g, ' '), /^语音识别 没有文字的录音 1$/)
  assert.deepEqual(await barriers(page), [])
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'wordless-import.png'), fullPage: true })
  await page.route(`**/api/v1/imports/${number}`, async (route) => {
    const one = await (await route.fetch()).json()
    await route.fulfill({ json: { ...one, counts: { ...one.counts, recognised: 12, unrecognised: 0, speech_ms: 1_830_200 } } })
  })
  await page.reload()
  await page.getByTestId('speech-tally').filter({ hasText: '30 分' }).waitFor()
  assert.equal(await page.getByTestId('speech-remedy').count(), 0)
  assert.deepEqual(complaints, [])
  await page.close()
})
