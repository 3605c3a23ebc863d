// Bad input: each piece is refused with file, place, reason and remedy, and everything beside it is inspected.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, open, rm, symlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RULES, conversation, makeFolder, program, run } from './callscope.mjs'

const MB = 1024 * 1024
const good = (id) => JSON.stringify(conversation(id, ['我要投诉你们', '非常抱歉']))
const [Z1, Z1_TWIN] = [['我要投诉你们', '非常抱歉'], ['在吗', '在的']].map((texts) => JSON.stringify(conversation('Z1', texts)))
const inGb18030 = Buffer.concat([Buffer.from(good('U1').slice(0, 20)), Buffer.from([0xce, 0xd2, 0xd2, 0xaa]), Buffer.from('"}')])

let folder
let rules

before(async () => {
  folder = await makeFolder()
  rules = path.join(folder, 'test.rules')
  await writeFile(rules, RULES)
})
after(() => rm(folder, { recursive: true, force: true }))

let made = 0
/** files: name -> content. Inspects them in a folder of their own; gives { code, counts, refused, stderr }. */
async function inspect(files, { prepare, more = [] } = {}) {
  const input = path.join(folder, `input-${++made}`)
  await mkdir(input)
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(input, name), content)
  if (prepare) await prepare(input)
  return inspectFolder(input, path.join(folder, `data-${made}`), more)
}

async function inspectFolder(input, data, more = []) {
  const { code, stdout, stderr } = await run('inspect', input, '--data', data, '--rules', rules, '--json', ...more)
  const { counts, refused } = stdout ? JSON.parse(stdout) : {}
  return { code, counts, refused: refused?.map((r) => ({ ...r, file: path.relative(input, r.file) })), stderr, input, data }
}

function assertComplete({ counts }) {
  assert.equal(counts.read, counts.expected)
  assert.equal(counts.read, counts.inspected + counts.unchanged + counts.duplicates + counts.refused)
}

// name, files, then of the one refusal: file, place, reason, remedy; then what is inspected beside good.json
const CASES = [
  ['an empty JSON file', { 'empty.json': '' }, 'empty.json', /^$/, /empty/, /export/, 0],
  ['an empty JSON Lines file', { 'empty.jsonl': '' }, 'empty.jsonl', /^$/, /empty/, /export/, 0],
  ['an empty WebVTT file', { 'empty.vtt': '' }, 'empty.vtt', /^$/, /empty/, /export/, 0],
  ['a cut JSON file', { 'cut.json': good('C0').slice(0, 150) }, 'cut.json', /line 1/, /ends in the middle/, /export it again/, 0],
  ['a cut list', { 'cut.json': `[${good('C1')},\n${good('C2').slice(0, 150)}` }, 'cut.json', /item 2, line 2/, /ends in the middle/, /export it again/, 1],
  ['a cut JSON Lines file', { 'cut.jsonl': `${good('C3')}\n${good('C4')}\n${good('C5').slice(0, 99)}` }, 'cut.jsonl', /line 3/, /ends in the middle/, /export it again/, 2],
  ['a cut WebVTT file', { 'cut.vtt': 'WEBVTT\n\n00:00:01.000 --> 00:00' }, 'cut.vtt', /line 3/, /-->/, /00:01:02/, 0],
  ['deep JSON', { 'deep.jsonl': `{"id":${'['.repeat(1e6)}${']'.repeat(1e6)}}\n${good('D1')}\n` }, 'deep.jsonl', /line 1, column 70/, /deep/, /^/, 1],
  ['text that is not UTF-8', { 'old.jsonl': Buffer.concat([inGb18030, Buffer.from(`\n${good('U2')}\n`)]) }, 'old.jsonl', /line 1, column 21/, /0xCE is not UTF-8/, /GB18030/, 1],
  ['zero bytes', { 'zero.jsonl': Buffer.concat([Buffer.alloc(5000), Buffer.from(`\n${good('U3')}\n`)]) }, 'zero.jsonl', /line 1, column 1/, /zero byte/, /UTF-8/, 1],
  ['a misspelt key', { 'key.json': good('K1').replace('"queue"', '"queu"') }, 'key.json', /queu/, /not known/, /"queue"/, 0],
  ['a CSV without a mapping', { 'table.csv': 'a,b,c\n1,2,3\n' }, 'table.csv', /^$/, /needs a mapping/, /--mapping/, 0],
  ['the same id with other content', { 'twins.jsonl': `${Z1}\n${Z1_TWIN}\n${good('Z2')}\n` }, 'twins.jsonl', /line [12]/, /"Z1" stands twice/, /first.* is kept/, 2],
]

describe('what is refused', () => {
  for (const [name, files, file, place, reason, remedy, beside] of CASES)
    test(name, async () => {
      const said = await inspect({ 'good.json': good('GOOD'), ...files })
      assert.equal(said.code, 1)
      assertComplete(said)
      assert.equal(said.refused.length, 1, JSON.stringify(said.refused))
      assert.equal(said.refused[0].file, file)
      assert.match(said.refused[0].place, place)
      assert.match(said.refused[0].reason, reason)
      assert.match(said.refused[0].remedy, remedy)
      assert.equal(said.counts.inspected, 1 + beside)
      assert.equal(said.counts.stored, 1 + beside)
    })

  test('is said again by the next run, which changes nothing else', async () => {
    const first = await inspect({ 'cut.json': '{', 'deep.json': '['.repeat(1000), 'good.json': good('GOOD') })
    const second = await inspectFolder(first.input, first.data)
    assert.equal(second.code, 1)
    assert.deepEqual(second.refused.map((r) => r.reason).sort(), first.refused.map((r) => r.reason).sort())
    assert.deepEqual({ ...second.counts, files_skipped: 0 }, { ...first.counts, inspected: 0, unchanged: first.counts.inspected })
  })

  test('is told to a person with the same words', async () => {
    const input = path.join(folder, 'told')
    await mkdir(input)
    await writeFile(path.join(input, 'cut.jsonl'), `${good('P1')}\n{"id":`)
    const { code, stdout, stderr } = await run('inspect', input, '--data', path.join(folder, 'data-told'), '--rules', rules)
    assert.equal(code, 1)
    assert.match(stderr, /refused: .*cut\.jsonl, line 2\n {4}the text ends in the middle.*\n {4}.*export it again/)
    assert.match(stdout, /read 2 = expected 2: 1 inspected, 0 unchanged, 0 duplicates, 1 refused/)
  })
})

describe('twins', () => {
  const inTwoFiles = { 'a.jsonl': Z1, 'b.jsonl': Z1_TWIN }
  const inOneFile = { 'a.jsonl': `${Z1}\n${Z1_TWIN}\n` }

  test('one of two files is refused, in every run', async () => {
    const first = await inspect(inTwoFiles)
    for (const said of [first, await inspectFolder(first.input, first.data)]) {
      assert.equal(said.code, 1)
      assertComplete(said)
      assert.equal(said.counts.stored, 1)
      assert.match(said.refused[0].reason, /stands twice/)
    }
  })

  for (const [name, files] of [['in two files', inTwoFiles], ['in one file', inOneFile]])
    test(`${name}: the first is kept, whichever thread is quicker`, async () => {
      for (let i = 0; i < 20; i++) {
        const first = await inspect(files)
        assert.match(`${first.refused[0].file} ${first.refused[0].place}`, name === 'in one file' ? /line 2/ : /b\.jsonl/)
        const second = await inspectFolder(first.input, first.data)
        assert.equal(second.counts.inspected, 0)
      }
    })
})

describe('things that are no files', () => {
  const cases = [
    ['a folder that leads into itself', (input) => symlink('.', path.join(input, 'loop')), 'loop', /read already/],
    ['a link to itself', (input) => symlink('self.json', path.join(input, 'self.json')), 'self.json', /leads back to itself/],
    ['a link to nothing', (input) => symlink('nowhere', path.join(input, 'gone.json')), 'gone.json', /leads nowhere/],
    ['a pipe', (input) => execFileSync('mkfifo', [path.join(input, 'pipe.json')]), 'pipe.json', /is a pipe/],
  ]
  for (const [name, prepare, file, reason] of cases)
    test(name, async () => {
      const said = await inspect({ 'good.json': good('GOOD') }, { prepare })
      assert.equal(said.code, 1)
      assertComplete(said)
      assert.equal(said.refused[0].file, file)
      assert.match(said.refused[0].reason, reason)
      assert.notEqual(said.refused[0].remedy, '')
      assert.equal(said.counts.inspected, 1)
    })

  test('a path that is not there', async () => {
    const said = await inspectFolder(path.join(folder, 'no-such-folder'), path.join(folder, 'data-none'))
    assert.equal(said.code, 1)
    assert.match(said.refused[0].reason, /no file or folder/)
    assert.match(said.refused[0].remedy, /spelling/)
  })

  test('a file of a kind that is not known, named', async () => {
    const file = path.join(folder, 'letter.docx')
    await writeFile(file, 'x')
    const said = await inspectFolder(file, path.join(folder, 'data-docx'))
    assert.equal(said.code, 1)
    assert.match(said.refused[0].reason, /kind of file is not known/)
    assert.match(said.refused[0].remedy, /\.jsonl/)
  })

  test('a file that may not be read', async (t) => {
    const input = path.join(folder, 'locked')
    await mkdir(input)
    await writeFile(path.join(input, 'good.json'), good('GOOD'))
    await writeFile(path.join(input, 'locked.json'), good('LOCKED'), { mode: 0o000 })
    const asNobody = await otherUser()
    if (!asNobody) return t.skip('root may read everything, and setpriv is not here')
    const { code, stdout } = asNobody('inspect', input, '--data', path.join(folder, 'nobody/data'), '--rules', rules, '--json')
    const { counts, refused } = JSON.parse(stdout)
    assert.equal(code, 1)
    assert.match(refused[0].file, /locked\.json$/)
    assert.match(refused[0].reason, /may not be read/)
    assert.match(refused[0].remedy, /permission/)
    assert.equal(counts.inspected, 1)
  })
})

/** How to run the program as somebody whom permissions bind; null when there is no way. */
async function otherUser() {
  const call = (command, parameters) => (...words) => {
    try {
      return { code: 0, stdout: execFileSync(command, [...parameters, ...words], { stdio: ['ignore', 'pipe', 'ignore'] }) }
    } catch (failure) {
      return { code: failure.status, stdout: failure.stdout }
    }
  }
  if (process.getuid() !== 0) return call(program, [])
  const copy = path.join(folder, 'nobody/callscope')
  await mkdir(path.dirname(copy))
  await copyFile(program, copy)
  await chmod(copy, 0o755)
  await chmod(path.dirname(copy), 0o777)
  await chmod(folder, 0o755)
  const asNobody = call('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', copy])
  return asNobody('--version').code === 0 ? asNobody : null
}

test('a line of 1 GB is refused without being held', async () => {
  const input = path.join(folder, 'long')
  await mkdir(input)
  const file = await open(path.join(input, 'long.jsonl'), 'w')
  await file.write(`${good('BEFORE')}\n`)
  await file.truncate(1024 * MB) // a hole: it takes no room on the disk
  await file.close()
  await writeFile(path.join(input, 'good.json'), good('GOOD'))
  const child = spawn(program, ['inspect', input, '--data', path.join(folder, 'data-long'), '--rules', rules, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let [stdout, peakKb] = ['', 0]
  child.stdout.on('data', (part) => (stdout += part))
  const watching = setInterval(() => {
    try {
      peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peakKb)
    } catch {
      // it has ended
    }
  }, 10)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watching)
  const { counts, refused } = JSON.parse(stdout)
  assert.equal(code, 1)
  assert.equal(counts.inspected, 2)
  assert.match(refused[0].file, /long\.jsonl$/)
  assert.equal(refused[0].place, 'line 2')
  assert.match(refused[0].reason, /longer than 16 MB/)
  assert.match(refused[0].remedy, /line break/)
  assert.ok(peakKb > 0 && peakKb < 200 * 1024, `${peakKb} kB`)
})

describe('much of the same', () => {
  const cases = [
    ['one phrase over and over', '投诉'.repeat(10900)],
    ['a phrase denied over and over, without a full stop', '不是您的个人问题吗'.repeat(2400)],
    ['digits', '1'.repeat(65000)],
    ['blanks', ' '.repeat(65000)],
  ]
  for (const [name, text] of cases)
    test(`turns of 64 kB: ${name}`, { timeout: 120000 }, async () => {
      const said = await inspect({ 'long.json': JSON.stringify(conversation('LONG', Array.from({ length: 10 }, () => text))), 'good.json': good('GOOD') })
      assert.equal(said.code, 0, said.stderr)
      assert.equal(said.counts.inspected, 2)
    })

  test('100,000 turns, each a trigger', { timeout: 120000 }, async () => {
    const texts = Array.from({ length: 100000 }, (_, i) => (i % 2 ? '好的,请稍等' : '我要投诉'))
    const said = await inspect({ 'long.json': JSON.stringify(conversation('LONG', texts)) })
    assert.equal(said.code, 0, JSON.stringify(said.refused))
  })
})

describe('wrong usage ends with 2 and says what there is', () => {
  const cases = [
    [['inspect', 'x', '--rule', 'y'], /did you mean --rules\?/],
    [['inspect', 'x', '--speed'], /no option --speed/],
    [['inspect', 'x', '--data'], /--data needs a value/],
    [['inspect', 'x', '--data', 'a', '--data', 'b'], /given twice/],
    [['inspect'], /PATH… is missing/],
    [['inspekt', 'x'], /did you mean 'inspect'\?/],
    [['serve', '--port', 'http'], /--port takes a number/],
    [['serve', 'x'], /one argument too many/],
    [['rules'], /there are:\n {2}'rules check'/],
  ]
  for (const [words, expected] of cases)
    test(`callscope ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(...words)
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, expected)
    })
})

describe('rules and mapping that can not be used end with 1, and nothing is stored', () => {
  const cases = [
    ['no rules there', ['--rules', 'no-such-folder'], /no-such-folder/],
    ['a faulty rule', ['--rules', 'faulty.rules'], /faulty\.rules:2:\d+: /],
    ['no mapping there', ['--rules', 'test.rules', '--mapping', 'no.json'], /no\.json/],
    ['a faulty mapping', ['--rules', 'test.rules', '--mapping', 'faulty.json'], /faulty\.json/],
  ]
  for (const [name, words, expected] of cases)
    test(name, async () => {
      await writeFile(path.join(folder, 'faulty.rules'), 'rule r\n  wenn customer says "a"\n')
      await writeFile(path.join(folder, 'faulty.json'), '{"format": "xls"}')
      const here = words.map((w) => (/\.|folder/.test(w) ? path.join(folder, w) : w))
      const data = path.join(folder, `data-${name.replaceAll(' ', '-')}`)
      const { code, stderr } = await run('inspect', folder, '--data', data, ...here)
      assert.equal(code, 1)
      assert.match(stderr, expected)
      assert.match(stderr, /what to do|see:|^ {4}/m)
      assert.throws(() => readFileSync(path.join(data, 'callscope.db')), { code: 'ENOENT' })
    })
})
