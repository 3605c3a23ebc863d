// player.mjs PROGRAM CALL FOLDER - opens findings in a recording of three hours, in a real Chromium, and prints `name value`
// lines in milliseconds: from the key to the sound, cold and moving on, and what the server takes for its part.
// CALL: half an hour of 8 kHz µ-law in two channels (bench_audio writes it), which is repeated. FOLDER: for the store.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { api, findChromium, startBrowser, startServer } from '../tests/ui/stage.mjs'

const [program, call, folder] = process.argv.slice(2)
const HOURS = 3
const TIMES = 7

if (!findChromium()) {
  console.error('player.mjs: there is no Chromium; tools/setup test installs it')
  process.exit(3)
}

/** The call again and again, until it is three hours long, under one header. */
function lengthen(file) {
  const bytes = readFileSync(call)
  const data = bytes.indexOf('data') + 8
  const body = bytes.subarray(data, data + Math.floor((bytes.length - data) / 2) * 2)
  const times = Math.ceil((HOURS * 3600 * 8000 * 2) / body.length)
  const head = Buffer.from(bytes.subarray(0, data))
  head.writeUInt32LE(head.length - 8 + body.length * times, 4)
  head.writeUInt32LE(body.length * times, data - 4)
  writeFileSync(file, Buffer.concat([head, ...Array(times).fill(body)]))
}

const minutes = (at) => at * 60000
const turn = (from, at, text) => ({ from, start_ms: minutes(at), end_ms: minutes(at) + 4000, text })
const conversation = {
  id: 'LONG', channel: 'call', participants: [{ id: 'a', role: 'agent', name: 'A' }, { id: 'c', role: 'customer' }],
  turns: [20, 95, 130, 160, 175].flatMap((at) => [turn('c', at, '又坏了'), turn('a', at + 0.1, '这是您的个人问题')]),
}
mkdirSync(join(folder, 'in'), { recursive: true })
lengthen(join(folder, 'in/LONG.wav'))
writeFileSync(join(folder, 'in/LONG.json'), JSON.stringify(conversation))
execFileSync(program, ['inspect', join(folder, 'in'), '--data', join(folder, 'data'), '--rules', 'packs'], { stdio: 'ignore' })

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]
const server = await startServer(join(folder, 'data'))
const browser = await startBrowser()
try {
  const { id, rules } = await api(server.address)('/api/v1/conversations/LONG')
  const findings = rules.flatMap((rule) => rule.findings).filter((one) => one.verdict === 'hit')
  if (findings.length < 5) throw new Error(`the conversation has ${findings.length} findings instead of five`)

  const cold = []
  const on = []
  for (let time = 0; time < TIMES; time++) {
    const page = await browser.newPage()
    await page.addInitScript(() => document.addEventListener('playing', (event) => { window.sounded = event.timeStamp }, { capture: true }))
    await page.goto(new URL(`/conversations/${id}`, server.address).href)
    const card = page.locator('[data-testid=finding-card] button.open')
    await card.first().waitFor()
    const press = async (index) => {
      await card.nth(index).focus()
      const asked = page.evaluate(() => new Promise((resolve) => {
        document.addEventListener('keydown', (event) => resolve(event.timeStamp), { capture: true, once: true })
      }))
      await page.evaluate(() => { window.sounded = 0 })
      await page.keyboard.press('Enter')
      const from = await asked
      await page.waitForFunction(() => window.sounded > 0)
      return (await page.evaluate(() => window.sounded)) - from
    }
    cold.push(await press(4))
    on.push(await press(1), await press(3))
    await page.close()
  }

  const timed = async (path, headers = {}) => {
    const from = performance.now()
    const answer = await fetch(new URL(path, server.address), { headers })
    await answer.body.getReader().read()
    const ms = performance.now() - from
    await answer.body.cancel().catch(() => {})
    return ms
  }
  const range = []
  const wave = []
  for (let time = 0; time < 20; time++) {
    const at = 44 + 32000 * Math.floor(((time * 7919) % 10800))
    range.push(await timed(`/api/v1/conversations/${id}/audio`, { range: `bytes=${at}-${at + 65535}` }))
    wave.push(await timed(`/api/v1/conversations/${id}/waveform?points=1200`))
  }
  console.log(`cold ${median(cold).toFixed(0)}\nworst ${Math.max(...cold, ...on).toFixed(0)}\non ${median(on).toFixed(0)}`)
  console.log(`range ${median(range).toFixed(1)}\nwaveform ${median(wave).toFixed(1)}`)
} finally {
  await browser.close()
  await server.stop()
}
