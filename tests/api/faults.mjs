// What faults are fed with: workbooks and zips made by hand, a folder with sound files beside the faulty ones, peaks of memory.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import zlib from 'node:zlib'
import { conversation, program } from './callscope.mjs'

export const MB = 1024 * 1024
export const good = (id, texts = ['我要投诉你们', '非常抱歉']) => JSON.stringify(conversation(id, texts))

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})
function crc32(bytes) {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** parts: name -> text or Buffer, or { packed, bytes, crc } for what is too large to be held here. */
export function zip(parts) {
  const [local, central] = [[], []]
  let at = 0
  for (const [name, content] of Object.entries(parts)) {
    const isPacked = content.packed !== undefined
    const raw = isPacked ? null : Buffer.from(content)
    const packed = isPacked ? content.packed : zlib.deflateRawSync(raw)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(0x800, 2)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(isPacked ? content.crc : crc32(raw), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(isPacked ? content.bytes : raw.length, 18)
    head.writeUInt16LE(Buffer.byteLength(name), 22)
    local.push(Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, tail, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(Object.keys(parts).length, 8)
  end.writeUInt16LE(Object.keys(parts).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...local, directory, end])
}

const RELATIONS = 'urn:test:relationships'
/** A workbook of one sheet; rows: lists of cells, each a text or ready XML. */
export function workbook(rows, instead = {}) {
  const cell = (value, row, column) => {
    const at = `${String.fromCharCode(65 + column)}${row + 1}`
    return value.startsWith('<') ? value.replace('<c', `<c r="${at}"`) : `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`
  }
  const sheet = rows.map((cells, r) => `<row r="${r + 1}">${cells.map((value, c) => cell(value, r, c)).join('')}</row>`).join('')
  return zip({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns:r="${RELATIONS}"><sheets><sheet name="通话" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    ...instead,
  })
}

/** A part that unpacks to so many bytes between two texts, made without holding them. */
export async function bombPart(before, filler, megabytes, after, saysBytes) {
  const packer = zlib.createDeflateRaw({ level: 9 })
  const parts = []
  packer.on('data', (part) => parts.push(part))
  const block = Buffer.from(filler.repeat(Math.ceil(MB / filler.length)).slice(0, MB))
  const ended = new Promise((resolve) => packer.on('end', resolve))
  packer.write(before)
  for (let i = 0; i < megabytes; i++) if (!packer.write(block)) await new Promise((resolve) => packer.once('drain', resolve))
  packer.end(after)
  await ended
  return { packed: Buffer.concat(parts), bytes: saysBytes ?? before.length + megabytes * MB + after.length, crc: 0 }
}

export const ROWS = 'id,who,at,text\n'
/** The mapping of rows like ROWS. */
export const mapping = (more = {}) => JSON.stringify({
  format: 'csv', header: true, columns: { conversation: 'id', speaker: 'who', time: 'at', text: 'text' },
  speakers: { 坐席: 'agent', 客户: 'customer' }, time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00', ...more,
})
export const row = (id, text = '你好', at = '2026-02-01 10:00:00', who = '客户') => `${id},${who},${at},${text}\n`
export const CHAT = JSON.stringify({ format: 'text', line: '[{time}] {speaker}: {text}', time_format: 'yyyy-mm-dd hh:mm:ss', zone: '+08:00',
  speakers: { 坐席: 'agent', 客户: 'customer' } })

/** Runs to the end, with the peak of memory: { code, stdout, stderr, peakMb }. words[0] may be another command. */
export function runMeasured(words, { command = program, meanwhile } = {}) {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr, peak] = ['', '', 0]
  child.stdout.on('data', (part) => (stdout += part))
  child.stderr.on('data', (part) => (stderr += part))
  const watching = setInterval(() => {
    try {
      peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak)
    } catch {
      // it has ended
    }
  }, 10)
  meanwhile?.(child)
  return new Promise((resolve) => child.on('close', (code) => {
    clearInterval(watching)
    resolve({ code, stdout, stderr, peakMb: peak / 1024 })
  }))
}

let made = 0
/** Inspects a folder of its own with the files and two sound ones: { code, counts, refused, by, stderr, input, data }. */
export async function feed(folder, files, { prepare, more = [], measured = {} } = {}) {
  const input = path.join(folder, `input-${++made}`)
  await mkdir(input)
  await writeFile(path.join(input, 'a-sound.jsonl'), `${good('SOUND-1')}\n`)
  await writeFile(path.join(input, 'z-sound.jsonl'), `${good('SOUND-2')}\n`)
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(input, name), content)
  await prepare?.(input)
  return feedFolder(folder, input, path.join(folder, `data-${made}`), more, measured)
}

export async function feedFolder(folder, input, data, more = [], { command, words = [], meanwhile } = {}) {
  const said = await runMeasured([...words, 'inspect', input, '--data', data, '--rules', path.join(folder, 'test.rules'), '--json', ...more],
    { command, meanwhile: meanwhile && ((child) => meanwhile(child, input)) })
  assert.ok(!/Sanitizer|runtime error/.test(said.stderr), said.stderr)
  const { counts, refused = [] } = said.stdout ? JSON.parse(said.stdout) : {}
  const told = refused.map((r) => ({ ...r, file: path.relative(input, r.file) }))
  if (counts) {
    assert.equal(counts.read, counts.expected, 'read = expected')
    assert.equal(counts.read, counts.inspected + counts.unchanged + counts.duplicates + counts.refused, 'every one is in one of the sums')
  }
  return { ...said, counts, refused: told, input, data, by: (file) => told.filter((r) => r.file === file) }
}

/** One refusal for each expected one, with all four parts; expected: [file, place, reason, remedy]. */
export function assertRefused(said, expected) {
  const words = said.refused.map((r) => `${r.file} | ${r.place} | ${r.reason} | ${r.remedy}`).sort().join('\n')
  assert.equal(said.code, 1, said.stderr)
  for (const [file, place, reason, remedy] of expected) {
    const found = said.by(file).find((r) => reason.test(r.reason) && place.test(r.place) && remedy.test(r.remedy))
    assert.ok(found, `${file}: nothing like ${place} ${reason} ${remedy} in\n${words}`)
  }
  assert.equal(said.refused.length, expected.length, words)
  for (const r of said.refused) assert.ok(r.file && r.reason && r.remedy, `something is left unsaid: ${JSON.stringify(r)}`)
}

/** How to run the program as somebody whom permissions bind: { command, words before }; null when there is no way. */
export async function asNobody(folder) {
  if (process.getuid() !== 0) return { command: program, words: [] }
  const copy = path.join(folder, 'nobody', 'callscope')
  await mkdir(path.dirname(copy), { recursive: true })
  await copyFile(program, copy)
  await chmod(copy, 0o755)
  await chmod(path.dirname(copy), 0o777)
  await chmod(folder, 0o755)
  const words = ['--reuid=65534', '--regid=65534', '--clear-groups', copy]
  try {
    execFileSync('setpriv', [...words, '--version'], { stdio: 'ignore' })
    return { command: 'setpriv', words }
  } catch {
    return null
  }
}
