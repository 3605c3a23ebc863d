// intake.mjs files CHATS.jsonl FOLDER  - the chats as exports of another shape: rows.csv, rows.xlsx, rows.json, with mappings
// intake.mjs calls COUNT FOLDER        - calls/calls.jsonl, and list/list.csv with a row for each and its mapping
// intake.mjs upload URL MEGABYTES      - sends so much to `callscope serve`; prints MB a second
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import http from 'node:http'
import path from 'node:path'
import readline from 'node:readline'
import { deflateRawSync } from 'node:zlib'

const [what, first, second] = process.argv.slice(2)
const START = Date.UTC(2026, 0, 1)
const clock = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 19).replace('T', ' ')

async function writeAll(file, pieces) {
  const out = createWriteStream(file)
  for (const piece of pieces) if (!out.write(piece)) await once(out, 'drain')
  out.end()
  await once(out, 'close')
}

// ---- files ----

const HEADING = ['会话编号', '时间', '角色', '坐席', '客户', '内容']
const COLUMNS = { conversation: '会话编号', time: '时间', speaker: '角色', agent: '坐席', customer: '客户', text: '内容' }
const SAME = { speakers: { 客户: 'customer', 坐席: 'agent' }, channel: 'chat', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00' }

async function chatsOf(file) {
  const chats = []
  for await (const line of readline.createInterface({ input: createReadStream(file) })) if (line) chats.push(JSON.parse(line))
  return chats
}

function* rowsOf(chats) {
  for (const chat of chats)
    for (const turn of chat.turns)
      yield [chat.id, clock(Date.parse(chat.started) + turn.start_ms), turn.from === 'c1' ? '客户' : '坐席',
        chat.participants[0].name, chat.customer, turn.text]
}

const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
function* csvOf(chats) {
  yield `${HEADING.join(',')}\n`
  for (const row of rowsOf(chats)) yield `${row.map(quoted).join(',')}\n`
}

function* jsonOf(chats) {
  yield '{"data": ['
  let between = ''
  for (const chat of chats) {
    yield `${between}${JSON.stringify({ sessionId: chat.id, user: { no: chat.customer }, agentName: chat.participants[0].name,
      messages: chat.turns.map((turn) => ({ from: turn.from === 'c1' ? '客户' : '坐席', content: turn.text,
        createdAt: clock(Date.parse(chat.started) + turn.start_ms) })) })}`
    between = ',\n'
  }
  yield ']}'
}

const CRC = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
  return n
})
function crc32(bytes) {
  let sum = -1
  for (let i = 0; i < bytes.length; i++) sum = CRC[(sum ^ bytes[i]) & 255] ^ (sum >>> 8)
  return ~sum >>> 0
}

/** A zip of { name: text }. */
function zipOf(parts) {
  const local = []
  const central = []
  let at = 0
  for (const [name, text] of Object.entries(parts)) {
    const bytes = Buffer.from(text)
    const packed = deflateRawSync(bytes)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc32(bytes), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(bytes.length, 18)
    head.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    local.push(Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed)
    central.push(Buffer.from('PK\x01\x02\x14\x00'), head, tail, Buffer.from(name))
    at += 30 + name.length + packed.length
  }
  const index = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  const count = Object.keys(parts).length
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(index.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...local, index, end])
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

function workbookOf(chats) {
  const shared = new Map()
  const number = (text) => shared.get(text) ?? (shared.set(text, shared.size), shared.size - 1)
  const rows = []
  const add = (row) => rows.push(`<row r="${rows.length + 1}">${row.map((cell, i) =>
    `<c r="${'ABCDEF'[i]}${rows.length + 1}" t="s"><v>${number(cell)}</v></c>`).join('')}</row>`)
  add(HEADING)
  for (const row of rowsOf(chats)) add(row)
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${type}.sharedStrings+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets><sheet name="通话" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `<sst ${MAIN}>${[...shared.keys()].map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}><sheetData>${rows.join('')}</sheetData></worksheet>`,
  })
}

async function files() {
  mkdirSync(second, { recursive: true })
  const chats = await chatsOf(first)
  const file = (name) => path.join(second, name)
  await writeAll(file('rows.csv'), csvOf(chats))
  await writeAll(file('rows.json'), jsonOf(chats))
  writeFileSync(file('rows.xlsx'), workbookOf(chats))
  for (const format of ['csv', 'xlsx']) writeFileSync(file(`${format}.mapping.json`), JSON.stringify({ ...SAME, format, columns: COLUMNS }))
  writeFileSync(file('json.mapping.json'), JSON.stringify({ ...SAME, format: 'json', each: 'data',
    columns: { conversation: 'sessionId', customer: 'user.no', agent: 'agentName' },
    turns: { each: 'messages', speaker: 'from', text: 'content', time: 'createdAt' } }))
}

// ---- calls ----

const TEXTS = ['喂', '您好,请讲', '我要投诉你们', '非常抱歉', '空调又漏水了', '马上为您查', '好的', '请稍等', '什么时候来', '明天上午', '知道了', '再见']
const phone = (number) => `138${String((number * 7919) % 60000 + 10000000)}`
const time = (number) => START + number * 9000

function* callsOf(count) {
  for (let i = 0; i < count; i++)
    yield `${JSON.stringify({ id: `R-${i}`, channel: 'call', started: new Date(time(i)).toISOString(), fields: { number: phone(i) },
      participants: [{ id: 'c', role: 'customer' }, { id: 'a', role: 'agent' }],
      turns: TEXTS.map((text, t) => ({ from: t % 2 ? 'a' : 'c', text, start_ms: t * 5000, end_ms: t * 5000 + 4000 })) })}\n`
}

function* listOf(count) {
  yield '号码,开始,结束,工号,技能组,挂机\n'
  for (let i = 0; i < count; i++)
    yield `${phone(i)},${clock(time(i) + 4000)},${clock(time(i) + 64000)},A${i % 300},技能${i % 12},${i % 2 ? '主叫' : '被叫'}\n`
}

async function calls() {
  for (const name of ['calls', 'list']) mkdirSync(path.join(second, name), { recursive: true })
  await writeAll(path.join(second, 'calls/calls.jsonl'), callsOf(Number(first)))
  await writeAll(path.join(second, 'list/list.csv'), listOf(Number(first)))
  writeFileSync(path.join(second, 'list/list.mapping.json'), JSON.stringify({ kind: 'calls', format: 'csv', time_format: SAME.time_format,
    zone: SAME.zone, tolerance_s: 60, speakers: { 主叫: 'customer', 被叫: 'agent' },
    columns: { number: '号码', time: '开始', ended: '结束', agent_id: '工号', queue: '技能组', hang_up: '挂机' } }))
}

// ---- upload ----

function ask(method, address, headers, write) {
  return new Promise((resolve, reject) => {
    const asked = http.request(new URL(address, first), { method, headers }, (answer) => {
      let text = ''
      answer.on('data', (part) => (text += part))
      answer.on('end', () => (answer.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${answer.statusCode} ${text}`))))
    })
    asked.on('error', reject)
    write(asked)
  })
}

async function upload() {
  const piece = Buffer.alloc(1e6, '{"id":"B-1","text":"您好,很高兴为您服务"}\n')
  const { number } = await ask('POST', '/api/v1/imports', {}, (asked) => asked.end())
  const started = performance.now()
  await ask('PUT', `/api/v1/imports/${number}/files/large.jsonl`, { 'Content-Length': second * 1e6 }, async (asked) => {
    for (let i = 0; i < Number(second); i++) if (!asked.write(piece)) await once(asked, 'drain')
    asked.end()
  })
  console.log(`upload ${(second / ((performance.now() - started) / 1000)).toFixed(0)}`)
  await ask('POST', `/api/v1/imports/${number}/cancel`, {}, (asked) => asked.end())
}

const deeds = { files, calls, upload }
await deeds[what]()
