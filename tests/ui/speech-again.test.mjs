// A manager has recordings recognised again: how many those are is said before, how far it is while it runs, and a recording without
// words gets them while somebody looks at it. With the phonetic model of ../shared; where it is absent it says so.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { program } from '../api/callscope.mjs'
import { serveImports } from '../api/imports.mjs'
import { AISHELL, MODEL, clip, needs } from '../api/speech.mjs'
import { barriers, DESK, openPage, overflow, PHONE, settled, skip, startBrowser } from './stage.mjs'

const isSkipped = skip || needs.skip || false
let server, browser, folder
before(async () => {
  if (isSkipped) return
  folder = mkdtempSync(join(tmpdir(), 'callscope-again-'))
  mkdirSync(join(folder, 'in'))
  for (const name of ['one', 'two']) {
    copyFileSync(clip(AISHELL), join(folder, `in/${name}.wav`))
    writeFileSync(join(folder, `in/${name}.json`), JSON.stringify([{ id: name, channel: 'call', started: '2026-02-01T10:00:00+08:00', queue: name === 'one' ? '售后' : '售前', participants: [{ id: 'a1', role: 'agent' }], turns: [] }]))
  }
  writeFileSync(join(folder, 'own.rules'), 'flag agents\n  title "说到中介协会" | "Agents"\n  when anyone says "中介协会"\n  then tag 中介协会\n')
  await promisify(execFile)(program, ['inspect', join(folder, 'in'), '--speech', 'off', '--data', join(folder, 'data'), '--rules', join(folder, 'own.rules')])
  server = await serveImports(folder)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true })
})
const shot = async (page, name) => {
  if (process.env.SHOTS && existsSync(process.env.SHOTS)) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true })
}

test('one queue is chosen, counted, begun; the page tells when it is done', { skip: isSkipped, timeout: 120_000 }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN' })
  await page.goto(`${server.base}/conversations/two`)
  await page.getByTestId('wordless-why').waitFor()
  assert.equal(await page.getByTestId('wordless-why').getAttribute('data-why'), 'earlier')
  await page.getByTestId('wordless-again').click()
  const dialog = page.getByTestId('again-dialog')
  const count = page.getByTestId('again-count')
  await count.filter({ hasText: '2 段录音' }).waitFor()
  await page.getByTestId('again-queue').selectOption('售前')
  await count.filter({ hasText: '1 段录音' }).waitFor()
  assert.deepEqual(await barriers(page), [])
  await shot(page, 'again-dialog')
  await page.getByTestId('again-begin').click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('[data-testid=again][data-state=done]').waitFor()
  assert.match(await page.getByTestId('again').innerText(), /已重新识别 1 段录音.*售前.*1 段有了新文字/s)
  await page.getByTestId('speech-unrecognised').filter({ hasText: '1 段录音没有文字' }).waitFor()
  assert.match(await page.getByTestId('speech-model').innerText(), new RegExp(MODEL))
  assert.deepEqual(await barriers(page), [])
  await shot(page, 'again-done')
  await page.goto(`${server.base}/conversations/two`)
  await page.getByText('中介协会').first().waitFor()
  assert.equal(await page.getByTestId('wordless-why').count(), 0)
  assert.deepEqual(complaints, [])
  await page.close()
})

test('on a phone: a run that is under way, what failed, and stopping it', { skip: isSkipped, timeout: 60_000 }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: 'en-US' })
  const run = { number: 7, filter: { queue: '售后', from_ms: Date.parse('2026-02-01'), wordless_only: true }, state: 'running', is_listed: true, found: 1200, waiting: 900, running: 2, done: 290, changed: 280, failed: 8, passed: 0, speed: 104.2, left_ms: 4_210_000, made_ms: Date.now() - 600_000, made_by: 'li', ended_ms: null, ended_by: null }
  const failed = { id: 'x', external_id: 'CALL-2026-02-14-0831', model: MODEL, reason: 'the recogniser ended by signal 9', remedy: 'see the log of the worker', tries: 2, at_ms: Date.now() }
  let stopped = ''
  await page.route('**/api/v1/speech', async (route) => route.fulfill({ json: { ...await (await route.fetch()).json(), again: stopped ? { ...run, state: 'stopped', running: 0, waiting: 0, speed: null, left_ms: null, ended_ms: Date.now() } : run, failed: 8 } }))
  await page.route('**/api/v1/speech/failed*', (route) => route.fulfill({ json: { items: [failed], next: null } }))
  await page.route('**/api/v1/speech/again/7', (route) => {
    stopped = route.request().method()
    return route.fulfill({ json: { again: { ...run, state: 'stopped' } } })
  })
  await page.goto(`${server.base}/work`)
  await settled(page)
  const panel = page.getByTestId('again')
  await panel.waitFor()
  assert.match(await panel.innerText(), /298 of 1,200 recordings.*900 waiting, 2 in hand.*104 times as fast/s)
  assert.equal(await page.getByTestId('again-open').count(), 0, 'one at a time')
  await page.getByTestId('speech-failed').locator('summary').click()
  assert.match(await page.getByTestId('failed-recording').innerText(), /signal 9/)
  assert.equal(await overflow(page), 0)
  assert.deepEqual(await barriers(page), [])
  await shot(page, 'again-phone')
  await page.getByTestId('again-stop').click()
  await page.locator('[data-testid=again][data-state=stopped]').waitFor()
  assert.equal(stopped, 'DELETE')
  assert.deepEqual(complaints, [])
  await page.close()
})
