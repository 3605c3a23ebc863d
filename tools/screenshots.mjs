// node tools/screenshots.mjs DATA FOLDER [NAME...] - the pictures of the docs, taken from a data folder: every page of
// tests/ui/pages.mjs in both languages at desk width, the main ones on a phone and in the dark too; the conversation is one at high
// risk in that language, at a missed finding with a near-miss; and a search, the list while it plays, an import before it starts,
// the help, the tour. With names only those. `make screenshots` runs it on the demo.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { allPages, shown } from '../tests/ui/pages.mjs'
import { api, findChromium, openPage, startBrowser, startServer } from '../tests/ui/stage.mjs'

const [data, folder, ...only] = process.argv.slice(2)
if (!data || !folder) {
  console.error('usage: node tools/screenshots.mjs DATA FOLDER [NAME...]')
  process.exit(2)
}
if (!findChromium()) {
  console.error('screenshots: there is no Chromium on this machine; try: tools/setup test')
  process.exit(1)
}
const DESK = { viewport: { width: 1280, height: 800 } }
const LOOKS = { desk: DESK, phone: { viewport: { width: 390, height: 844 } }, dark: { ...DESK, colorScheme: 'dark' } }
/** Of these there is a picture in every look; of the others one at a desk. */
const MAIN = ['overview', 'list', 'conversation', 'rules', 'rule', 'review', 'orders']
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

const SEARCHED = { zh: '客服:退款', en: 'agent:refund*' }

/** What is no page of its own: an address, by what it is there, and what is done before the picture. */
const scenes = (language) => [
  { name: 'search', path: `/conversations?q=${encodeURIComponent(SEARCHED[language])}`, shows: 'match' },
  { name: 'listening', path: '/conversations?sort=-risk', shows: 'conversation-row', play: listen, looks: ['desk', 'phone'] },
  { name: 'preview', path: '/import', shows: 'drop', play: prepare, after: discard },
  { name: 'help', path: '/conversations', shows: 'conversation-row', play: (page) => page.keyboard.press('?') },
  { name: 'tour', path: '/overview?span=all', shows: 'measure', play: takeTour },
]

async function takeTour(page) {
  await page.keyboard.press('?')
  await page.getByTestId('start-tour').click()
  await page.locator('.tour-ring').waitFor()
  await page.mouse.move(0, 0)
}

mkdirSync(folder, { recursive: true })
const server = await startServer(data)
const browser = await startBrowser()
try {
  const get = api(server.address)
  const riskiest = (await get('api/v1/conversations?sort=-risk&limit=50')).items
  const pages = await allPages(get, server.address)
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    const { id, number } = await choose(get, riskiest, language)
    const all = [...pages, ...scenes(language)].filter(({ name }) => only.length === 0 || only.includes(name))
      .map((one) => (one.name === 'conversation' ? { ...one, path: `/conversations/${id}#${number}` } : one))
    for (const [look, options] of Object.entries(LOOKS)) {
      const { page } = await openPage(browser, { ...options, locale })
      page.setDefaultTimeout(30_000)
      for (const one of all) {
        if (!(one.looks ?? (MAIN.includes(one.name) ? Object.keys(LOOKS) : ['desk'])).includes(look)) continue
        await page.goto('about:blank')
        await page.goto(new URL(one.path, server.address).href)
        await shown(page, one).waitFor({ state: 'attached' })
        await one.play?.(page)
        // A recording may still be read ahead.
        await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => {})
        const file = join(folder, `${one.name}-${language}-${look}.png`)
        await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
        console.log(`   ${file}`)
        await one.after?.(page)
      }
      await page.context().close()
    }
  }
} finally {
  await browser.close()
  await server.stop()
}
