// The page of the queue: what waits, who works, what was set aside; and the word that is said while the server is away.
import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { wav } from '../api/imports.mjs'
import { barriers, complaints, DESK, open, overflow, page, PHONE, scenesOf, server, setStage, skip } from './stage.mjs'

setStage()

const answer = (route, body) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) })

/** Uploads recordings and starts their import. */
async function upload(files) {
  const call = async (method, path, body) => {
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
    const answer = await fetch(new URL(`api/v1/${path}`, server.address), { method, body, headers })
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
    return answer.json()
  }
  const { number } = await call('POST', 'imports', '{}')
  for (const [name, bytes] of Object.entries(files)) await call('PUT', `imports/${number}/files/${name}`, bytes)
  await call('POST', `imports/${number}/start`, '{}')
  let one
  do {
    await new Promise((resolve) => setTimeout(resolve, 100))
    one = await call('GET', `imports/${number}`)
  } while (one.state !== 'done')
}

/** A queue as it stands when a worker has died thrice over the same conversations. */
function busyQueue() {
  const now = Date.now()
  const aside = [1, 2, 3].map((job) => ({
    job, kind: 'read', import: 1, external_id: `C-${job}`, id: null, file: 'a.csv', place: `line ${job}`, attempts: 3,
    reason: 'its worker died three times', remedy: 'see the log of the worker, then try again', made_ms: now - 60_000,
  }))
  return {
    aside, asked: [],
    work: () => ({
      waiting: 1840, urgent: 12, running: 32, aside: aside.length, oldest_ms: now - 90_000, rate_per_minute: 1284.5, failed_last_hour: 2,
      imports: [{ import: 1, name: '二月', waiting: 1800, running: 30, aside: aside.length, done: 4200 }],
      workers: [
        { name: 'host-1:4711', started_ms: now - 3_600_000, seen_ms: now - 500, is_alive: true, running: 32, done: 48_211 },
        { name: 'host-2:90', started_ms: now - 7_200_000, seen_ms: now - 3_600_000, is_alive: false, running: 0, done: 120 },
      ],
    }),
  }
}

async function standIn(queue) {
  await page.route('**/api/v1/work', (route) => answer(route, queue.work()))
  await page.route(/\/api\/v1\/work\/aside/, (route) => {
    const { pathname } = new URL(route.request().url())
    const method = route.request().method()
    queue.asked.push(`${method} ${pathname.replace('/api/v1/', '')}`)
    if (method === 'GET') return answer(route, { total: queue.aside.length, items: queue.aside, next: null })
    const job = Number(pathname.split('/')[5])
    const gone = Number.isNaN(job) ? queue.aside.length : 1
    queue.aside.splice(Number.isNaN(job) ? 0 : queue.aside.findIndex((one) => one.job === job), gone)
    return answer(route, {})
  })
}

test('the queue, and a server that goes away', { skip, timeout: 240_000 }, async (story) => {
  const scene = scenesOf(story, page, 'work')

  await scene('a queue at rest says so', async () => {
    await open('/work')
    assert.equal(await page.getByTestId('work-headline').locator('h1').innerText(), '没有等待检查的会话')
    assert.equal(await page.getByTestId('work-waiting').locator('b').innerText(), '0')
    assert.equal(await page.getByTestId('aside').count(), 0)
  })

  await scene('a queue at work: numbers, imports, workers, what was set aside', async () => {
    const queue = busyQueue()
    await standIn(queue)
    for (const [language, size] of [['zh', DESK], ['zh', PHONE], ['en', PHONE], ['en', DESK]]) {
      await page.evaluate((one) => localStorage.setItem('callscope.language', one), language)
      await page.setViewportSize(size)
      await open('/work')
      await page.getByTestId('aside-job').first().waitFor()
      assert.equal(await page.getByTestId('work-waiting').locator('b').innerText(), '1,840')
      assert.equal(await page.getByTestId('worker').count(), 2)
      assert.equal(await page.locator('[data-testid="worker"][data-alive="false"]').count(), 1)
      assert.ok(await overflow(page) <= 0, `${language} ${size.width} is ${await overflow(page)} pixels too wide`)
      if ((language === 'zh') === (size === DESK)) assert.deepEqual(await barriers(page), [], `${language} ${size.width}`)
    }
    const left = async (count) => page.waitForFunction((wanted) => document.querySelectorAll('[data-testid="aside-job"]').length === wanted, count)
    await page.locator('[data-job="1"]').getByTestId('retry').click()
    await left(2)
    await page.locator('[data-job="2"]').getByTestId('give-up').click()
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('confirm-no').click()
    assert.equal(queue.aside.length, 2, 'nothing is given up before it is confirmed')
    await page.locator('[data-job="2"]').getByTestId('give-up').click()
    await page.getByTestId('confirm-yes').click()
    await left(1)
    await page.getByTestId('retry-all').click()
    await page.getByTestId('aside').waitFor({ state: 'detached' })
    assert.deepEqual(queue.asked.filter((one) => !one.startsWith('GET')), ['POST work/aside/1/retry', 'DELETE work/aside/2', 'POST work/aside/retry'])
  })

  await scene('something waits and nobody works', async () => {
    await page.unroute('**/api/v1/work')
    await page.route('**/api/v1/work', (route) => answer(route, { ...busyQueue().work(), aside: 0, running: 0, workers: [] }))
    await open('/work')
    await page.getByTestId('nobody').waitFor()
    assert.deepEqual(await barriers(page), [])
    await page.unrouteAll()
    await page.evaluate(() => localStorage.setItem('callscope.language', 'zh'))
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))

  await scene('a recording that could not be kept is set aside, and tried again when its key is back', async () => {
    await page.setViewportSize(DESK)
    await upload({ 'first.wav': wav(1) })
    const key = join(server.folder, 'recordings.key')
    await server.leave()
    await rename(key, `${key}.away`)
    await server.again()
    await upload({ 'second.wav': wav(2, 500) })
    await open('/work')
    await page.getByTestId('aside-job').waitFor()
    assert.equal(await page.getByTestId('work-aside').locator('b').innerText(), '1')
    assert.match(await page.getByTestId('aside-job').innerText(), /second\.wav/)
    assert.match(await page.getByTestId('aside-job').innerText(), /--key-file/)
    assert.deepEqual(await barriers(page), [])
    await server.leave()
    await rename(`${key}.away`, key)
    await page.getByTestId('away').waitFor()
    await server.again()
    await page.getByTestId('away').waitFor({ state: 'detached', timeout: 15_000 })
    await page.getByTestId('retry-all').click()
    await page.getByTestId('aside').waitFor({ state: 'detached', timeout: 15_000 })
    await page.getByTestId('work-headline').filter({ hasText: '没有等待检查的会话' }).waitFor({ timeout: 30_000 })
  })

  await scene('while the server is away the page says so and keeps what was typed; then it goes on by itself', async () => {
    await open('/conversations')
    await page.getByTestId('conversation-row').first().waitFor()
    await server.leave()
    await page.keyboard.press('/')
    await page.keyboard.type('空调')
    await page.getByTestId('away').waitFor()
    assert.match(await page.getByTestId('away').innerText(), /连不上 callscope/)
    assert.equal(await page.getByTestId('search').inputValue(), '空调')
    await server.again()
    await page.getByTestId('away').waitFor({ state: 'detached', timeout: 15_000 })
    await page.getByTestId('conversation-row').first().waitFor()
    assert.equal(await page.getByTestId('search').inputValue(), '空调')
    assert.equal(new URL(page.url()).searchParams.get('q'), '空调')
  })

  await scene('a database that is away is told apart', async () => {
    let isAway = true
    const refuse = (route) => (isAway ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"store","message":"the database does not answer","remedy":null}}' }) : route.continue())
    await page.route('**/api/v1/**', refuse)
    await page.goto(new URL('/conversations', server.address).href)
    await page.getByTestId('away').filter({ hasText: '数据库' }).waitFor()
    assert.deepEqual(await barriers(page), [])
    isAway = false
    await page.getByTestId('away').waitFor({ state: 'detached', timeout: 15_000 })
    await page.getByTestId('conversation-row').first().waitFor()
    await page.unrouteAll()
  })
})
