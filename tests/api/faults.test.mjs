// Every fault of real data, fed to the program beside sound files: file, place, reason and remedy are told, the rest comes in.
// What it proves is reading; what concerns the database is of SQLite alone: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFile, chmod, mkdir, open, readdir, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RULES, makeFolder, ofSqliteAlone, program, run } from './callscope.mjs'
import { CHAT, MB, ROWS, asNobody, assertRefused, bombPart, feed, feedFolder, good, mapping, row, runMeasured, workbook } from './faults.mjs'
import { chats, serveImports, wav } from './imports.mjs'

let folder
before(async () => {
  folder = await makeFolder()
  await writeFile(path.join(folder, 'test.rules'), RULES)
})
after(() => rm(folder, { recursive: true, force: true }))

const SHEET = mapping({ format: 'xlsx' })
const sheet = (...rows) => workbook([['id', 'who', 'at', 'text'], ...rows])
const SRT = '1\n00:00:01,000 --> 00:00:02,000\n客户: 你好\n\n2\n00:00:03,000 --> 00:00:04,000\n坐席: 您好\n'
const VTT = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v 客户>你好\n\n00:00:03.000 --> 00:00:04.000\n<v 坐席>您好\n'
const MAIL = 'From: a@example.com\nTo: b@example.com\nDate: Sun, 01 Feb 2026 10:00:00 +0800\nMessage-ID: <m1@example.com>\nSubject: =?utf-8?Q?x?=\n\nhello\n'
const CHAT_LINES = '[2026-02-01 10:00:00] 客户: 你好\n[2026-02-01 10:00:05] 坐席: 您好\n'
const WAV = wav(1)
/** Name, its sound content, and the mapping beside it. */
const EACH_FORMAT = {
  'f-json.json': [good('F-JSON')],
  'f-jsonl.jsonl': [`${good('F-JSONL')}\n`],
  'f-vcon.vcon': [JSON.stringify({ vcon: '0.4.0', uuid: '0195544b-3c5a-8b5a-9f5a-1a2b3c4d5e6f', created_at: '2026-02-01T10:00:00+08:00',
    parties: [{ name: 'x', role: 'customer' }, { name: 'y', role: 'agent' }],
    dialog: [{ type: 'text', start: '2026-02-01T10:00:00+08:00', parties: 0, mediatype: 'text/plain', body: 'hello', encoding: 'none' }] })],
  'f-vtt.vtt': [VTT],
  'f-srt.srt': [SRT],
  'f-eml.eml': [MAIL],
  'f-mbox.mbox': [`From a@example.com Sun Feb  1 10:00:00 2026\n${MAIL.replace('m1@', 'm2@')}`],
  'f-rows.csv': [ROWS + row('F-CSV'), mapping()],
  'f-tabs.tsv': [(ROWS + row('F-TSV')).replaceAll(',', '\t'), mapping({ format: 'tsv' })],
  'f-sheet.xlsx': [sheet(['F-XLSX', '客户', '2026-02-01 10:00:00', '你好']), SHEET],
  'f-chat.txt': [CHAT_LINES, CHAT],
  'f-wav.wav': [WAV],
}
function eachFormat(change) {
  const files = {}
  for (const [name, [content, beside]] of Object.entries(EACH_FORMAT)) {
    files[name] = change(Buffer.from(content), name)
    if (beside) files[`${name.split('.')[0]}.mapping.json`] = beside
  }
  return files
}
const ANY = /^/

describe('files that lack something', () => {
  test('one sound file of each format comes in', async () => {
    const said = await feed(folder, eachFormat((content) => content))
    assert.equal(said.code, 0, JSON.stringify(said.refused, null, 1))
    assert.equal(said.counts.inspected, 2 + Object.keys(EACH_FORMAT).length)
  })

  test('empty, in every format', async () => {
    const said = await feed(folder, eachFormat(() => ''))
    assertRefused(said, Object.keys(EACH_FORMAT).map((name) => [name, ANY, /empty/, /export it|complete/]))
    assert.equal(said.counts.inspected, 2)
  })

  test('cut, in every format', async () => {
    const said = await feed(folder, eachFormat((content, name) => content.subarray(0, name === 'f-wav.wav' ? 30 : content.length * 0.62)))
    assertRefused(said, Object.keys(EACH_FORMAT).filter((name) => !/mbox|chat/.test(name)).map((name) => [name, ANY, ANY, ANY]))
    for (const r of said.refused) assert.match(r.remedy, /again|cut|split|check|00:0|fill|quote|column|save/i, `${r.file}: ${r.remedy}`)
    assert.equal(said.counts.inspected, 2 + 2) // a chat ends wherever it ends
  })
})

describe('files that hold too much', () => {
  const LIMIT_MB = 300
  const lines = [
    ['jsonl', `${good('LONG')}\n`, /longer than 16 MB/, /line break/, {}, 1],
    ['csv', ROWS + row('LONG'), /longer than|more than|too long|MB/, ANY, { 'long.mapping.json': mapping() }, 1],
    ['txt', CHAT_LINES, /longer than 1 MB/, ANY, { 'long.mapping.json': CHAT }, 1],
    ['srt', SRT, /bytes|larger|MB/, ANY, {}, 0],
    ['vtt', VTT, /bytes|larger|MB/, ANY, {}, 0],
    ['json', '{"id": "LONG", "x": "', /bytes|larger|MB/, ANY, {}, 0],
    ['eml', MAIL, /bytes|larger|MB/, ANY, {}, 0],
    ['xlsx', 'PK', /bytes|larger|MB|damaged/, ANY, { 'long.mapping.json': SHEET }, 0],
  ]
  for (const [kind, head, reason, remedy, beside] of lines)
    test(`a line of 1 GB in a .${kind}: memory stays flat`, { timeout: 120000 }, async (t) => {
      const said = await feed(folder, beside, {
        async prepare(input) {
          const file = await open(path.join(input, `long.${kind}`), 'w')
          await file.write(head)
          await file.truncate(1024 * MB) // a hole: it takes no room on the disk
          await file.close()
        },
      })
      assert.equal(said.code, 1)
      assert.ok(said.refused.some((r) => r.file === `long.${kind}` && reason.test(r.reason) && remedy.test(r.remedy) && r.remedy), JSON.stringify(said.refused))
      assert.ok(said.counts.inspected >= 2)
      assert.ok(said.peakMb > 0 && said.peakMb < LIMIT_MB, `${said.peakMb} MB`)
      t.diagnostic(`peak ${Math.round(said.peakMb)} MB`)
    })

  test('a text of 1 GB that never ends, in a .csv with quotes', { timeout: 120000 }, async (t) => {
    const said = await feed(folder, { 'long.mapping.json': mapping() }, {
      async prepare(input) {
        const file = await open(path.join(input, 'long.csv'), 'w')
        await file.write(`${ROWS}${row('FIRST')}LONG,客户,2026-02-01 10:00:00,"`)
        const block = Buffer.alloc(16 * MB, `${'x'.repeat(1000)}\n`)
        for (let i = 0; i < 64; i++) await file.write(block)
        await file.close()
      },
    })
    await rm(said.input, { recursive: true })
    assert.equal(said.code, 1)
    assert.match(JSON.stringify(said.by('long.csv')), /quote/)
    assert.ok(said.refused.every((r) => r.remedy && r.reason))
    assert.ok(said.peakMb < LIMIT_MB, `${said.peakMb} MB`)
    t.diagnostic(`peak ${Math.round(said.peakMb)} MB`)
  })

  test('brackets a million deep, wherever JSON is read', async () => {
    const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`
    const said = await feed(folder, {
      'deep.json': `{"id": ${deep}}`, 'deep.jsonl': `{"id": ${deep}}\n${good('BESIDE')}\n`, 'deep.vcon': `{"vcon": "0.4.0", "parties": ${deep}}`,
      'deep-rows.json': `[{"id": ${deep}}]`, 'deep-rows.mapping.json': mapping({ format: 'json', header: undefined }),
      'deep.mapping.json': deep,
    })
    assertRefused(said, [
      ['deep.json', /line 1/, /deep/, /./], ['deep.jsonl', /line 1/, /deep/, /./], ['deep.vcon', /line 1/, /deep/, /./],
      ['deep-rows.json', /line 1/, /deep/, /./], ['deep.mapping.json', ANY, /at most 1048576/, /mapping is a small/],
    ])
    assert.equal(said.counts.inspected, 3)
  })

  const part = 'xl/worksheets/sheet1.xml'
  const bombs = [
    ['a sheet of 3 GB in 3 MB', async () => ({ [part]: await bombPart('<worksheet><sheetData>', '<row r="1"><c><v>1</v></c></row>', 3072, '</sheetData></worksheet>') })],
    ['a sheet that says it is small', async () => ({ [part]: await bombPart('<worksheet><sheetData>', ' '.repeat(1000), 600, '</sheetData></worksheet>', 1000) })],
    ['texts of 1 GB', async () => ({
      'xl/sharedStrings.xml': await bombPart('<sst>', '<si><t>投诉投诉投诉投诉</t></si>', 1024, '</sst>'),
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="r1" Type="u/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="u/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    })],
    ['entities that grow', async () => ({
      'xl/workbook.xml': `<!DOCTYPE x [${Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('')}<!ENTITY e0 "投诉">]><workbook><sheets>&e12;</sheets></workbook>`,
    })],
  ]
  for (const [name, parts] of bombs)
    test(`a workbook that is a trap: ${name}`, { timeout: 120000 }, async (t) => {
      const said = await feed(folder, { 'trap.xlsx': workbook([['id', 'who', 'at', 'text']], await parts()), 'trap.mapping.json': SHEET })
      assertRefused(said, [['trap.xlsx', ANY, /unpacks to|trap|DTD|entit|document type/i, /don't open|export|save/]])
      assert.equal(said.counts.inspected, 2)
      assert.ok(said.peakMb < LIMIT_MB, `${said.peakMb} MB`)
      t.diagnostic(`peak ${Math.round(said.peakMb)} MB`)
    })
})

describe('what stands in files', () => {
  test('a formula without a value, and one that is an error', async () => {
    const at = '2026-02-01 10:00:00'
    const said = await feed(folder, {
      'book.xlsx': sheet(['X-1', '客户', at, '你好'], ['X-2', '客户', at, '<c><f>A1&amp;"x"</f></c>'], ['X-3', '客户', at, '<c t="str"><f>A1</f><v>算过</v></c>'],
        ['X-4', '客户', at, '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>']),
      'book.mapping.json': SHEET,
    })
    assertRefused(said, [['book.xlsx', /3/, /formula/, /Excel/], ['book.xlsx', /5/, /#DIV|error/, /./]])
    assert.equal(said.counts.inspected, 2 + 2)
  })

  test('encodings that are invalid or mixed', async () => {
    const gb = Buffer.from([0xce, 0xd2, 0xd2, 0xaa, 0xcd, 0xcb, 0xbf, 0xee]) // 我要退款 in GB18030
    const mixed = (text, mark) => Buffer.concat([Buffer.from(text.slice(0, text.lastIndexOf(mark))), gb, Buffer.from(text.slice(text.lastIndexOf(mark)))])
    const said = await feed(folder, {
      'mixed.jsonl': Buffer.concat([Buffer.from(`${good('E-1')}\n${good('E-2').slice(0, 20)}`), gb, Buffer.from('"}\n')]),
      'mixed.json': mixed(good('E-3'), '抱歉'),
      'mixed.csv': mixed(ROWS + row('E-4') + row('E-5', '我说TAIL'), 'TAIL'),
      'mixed.mapping.json': mapping(),
      'mixed.srt': mixed(SRT, '您好'),
      'mixed.vtt': mixed(VTT, '您好'),
      'invalid.jsonl': Buffer.concat([Buffer.from(`${good('E-6').slice(0, 20)}`), Buffer.from([0xff, 0xfe, 0xff]), Buffer.from('"}\n')]),
      'odd.jsonl': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good('E-7'), 'utf16le').subarray(0, 201)]),
      'gb.csv': Buffer.concat([Buffer.from('id,who,at,text\nE-8,'), Buffer.from([0xbf, 0xcd, 0xbb, 0xa7]), Buffer.from(',2026-02-01 10:00:00,'), gb, Buffer.from('\n')]),
      'gb.mapping.json': mapping(),
    })
    assertRefused(said, [
      ['mixed.jsonl', /line 2/, /UTF-8/, /UTF-8/], ['mixed.json', /line 1/, /UTF-8/, /UTF-8/], ['mixed.csv', /line 3/, /UTF-8|not/, /UTF-8/],
      ['mixed.srt', /line/, /UTF-8|not/, /UTF-8/], ['mixed.vtt', /line/, /UTF-8|not/, /UTF-8/], ['invalid.jsonl', /line 1/, /UTF-8/, /UTF-8/],
      ['odd.jsonl', ANY, /./, /./],
    ])
    assert.equal(said.counts.inspected, 2 + 1 + 1) // E-1 and gb.csv; whose the broken row is, before it or behind it, nobody can tell
  })

  test('rows with too few, too many and no columns', async () => {
    const said = await feed(folder, {
      'rows.csv': `${ROWS}${row('W-1')}W-2,客户,2026-02-01 10:00:00\n${row('W-3')}${row('W-4', '你好,再见')}${row('W-5')}"W-6",客户,2026-02-01 10:00:00,"一""二"\n,,,\n,,,没有人说\n`,
      'rows.mapping.json': mapping({ id: '{file}-{line}' }),
      'other.csv': 'a,b\n1,2\n', 'other.mapping.json': mapping(),
    })
    assertRefused(said, [
      ['rows.csv', /line 3/, /3 columns, the first row has 4/, /./], ['rows.csv', /line 5/, /5 columns/, /quotes/],       ['rows.csv', /line 9, column 2/, /speaker/, /speakers/], ['other.csv', ANY, /no column "id"/, /header/],
    ])
    assert.equal(said.counts.inspected, 2 + 4)
  })

  test('one moment in six shapes and three zones, and days that do not exist', async () => {
    const shapes = { S1: '2026-02-01 10:00:00', S2: '2026/2/1 10:00', S3: '01.02.2026 10:00:00', S4: '20260201100000', S5: '2026-02-01T02:00:00Z', S6: '2026年2月1日 10:00' }
    const time_format = ['yyyy-mm-dd hh:mm:ss', 'yyyy/m/d h:mm', 'dd.mm.yyyy hh:mm:ss', 'yyyymmddhhmmss', 'iso8601', 'yyyy年m月d日 h:mm']
    const never = { N1: '2026-02-30 10:00:00', N2: '2026/13/1 10:00', N3: '31.04.2026 10:00:00', N4: '20260201256000', N5: '2026-02-29T10:00:00Z', N6: '昨天' }
    const said = await feed(folder, {
      'shapes.csv': ROWS + Object.entries({ ...shapes, ...never }).map(([id, at]) => row(id, '你好', at)).join(''),
      'shapes.mapping.json': mapping({ time_format }),
      'london.csv': ROWS + row('Z1', '你好', '2026-02-01 02:00:00'), 'london.mapping.json': mapping({ zone: '+00:00' }),
      'delhi.csv': ROWS + row('Z2', '你好', '2026-02-01 07:30:00'), 'delhi.mapping.json': mapping({ zone: '+05:30' }),
    })
    assertRefused(said, Object.values(never).map((at, i) => ['shapes.csv', new RegExp(`line ${8 + i}`), new RegExp(at.slice(0, 10)), /time_format/]))
    const ids = [...Object.keys(shapes), 'Z1', 'Z2']
    const shown = await Promise.all(ids.map((id) => run('show', id, '--data', said.data, '--json')))
    for (const [i, { stdout }] of shown.entries()) assert.equal(JSON.parse(stdout).started_ms, Date.parse('2026-02-01T02:00:00Z'), ids[i])
  })

  test('zero bytes, in every format of text', async () => {
    const nul = (text) => text.replace(/你好|hello|T/, '\0')
    const said = await feed(folder, {
      'nul.jsonl': `${nul(good('N-1'))}\n`.replace('我要', '\0'), 'nul.csv': ROWS + row('N-2') + row('N-3', '\0'), 'nul.mapping.json': mapping(),
      'nul.srt': nul(SRT), 'nul.vtt': VTT.replace('你好', '\0'), 'nul-chat.txt': nul(CHAT_LINES), 'nul-chat.mapping.json': CHAT,
    })
    assert.equal(said.code, 1)
    for (const name of ['nul.jsonl', 'nul.csv', 'nul.srt', 'nul.vtt', 'nul-chat.txt']) {
      assert.ok(said.by(name).some((r) => /zero/.test(r.reason) && r.remedy && r.place), `${name}: ${JSON.stringify(said.refused)}`)
    }
  })
})

describe('the same id with other content', () => {
  const [ONE, OTHER] = [good('TWIN'), good('TWIN', ['在吗', '在的'])]
  test('in one file and in two', async () => {
    const one = await feed(folder, { 'twins.jsonl': `${ONE}\n${OTHER}\n` })
    assertRefused(one, [['twins.jsonl', /line 2/, /"TWIN" stands twice/, /first/]])
    const two = await feed(folder, { 'b.jsonl': ONE, 'c.jsonl': OTHER })
    assertRefused(two, [['c.jsonl', /line 1|^$/, /"TWIN" stands twice.*b\.jsonl/, /first/]])
    for (const said of [one, two]) assert.equal(said.counts.stored, 3)
  })

  test('in two runs: from the same file it is a correction, from another one a twin', async () => {
    const first = await feed(folder, { 'b.jsonl': ONE })
    await writeFile(path.join(first.input, 'b.jsonl'), OTHER)
    const corrected = await feedFolder(folder, first.input, first.data)
    assert.equal(corrected.code, 0, JSON.stringify(corrected.refused))
    assert.equal(corrected.counts.stored, 3)
    assert.match((await run('show', 'TWIN', '--data', first.data)).stdout, /在吗/)
    await writeFile(path.join(first.input, 'c.jsonl'), ONE)
    const twin = await feedFolder(folder, first.input, first.data)
    assertRefused(twin, [['c.jsonl', ANY, /"TWIN" stands twice/, /first/]])
    assert.equal(twin.counts.stored, 3)
    assert.match((await run('show', 'TWIN', '--data', first.data)).stdout, /在吗/)
  })
})

/** All that the store noted lies a year ahead now: the clock was set back since. */
function setForward(db) {
  const year = 400 * 24 * 3600e3
  const columns = 'conversation run_ms,source read_ms,inspection inspected_ms,import created_ms,import started_ms,import ended_ms,applied_migration applied_ms'
  const ask = (sql) => execFileSync('sqlite3', [db, sql], { encoding: 'utf8' })
  try {
    ask('select 1')
  } catch {
    return false
  }
  const there = ask("select m.name || ' ' || p.name from sqlite_master m, pragma_table_info(m.name) p where m.type = 'table'").split('\n')
  const set = columns.split(',').filter((column) => there.includes(column))
  assert.ok(set.length >= 4, `the store is made otherwise now: ${set}`)
  for (const column of set) {
    const [table, name] = column.split(' ')
    ask(`update ${table} set ${name} = ${name} + ${year}`)
  }
  return true
}

describe('what happens while it runs', () => {
  test('a file that is written to while it is read is told, and read again by the next run', { timeout: 120000 }, async () => {
    const many = chats(15000, 'W')
    const said = await feed(folder, { 'm-writing.jsonl': many }, {
      measured: {
        meanwhile(child, input) {
          const file = path.join(input, 'm-writing.jsonl')
          const writing = setInterval(() => appendFile(file, `${good('LATE')}\n`).catch(() => {}), 20)
          child.on('close', () => clearInterval(writing))
        },
      },
    })
    assert.equal(said.code, 1, said.stderr)
    const told = said.by('m-writing.jsonl').find((r) => /changed while it was read/.test(r.reason))
    assert.ok(told, JSON.stringify(said.refused))
    assert.match(told.remedy, /again/)
    await writeFile(path.join(said.input, 'm-writing.jsonl'), `${many}${good('LATE')}\n`)
    const again = await feedFolder(folder, said.input, said.data)
    assert.equal(again.code, 0, JSON.stringify(again.refused))
    assert.equal(again.counts.stored, 15000 + 3)
    assert.equal(again.counts.files_skipped, 2)
  })

  async function fillBySize(t) {
    t.diagnostic('without a disk of its own: by the largest size of a file')
    const input = await feed(folder, { 'many.jsonl': chats(20000, 'D') }, { more: [] })
    const data = path.join(folder, 'data-of-limited-size')
    const limited = { command: 'bash', words: ['-c', 'trap "" XFSZ; ulimit -f 4096; exec "$@"', 'bash', program] }
    const full = await feedFolder(folder, input.input, data, [], limited)
    assert.equal(full.code, 1)
    assert.notEqual(full.stderr, '')
    const again = await feedFolder(folder, input.input, data)
    assert.equal(again.code, 0, again.stderr)
    assert.equal(again.counts.stored, 20002)
  }

  test('a disk that is full: nothing is half stored, and with room the next run goes on', { timeout: 120000, ...ofSqliteAlone('it fills the disk of its folder') }, async (t) => {
    const disk = path.join(folder, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return fillBySize(t) // mounting is not allowed here: files that may not grow are the nearest there is
    }
    try {
      const input = await feed(folder, { 'many.jsonl': chats(20000, 'D') }, { more: [] })
      const data = path.join(disk, 'data')
      const full = await feedFolder(folder, input.input, data)
      assert.equal(full.code, 1)
      assert.match(full.stderr, /full|no (space|room)/i)
      assert.match(full.stderr, /make room|free|space/i)
      execFileSync('mount', ['-o', 'remount,size=200m', disk])
      const again = await feedFolder(folder, input.input, data)
      assert.equal(again.code, 0, again.stderr)
      assert.equal(again.counts.stored, 20002)
    } finally {
      execFileSync('umount', [disk])
    }
  })

  test('an output file that takes nothing more', async () => {
    const said = await feed(folder, {})
    for (const format of ['csv', 'jsonl', 'xlsx', 'vcon', 'json']) {
      const { code, stderr } = await runMeasured(['-c', `"$0" export --format ${format} --data "$1" >/dev/full`, program, said.data], { command: 'sh' })
      assert.equal(code, 1, `${format}: ${stderr}`)
      assert.match(stderr, /can't be written: No space left/)
      assert.match(stderr, /make room/)
    }
    const pipe = path.join(folder, 'a-pipe')
    execFileSync('mkfifo', [pipe])
    const { code, stderr } = await run('export', '--out', pipe, '--data', said.data)
    assert.equal(code, 2)
    assert.match(stderr, /is no file/)
    assert.ok((await stat(pipe)).isFIFO(), 'it stands there as before')
  })

  test('folders that may not be written to: as input they are read, as data they are named', ofSqliteAlone('callscope.db is made in the folder'), async (t) => {
    const who = await asNobody(folder)
    if (!who) return t.skip('root may write everywhere, and setpriv is not here')
    const said = await feed(folder, {})
    await chmod(said.input, 0o555)
    const fine = await feedFolder(folder, said.input, path.join(folder, 'nobody', 'data'), [], who)
    assert.equal(fine.code, 0, fine.stderr)
    const locked = path.join(folder, 'nobody', 'locked')
    await mkdir(locked)
    await chmod(locked, 0o555)
    for (const data of [locked, path.join(locked, 'data')]) {
      const { code, stderr } = await feedFolder(folder, said.input, data, [], who)
      assert.equal(code, 1)
      assert.ok(stderr.includes(locked), stderr)
      assert.match(stderr, /unable to open|read.?only|may not|permission/)
      assert.match(stderr, /may read and write|grant/)
    }
  })

  test('a clock that was set back: what lies in the future stays, and is read once', ofSqliteAlone('it sets times in callscope.db'), async (t) => {
    const said = await feed(folder, { 'later.jsonl': good('LATER') })
    const future = new Date(Date.now() + 400 * 24 * 3600e3)
    for (const name of await readdir(said.input)) await utimes(path.join(said.input, name), future, future)
    const touched = await feedFolder(folder, said.input, said.data)
    assert.equal(touched.code, 0)
    assert.equal(touched.counts.unchanged, 3)
    const skipped = await feedFolder(folder, said.input, said.data)
    assert.equal(skipped.counts.files_skipped, 3)
    if (!setForward(path.join(said.data, 'callscope.db'))) return t.skip('sqlite3 is not here')
    await writeFile(path.join(said.input, 'later.jsonl'), good('LATER', ['我改了', '好的']))
    const corrected = await feedFolder(folder, said.input, said.data)
    assert.equal(corrected.code, 0, corrected.stderr + JSON.stringify(corrected.refused))
    assert.equal(corrected.counts.stored, 3)
    assert.match((await run('show', 'LATER', '--data', said.data)).stdout, /我改了/)
    const imports = await run('imports', '--data', said.data, '--json')
    assert.equal(imports.code, 0, imports.stderr)
  })
})

describe('things with odd names, and things that are no files', () => {
  test('all of them beside sound files', async () => {
    const raw = (input, bytes) => Buffer.concat([Buffer.from(`${input}/`), Buffer.from(bytes)])
    const said = await feed(folder, { 'old.xls': Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old.ods': 'PK\x03\x04', 'old.mapping.json': SHEET,
      'broken.csv': ROWS + row('B-1'), 'broken.mapping.json': '{"format": "csv", "columns": {"conversation": "id",}}',
      'roster.csv': 'name;team\nx;y\n', 'roster.mapping.json': mapping() }, {
      async prepare(input) {
        await mkdir(path.join(input, 'folder.csv'))
        await writeFile(path.join(input, 'folder.csv', 'inner.json'), good('INNER'))
        await writeFile(path.join(input, 'line\nbreak.json'), '{')
        await writeFile(path.join(input, 'line\nbreak-sound.json'), good('BREAK'))
        await writeFile(raw(input, [0xff, 0xfe, ...Buffer.from('.json')]), good('RAW'))
        execFileSync('mkfifo', [path.join(input, 'pipe.csv')])
        await symlink('.', path.join(input, 'loop'))
        await symlink('nowhere.json', path.join(input, 'gone.json'))
      },
    })
    assert.equal(said.code, 1)
    const told = (file, reason, remedy) => assert.ok(said.by(file).some((r) => reason.test(r.reason) && remedy.test(r.remedy)), `${file}: ${JSON.stringify(said.refused, null, 1)}`)
    told('old.xls', /not read/, /xlsx|csv/)
    told('old.ods', /not read/, /xlsx/)
    told('broken.mapping.json', /key in double quotes|comma/, /comma/)
    told('broken.csv', /needs a mapping/, /--mapping|mapping\.json/)
    told('roster.csv', /no column|only|column/, /./)
    told('line\nbreak.json', /ends in the middle/, /again/)
    told('pipe.csv', /is a pipe/, /file/)
    told('loop', /read already/, /./)
    told('gone.json', /leads nowhere/, /./)
    assert.equal(said.by('broken.mapping.json').length, 1, 'told once, though another folder stands between')
    for (const id of ['INNER', 'BREAK', 'RAW']) assert.equal((await run('show', id, '--data', said.data)).code, 0, id)
  })

  test('recordings that are broken', async () => {
    const sound = wav(2)
    const lies = Buffer.from(sound)
    lies.writeUInt32LE(0x7fffffff, 40)
    const said = await feed(folder, { 'text.wav': 'this is no sound', 'noise.mp3': Buffer.alloc(5000, 7), 'half.wav': sound.subarray(0, sound.length / 2), 'lies.wav': lies,
      'rate.wav': Buffer.concat([sound.subarray(0, 24), Buffer.alloc(4), sound.subarray(28)]), 'sound.wav': sound })
    assert.equal(said.code, 1)
    for (const r of said.refused) assert.ok(r.reason && r.remedy, JSON.stringify(r))
    for (const name of ['text.wav', 'noise.mp3', 'rate.wav']) assert.equal(said.by(name).length, 1, `${name}: ${JSON.stringify(said.refused)}`)
    assert.equal((await run('show', 'sound', '--data', said.data)).code, 0)
  })
})

describe('the same faults sent over HTTP', () => {
  test('an upload: what is faulty is told with the import, the rest is in', { timeout: 120000 }, async () => {
    const own = await makeFolder()
    const server = await serveImports(own)
    try {
      const told = await server.upload({ 'sound.jsonl': `${good('UP-1')}\n`, 'cut.jsonl': `${good('UP-2')}\n${good('UP-3').slice(0, 80)}`, 'empty.vtt': '',
        'old.xls': Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'deep.json': '['.repeat(1000) })
      assert.equal(told.state, 'done', JSON.stringify(told))
      const refused = (await server.get(`imports/${told.number}/refusals`)).body?.items ?? told.refused
      assert.ok(Array.isArray(refused), JSON.stringify(told))
      for (const name of ['cut.jsonl', 'empty.vtt', 'old.xls', 'deep.json'])
        assert.ok(refused.some((r) => r.file.endsWith(name) && r.reason && r.remedy), `${name}: ${JSON.stringify(refused)}`)
      for (const id of ['UP-1', 'UP-2']) assert.equal((await server.get(`conversations/${id}`)).status, 200)
      const deep = await server.call('POST', 'conversations', '['.repeat(1000), { 'Content-Type': 'application/json' })
      const { items } = (await server.end(deep.body.number), await server.get(`imports/${deep.body.number}/refusals`)).body
      assert.ok(items.length === 1 && /deep/.test(items[0].reason) && items[0].remedy, JSON.stringify(items))
      const { body: { number } } = await server.call('POST', 'imports', {})
      for (const name of ['../up.json', 'a//b.json', '.hidden.json', 'x\nbreak.json', 'x'.repeat(300)]) {
        const sent = await server.put(number, name, good('BAD'))
        assert.equal(sent.status, 400, `${name}: ${sent.text}`)
        assert.match(sent.text, /"remedy":"[^"]+"/)
      }
    } finally {
      await server.stop()
      await rm(own, { recursive: true, force: true })
    }
  })
})
