// node tools/screenshots.mjs DATA FOLDER - the pictures of the docs, taken from a data folder: the list and the
// conversation at the highest risk, in both languages, at desk and phone width. `make screenshots` runs it on the demo.
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

mkdirSync(folder, { recursive: true })
const server = await startServer(data)
const browser = await startBrowser()
try {
  const { items: [riskiest] } = await api(server.address)('api/v1/conversations?sort=-risk&limit=1')
  const pages = { list: '', conversation: `conversations/${riskiest.id}#1` }
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ viewport, locale, timezoneId: 'Asia/Shanghai' })
      const page = await context.newPage()
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.address + path)
        await page.getByTestId(name === 'list' ? 'conversation-row' : 'finding-card').first().waitFor()
        await page.waitForLoadState('networkidle')
        const file = join(folder, `${name}-${language}-${size}.png`)
        await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
        console.log(`   ${file}`)
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
  await server.stop()
}
