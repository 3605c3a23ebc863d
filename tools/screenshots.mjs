// node tools/screenshots.mjs DATA FOLDER - the pictures of the docs, taken from a data folder: the list, the
// conversation at the highest risk in each language, at its first missed finding with a near-miss, the list while it
// plays, an import before it starts, and a person, at desk and phone width. `make screenshots` runs it on the demo.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { api, findChromium, startBrowser, startServer } from '../tests/ui/stage.mjs'

const [data, folder] = process.argv.slice(2)
if (!data || !folder) {
  console.error('usage: node tools/screenshots.mjs DATA FOLDER')
  process.exit(2)
}
if (!findChromium()) {
  console.error('screenshots: there is no Chromium on this machine; try: tools/setup test')
  process.exit(1)
}
const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const LANGUAGES = { zh: 'zh-CN', en: 'en-GB' }

/** The first of the list that speaks the language, else the first; and the finding to open it at. */
async function choose(get, items, language) {
  let first = null
  for (const { id } of items) {
    const conversation = await get(`api/v1/conversations/${id}`)
    if (first && !conversation.language?.startsWith(language)) continue
    const missed = conversation.rules.flatMap(({ findings }) => findings)
      .filter(({ verdict, number }) => verdict === 'missed' && number).sort((one, other) => one.number - other.number)
    const telling = missed.find(({ evidence }) => evidence.some(({ kind, why }) => kind === 'near_miss' && why !== 'wrong_side'))
    const chosen = { id, number: (telling ?? missed[0])?.number ?? 1 }
    if (conversation.language?.startsWith(language)) return chosen
    first = chosen
  }
  if (!first) throw new Error('the data folder holds no conversation')
  return first
}

/** The first row with a recording plays its gravest finding, up to its moment. */
async function listen(page) {
  const play = page.getByTestId('row-play').first()
  if (await play.count() === 0) return
  await play.click()
  await page.locator('.player-bar .wave path').first().waitFor({ state: 'attached' })
  await page.waitForTimeout(3_000)
  await page.keyboard.press('Space')
}

/** A chat export is dropped; the import is looked over, and discarded once its picture is taken. */
const CHATS = `会话编号,角色,内容,时间,客户编号,坐席,产品型号
${['空调又漏水了，这是第三次', '热水器不出热水', '发票还没有收到', '洗衣机脱水声音很大', '想问一下保修几年'].flatMap((words, n) => [
    `C-2026-${n + 1},客户,${words},2026/2/${n + 1} 9:31,K-${2071 + n},李晓芸,KF-35`,
    `C-2026-${n + 1},坐席,您好，很高兴为您服务。,2026/2/${n + 1} 9:32,K-${2071 + n},李晓芸,KF-35`,
    `C-2026-${n + 1},客户,麻烦你们快一点,2026/2/${n + 1} 9:33,K-${2071 + n},李晓芸,KF-35`,
    `C-2026-${n + 1},坐席,好的，我马上为您登记。,2026/2/${n + 1} 9:34,K-${2071 + n},李晓芸,KF-35`,
  ]).join('\n')}\n`
async function prepare(page) {
  await page.getByTestId('choose-files').setInputFiles([{ name: '在线会话_2026-02.csv', mimeType: 'text/csv', buffer: Buffer.from(CHATS) }])
  await page.getByTestId('sheet').waitFor()
}
async function discard(page) {
  await page.getByTestId('discard').click()
  await page.getByTestId('confirm-yes').click()
  await page.getByTestId('history-row').first().waitFor()
}

/** By which it is known that a page is there. */
const SHOWN = { conversation: 'finding-card', import: 'drop', person: 'person-view' }

mkdirSync(folder, { recursive: true })
const server = await startServer(data)
const browser = await startBrowser()
try {
  const get = api(server.address)
  const riskiest = (await get('api/v1/conversations?sort=-risk&limit=50')).items
  const person = (await get('api/v1/people?kind=customer&limit=50')).people.sort((a, b) => b.contacts - a.contacts)[0]?.number
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    const { id, number } = await choose(get, riskiest, language)
    const pages = { list: '', conversation: `conversations/${id}#${number}`, listening: '?sort=-risk', import: 'import', ...(person ? { person: `people/${person}` } : {}) }
    for (const [size, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ viewport, locale, timezoneId: 'Asia/Shanghai' })
      const page = await context.newPage()
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.address + path)
        await page.getByTestId(SHOWN[name] ?? 'conversation-row').first().waitFor()
        if (name === 'listening') await listen(page)
        if (name === 'import') await prepare(page)
        await page.waitForLoadState('networkidle')
        const file = join(folder, `${name}-${language}-${size}.png`)
        await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
        console.log(`   ${file}`)
        if (name === 'import') await discard(page)
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
  await server.stop()
}
