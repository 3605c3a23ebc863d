// Texts that were written to do harm come in, are kept as they are, and leave so that nothing obeys them.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open, run } from './callscope.mjs'
import { CONVERSATIONS, TEXTS } from './hostile.mjs'

let store
const data = () => path.join(store.folder, 'data')

before(async () => {
  store = await open(CONVERSATIONS)
})
after(() => store.close())

/** Rows of cells, as RFC 4180 has them. */
function readCsv(text) {
  const rows = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (isQuoted) {
      if (c === '"' && text[at + 1] === '"') cell += text[++at]
      else if (c === '"') isQuoted = false
      else cell += c
    } else if (c === '"') isQuoted = true
    else if (c === ',' || c === '\n') {
      rows.at(-1).push(cell.replace(/\r$/, ''))
      cell = ''
      if (c === '\n') rows.push([])
    } else cell += c
  }
  return rows.filter((row) => row.length > 1)
}

/** Control characters, C1 too, that a terminal or a spreadsheet would obey. */
const CONTROLS = /[\u0000-\u0008\u000B-\u000C\u000E-\u001F\u007F-\u009F]/

describe('what was written to do harm', () => {
  test('is all there, and is text', async () => {
    const { body } = await store.api('conversations', { limit: 200 })
    assert.equal(body.items.length, CONVERSATIONS.length)
    for (const item of body.items) {
      const { status, body: page, headers } = await store.get(`/api/v1/conversations/${item.id}`)
      assert.equal(status, 200)
      assert.equal(page.turns.length, 4)
      assert.match(headers['content-type'], /^application\/json/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      const name = item.external_id.slice(2)
      const said = TEXTS[name]
      if (!/[\r\n\t\u0000-\u001F]/.test(said)) assert.equal(page.turns[1].text.replace(/\*/g, ''), said.replace(/\*/g, ''), name)
    }
  })

  test('is found by what it says', async () => {
    for (const q of ['onerror', 'DROP TABLE', '"<script>"', '/C calc', '%00']) {
      const { status } = await store.api('conversations', { q })
      assert.equal(status, 200, q)
    }
  })

  test('never begins a cell of a CSV that a spreadsheet would run', async () => {
    for (const lang of ['zh', 'en']) {
      const { status, text } = await store.api('export', { format: 'csv', lang })
      assert.equal(status, 200)
      const rows = readCsv(text.replace(/^\uFEFF/, ''))
      const width = rows[0].length
      assert.ok(rows.length > CONVERSATIONS.length / 2)
      for (const row of rows) assert.equal(row.length, width, JSON.stringify(row))
      for (const cell of rows.flat()) {
        const isNumber = /^-?\d+(\.\d+)?$/.test(cell)
        assert.ok(isNumber || !/^\s*[=+\-@\t\r＝＋－＠]/u.test(cell), JSON.stringify(cell.slice(0, 60)))
        assert.doesNotMatch(cell, CONTROLS)
      }
    }
  })

  test('leaves no control character in a workbook, and every other form is well formed', async () => {
    const xlsx = await store.api('export', { format: 'xlsx' })
    assert.equal(xlsx.status, 200)
    assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK')
    const json = JSON.parse((await store.api('export', { format: 'json' })).text)
    assert.equal(json.length, CONVERSATIONS.length)
    for (const line of (await store.api('export', { format: 'jsonl' })).text.trim().split('\n')) JSON.parse(line)
  })

  test('is told to a terminal without what a terminal obeys', async () => {
    const ids = CONVERSATIONS.map((one) => one.id)
    const commands = [
      ...ids.map((id) => ['show', id, '--data', data()]),
      ['search', 'onerror', '--data', data()],
      ['people', '--data', data()],
      ['imports', '--data', data()],
      ['joins', '--data', data()],
    ]
    for (const command of commands) {
      const { stdout, stderr } = await run(...command)
      assert.doesNotMatch(stdout + stderr, CONTROLS, command.slice(0, 2).join(' '))
    }
  })

  test('is named so where it is refused', async () => {
    const folder = path.join(store.folder, 'refused')
    const { mkdir } = await import('node:fs/promises')
    await mkdir(folder)
    await writeFile(path.join(folder, 'bad\u001B[31m.json'), `{"id": "x\u001B", "turns": "${TEXTS.image.replaceAll('"', '\\"')}"}`)
    const { stdout, stderr } = await run('inspect', folder, '--data', data(), '--rules', path.join(store.folder, 'test.rules'))
    assert.doesNotMatch(stdout + stderr, CONTROLS)
    const imports = (await store.api('imports')).body.items
    const { status, text } = await store.get(`/api/v1/imports/${imports[0].number}/refusals`)
    assert.equal(status, 200)
    assert.doesNotMatch(text, CONTROLS)
  })
})

describe('the page', () => {
  test('may run nothing but its own files', async () => {
    const { headers } = await store.get('/')
    const policy = Object.fromEntries(headers['content-security-policy'].split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...of]) => [name, of]))
    const scripts = policy['script-src'] ?? policy['default-src']
    assert.deepEqual(scripts, ["'self'"])
    assert.ok(!JSON.stringify(policy['default-src'] ?? []).includes('unsafe'))
    assert.deepEqual(policy['object-src'] ?? policy['default-src'], ["'none'"])
    assert.deepEqual(policy['base-uri'], ["'none'"])
    assert.deepEqual(policy['frame-ancestors'], ["'none'"])
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })
})
