// A quality manager brings in two chat exports and a call list with a browser: looks over how they will be read, mends what was
// guessed wrong, saves it, starts, sees what was refused, what was matched and who the customers are, and takes it all back.
// What is expected comes from the API.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { api, barriers as barriersOf, DESK, openPage, overflow, PHONE, settled, skip, startBrowser, startServer, top } from './stage.mjs'


// Eight conversations of four messages; the last message of the last has a day that no calendar knows.
const HEADER = '会话编号,角色,内容,时间,客户编号,坐席'
const line = (n, at, who, text) => `X-${n},${who},${text},2026/3/${n} 9:${String(at).padStart(2, '0')},K-77${n},李晓芸`
const chat = (n) => [
  line(n, 1, '客户', '空调又漏水了'), line(n, 2, '坐席', '非常抱歉给您添麻烦了'), line(n, 3, '小助手', '正在为您查询'), line(n, 4, '客户', '谢谢'),
]
const CHATS = [HEADER, ...[1, 2, 3, 4, 5, 6].flatMap(chat)].join('\n')
const MORE_CHATS = [HEADER, ...chat(7), ...chat(8)].join('\n').replace('2026/3/8 9:04', '2026/2/30 9:04')
const CALLS = [
  '会话编号,主叫号码,呼叫方向,开始时间,通话时长,坐席姓名,客户编号',
  'X-1,13800138001,呼入,2026-03-01 09:01:00,200,李晓芸,K-771',
  'X-2,13800138002,呼入,2026-03-02 09:01:00,180,李晓芸,K-772',
  'Y-9,13900139009,呼入,2026-03-09 12:00:00,60,陈默,K-779',
].join('\n')

/** Two seconds of a tone, 8 kHz, 16 bits. */
function tone() {
  const samples = 16_000
  const file = Buffer.alloc(44 + samples * 2)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + samples * 2, 4)
  file.write('WAVEfmt ', 8)
  for (const [at, value] of [[16, 16], [24, 8000], [28, 16_000], [40, samples * 2]]) file.writeUInt32LE(value, at)
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) file.writeUInt16LE(value, at)
  file.write('data', 36)
  for (let n = 0; n < samples; n++) file.writeInt16LE(Math.round(6000 * Math.sin(n / 3)), 44 + n * 2)
  return file
}

let server, browser, page, get, folder, complaints

before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'callscope-import-'))
  for (const [name, text] of [['在线会话_1.csv', CHATS], ['在线会话_2.csv', MORE_CHATS], ['话单.csv', CALLS]]) writeFileSync(join(folder, name), `\ufeff${text}\n`)
  server = await startServer()
  get = api(server.address)
  browser = await startBrowser()
  ;({ page, complaints } = await openPage(browser, { viewport: DESK, locale: 'zh-CN', acceptDownloads: true, reducedMotion: 'reduce', isNew: true }))
  page.setDefaultTimeout(15_000)
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
const here = () => Number(new URL(page.url()).pathname.split('/')[2])
const sheet = (file) => page.locator(`[data-testid="sheet"][data-file="${file}"]`)
const spread = async (file) => {
  if (await sheet(file).getAttribute('open') === null) await sheet(file).locator('summary').click()
}
const column = (of, name) => of.getByTestId('column').filter({ has: page.locator('th b', { hasText: name }) }).locator('select')
const choose = (names) => page.getByTestId('choose-files').setInputFiles(names.map((name) => join(folder, name)))

/** What axe calls serious or critical, contrast included, and what is wider than the window. */
const barriers = async () => [...await barriersOf(page), ...(await wideness())]
const wideness = async () => {
  const wide = await overflow(page)
  return wide > 0 ? [`${wide} pixels too wide`] : []
}

/** The page as it stands, in both languages, at desk and phone width; axe at one width of each, the two that differ most. */
async function lookAround(what) {
  for (const language of ['zh', 'en']) {
    if (await page.evaluate(() => document.documentElement.lang.slice(0, 2)) !== language) await page.getByTestId('language').click()
    await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), language)
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size)
      const look = language === 'zh' === (size === DESK) ? barriers : wideness
      assert.deepEqual(await look(), [], `${what}, ${language}, ${size.width} wide`)
    }
    await page.setViewportSize(DESK)
  }
  await page.getByTestId('language').click()
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN')
}

test('the story of an import', { skip, timeout: 300_000 }, async (story) => {
  const scene = (name, play) => story.test(name, async () => {
    try {
      await play()
    } catch (error) {
      mkdirSync(join(top, 'build/test'), { recursive: true })
      await page.screenshot({ path: join(top, `build/test/import-${name.replace(/[^a-z0-9]+/gi, '-')}.png`), fullPage: true }).catch(() => {})
      throw error
    }
  })
  let number
  let before

  await scene('the rail leads to the imports; the demo stands among them', async () => {
    before = (await get('api/v1/summary')).conversations
    await open('/conversations')
    await page.getByRole('navigation').getByRole('link', { name: '导入' }).click()
    await page.getByTestId('drop').waitFor()
    const { items } = await get('api/v1/imports')
    await page.getByTestId('history-row').first().waitFor()
    assert.equal(await page.getByTestId('history-row').count(), items.length)
    await lookAround('the imports')
  })

  await scene('dropped files arrive, and each says what it is', async () => {
    await page.getByTestId('drop').evaluate((zone, texts) => {
      const data = new DataTransfer()
      for (const [name, text] of texts) data.items.add(new File([text], name))
      zone.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    }, [['在线会话_1.csv', `\ufeff${CHATS}\n`]])
    await page.waitForURL(/\/import\/\d+$/)
    number = here()
    await choose(['在线会话_2.csv', '话单.csv'])
    await sheet('话单.csv').waitFor()
    const { files } = await get(`api/v1/imports/${number}`)
    assert.deepEqual(files.map(({ path }) => path).sort(), ['在线会话_1.csv', '在线会话_2.csv', '话单.csv'])
    assert.equal(await page.getByTestId('file').count(), 3)
    assert.match(await page.locator('[data-testid="file"][data-path="话单.csv"]').innerText(), /话单 · CSV/)
    assert.match(await page.locator('[data-testid="file"][data-path="在线会话_1.csv"]').innerText(), /会话 · CSV/)
    assert.equal(await page.getByTestId('sheet').count(), 2, 'files with the same columns are one sheet')
    assert.match(await sheet('在线会话_1.csv').locator('summary').innerText(), /2 个文件/)
  })

  await scene('twenty rows show how they will be read', async () => {
    await spread('在线会话_1.csv')
    const chats = sheet('在线会话_1.csv')
    for (const [name, use] of [['会话编号', 'conversation'], ['角色', 'speaker'], ['内容', 'text'], ['时间', 'time']]) assert.equal(await column(chats, name).inputValue(), use, name)
    const rows = chats.getByRole('radio', { name: '按行' })
    if (await rows.count() > 0) await rows.click()
    await chats.getByTestId('read-rows').waitFor()
    assert.equal(await chats.locator('[data-testid="read-rows"] tbody tr:not(.why)').count(), 20)
    assert.match(await chats.getByTestId('read-rows').innerText(), /2026-03-01 09:01/)
  })

  await scene('a time that is read wrongly is seen at once', async () => {
    const chats = sheet('在线会话_1.csv')
    const right = await chats.getByTestId('time-format').inputValue()
    await chats.getByTestId('time-format').selectOption('iso8601')
    await chats.locator('.time-read .refused').waitFor()
    await chats.locator('.read-rows .why .problem').first().waitFor()
    if (right === '\u0000') await column(chats, '时间').selectOption('time')
    await chats.getByTestId('time-format').selectOption('yyyy/m/d h:mm')
    await chats.locator('.time-read b', { hasText: '2026-03-01 09:01' }).waitFor()
  })

  await scene('a speaker that nobody knows gets a role', async () => {
    const chats = sheet('在线会话_1.csv')
    const helper = chats.locator('.speakers label').filter({ hasText: '小助手' }).getByTestId('speaker')
    await chats.getByTestId('other-speakers').selectOption('')
    await helper.selectOption('')
    await chats.locator('.read-rows .why .problem', { hasText: '小助手' }).first().waitFor()
    await helper.selectOption('bot')
    await chats.locator('.read-rows .why').first().waitFor({ state: 'detached' })
    await chats.getByRole('radio', { name: '按会话' }).click()
    assert.match(await chats.getByTestId('dialogues').innerText(), /机器人/)
  })

  await scene('a column becomes a field, and nothing again', async () => {
    const chats = sheet('在线会话_1.csv')
    const agent = column(chats, '坐席')
    await agent.selectOption('fields.')
    await chats.getByRole('radio', { name: '按行' }).click()
    await chats.locator('.read-rows thead th', { hasText: /^坐席$/ }).waitFor()
    await agent.selectOption('agent')
    await chats.locator('.read-rows thead th', { hasText: '坐席姓名' }).waitFor()
  })

  await scene('the reading is saved under a name', async () => {
    const chats = sheet('在线会话_1.csv')
    await chats.getByTestId('save-as').click()
    await page.getByTestId('save-name').fill('在线会话导出')
    await page.getByTestId('save').click()
    await chats.getByText('已存为').waitFor()
    assert.ok((await get('api/v1/mappings')).items.some(({ name }) => name === '在线会话导出'))
    assert.equal((await get(`api/v1/mappings/${encodeURIComponent('在线会话导出')}`)).speakers['小助手'], 'bot')
    await lookAround('the preparation')
  })

  await scene('a reload finds the files and what was chosen', async () => {
    await page.reload()
    await spread('在线会话_1.csv')
    const helper = sheet('在线会话_1.csv').locator('.speakers label').filter({ hasText: '小助手' }).getByTestId('speaker')
    await helper.waitFor()
    assert.equal(await helper.inputValue(), 'bot')
  })

  await scene('it runs, and tells what came in and what was refused', async () => {
    await page.getByTestId('start').click()
    await page.getByTestId('outcome').waitFor({ timeout: 60_000 })
    const done = await get(`api/v1/imports/${number}`)
    assert.equal(done.state, 'done', JSON.stringify(done))
    assert.equal(done.counts.inspected, 7)
    assert.equal(done.counts.records.new, 3)
    assert.equal(await page.getByTestId('refusal').count(), done.refusals)
    assert.ok(done.refusals > 0)
    const { items } = await get(`api/v1/imports/${number}/refusals`)
    const shown = await page.getByTestId('refusal').first().innerText()
    for (const text of [items[0].file, items[0].reason]) assert.ok(shown.includes(text), `${shown} lacks ${text}`)
    assert.equal((await get('api/v1/summary')).conversations, before + 7)
    await lookAround('the outcome')
  })

  await scene('the refused ones are taken along as a sheet', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('refusals-csv').click()])
    const text = readFileSync(await download.path(), 'utf8')
    const { items } = await get(`api/v1/imports/${number}/refusals`)
    assert.ok(text.startsWith('\ufeff"文件"'))
    assert.equal(text.trimEnd().split('\r\n').length, items.length + 1)
  })

  await scene('the matching tells which record found its conversation', async () => {
    const { counts } = await get('api/v1/joins')
    await page.getByTestId('to-joins').click()
    await page.getByTestId('join').first().waitFor()
    for (const state of ['matched', 'doubtful', 'unmatched']) {
      assert.equal(await page.getByTestId(`count-calls-${state}`).innerText(), String(counts.calls[state] ?? 0), state)
    }
    assert.equal(counts.calls.unmatched, 2) // one of the demo's own
    assert.equal(await page.locator('[data-testid="join"][data-state="unmatched"]', { hasText: 'Y-9' }).count(), 1)
    await page.getByTestId('count-calls-matched').click()
    await page.locator('[data-testid="join"][data-state="matched"]').first().waitFor()
    assert.equal(await page.getByTestId('join').count(), counts.calls.matched)
    await lookAround('the matching')
    await page.locator('[data-testid="join"] a[href^="/conversations/"]').first().click()
    await page.waitForURL(/\/conversations\//)
  })

  await scene('a customer tells why two identities are one person, and is taken apart and joined again', async () => {
    await open('/people')
    await page.getByTestId('search').fill('K-771')
    await page.getByTestId('search').press('Enter')
    await page.waitForURL((url) => url.searchParams.get('q') === 'K-771')
    await page.getByTestId('person').filter({ hasText: 'K-771' }).first().click()
    await page.getByTestId('person-view').waitFor()
    assert.match(await page.getByTestId('person-view').innerText(), /K-771/)
    const person = here()
    const link = page.getByTestId('person-link').filter({ hasText: '话单.csv' }).first()
    assert.match(await link.innerText(), /K-771.*138\*{4}8001[\s\S]*第 2 行|138\*{4}8001.*K-771[\s\S]*第 2 行/)
    const isUndone = async () => (await get(`api/v1/people/${person}`)).links.some((one) => one.is_undone)
    await link.getByTestId('part').click()
    await page.getByTestId('confirm-yes').click()
    await link.getByTestId('redo').waitFor()
    assert.equal(await isUndone(), true)
    await link.getByTestId('redo').click()
    await link.getByTestId('part').waitFor()
    assert.equal(await isUndone(), false)
    await lookAround('a person')
    await page.getByTestId('kind-agent').click()
    await page.waitForURL((url) => url.searchParams.get('kind') === 'agent')
  })

  await scene('the list is taken along with its filter', async () => {
    await open('/conversations?channel=chat')
    await page.getByTestId('export').click()
    const link = page.getByTestId('export-csv')
    await link.waitFor()
    const address = new URL(await link.getAttribute('href'), server.address)
    assert.deepEqual([address.searchParams.get('channel'), address.searchParams.get('lang')], ['chat', 'zh'])
    assert.deepEqual(await barriers(), [])
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const text = readFileSync(await download.path(), 'utf8')
    assert.ok(text.startsWith('\ufeff'), 'a spreadsheet knows it for UTF-8')
    const { items } = await get('api/v1/conversations?channel=call&limit=200')
    assert.deepEqual(items.filter(({ external_id: id }) => text.includes(`\n${id},`)), [], 'calls are no chats')
    assert.match(text.slice(0, 200), /会话/, 'in the language of the page')
  })

  await scene('it is undone after it said what goes', async () => {
    await open('/import')
    const row = page.locator(`[data-testid="history-row"][data-number="${number}"]`)
    await row.getByTestId('undo').click()
    const says = await page.getByTestId('confirm').innerText()
    assert.match(says, /7 通/)
    assert.match(says, /3 条记录/)
    assert.deepEqual(await barriers(), [], 'the question')
    await page.keyboard.press('Escape')
    await page.getByTestId('confirm').waitFor({ state: 'detached' })
    assert.equal((await get(`api/v1/imports/${number}`)).state, 'done', 'Escape keeps it')
    await row.getByTestId('undo').click()
    await page.getByTestId('confirm-yes').click()
    await row.locator('[data-state="undone"]').waitFor({ timeout: 60_000 })
    assert.equal((await get('api/v1/summary')).conversations, before)
    await open(`/import/${number}`)
    await page.getByTestId('outcome').waitFor()
    await lookAround('what was undone')
  })

  await scene('the saved reading is found again by its columns', async () => {
    await open('/import')
    await choose(['在线会话_2.csv'])
    await page.waitForURL(/\/import\/\d+$/)
    await sheet('在线会话_2.csv').waitFor()
    assert.equal(await sheet('在线会话_2.csv').getByTestId('saved').inputValue(), '在线会话导出')
  })

  await scene('one that was not started is discarded', async () => {
    const discarded = here()
    await page.getByTestId('discard').click()
    await page.getByTestId('confirm-yes').click()
    await page.waitForURL(/\/import$/)
    assert.equal((await get(`api/v1/imports/${discarded}`)).state, 'cancelled')
  })

  await scene('the name of a recording tells number and time', async () => {
    await page.getByTestId('choose-files').setInputFiles(['1001_13800138001_20260301_090100.wav', '1002_13900139009_20260302_110000.wav']
      .map((name) => ({ name, mimeType: 'audio/wav', buffer: tone() })))
    await page.waitForURL(/\/import\/\d+$/)
    const names = page.getByTestId('recording-names')
    await names.waitFor()
    assert.deepEqual(await names.getByTestId('column').locator('select').evaluateAll((all) => all.map((one) => one.value)), ['agent_id', 'number', 'time'])
    assert.match(await names.getByTestId('read-names').innerText(), /13800138001\s+2026-03-01 09:01:00/)
    await lookAround('the names of recordings')
    await page.getByTestId('start').click()
    await page.getByTestId('outcome').waitFor({ timeout: 60_000 })
    const { items } = await get('api/v1/conversations?q=20260301_090100')
    assert.equal(items.length, 1)
    assert.equal(items[0].started_ms, Date.parse('2026-03-01T09:01:00+08:00'))
    const { fields } = await get(`api/v1/conversations/${items[0].id}`)
    for (const [name, value] of [['number', '138****8001'], ['agent_id', '1001']]) assert.equal(fields.find((one) => one.name === name)?.value, value, name)
    const undo = page.getByTestId('undo')
    await undo.click()
    await page.getByTestId('confirm-yes').click()
    await page.locator('[data-state="undone"]').waitFor({ timeout: 60_000 })
  })

  await scene('a wrong address says so', async () => {
    const count = complaints.length
    for (const path of ['/import/99999', '/people/99999']) {
      await open(path)
      await page.getByTestId('state').waitFor()
    }
    complaints.splice(count, complaints.length, ...complaints.slice(count).filter((one) => !/404/.test(one)))
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))
})
