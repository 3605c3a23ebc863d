// One table of commands: help, man page and completion know the same ones; wrong usage exits with 2 and says what to do.
import assert from 'node:assert/strict'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RULES, makeFolder, run } from './callscope.mjs'

const COMMANDS = ['inspect', 'serve', 'show', 'replay', 'explain', 'events', 'obligations', 'rules format', 'rules form', 'rules schema', 'rules operators', 'rules check', 'rules test', 'rules backtest', 'rules stats', 'doctor', 'help', 'man', 'completion']

describe('the table of commands', () => {
  test('every command has its help', async () => {
    const { stdout } = await run('--help')
    for (const name of COMMANDS) {
      assert.ok(stdout.includes(`\n  ${name} `), `${name} stands in the list`)
      const help = await run(...name.split(' '), '--help')
      assert.equal(help.code, 0)
      assert.ok(help.stdout.includes(`Usage: callscope ${name}`))
    }
  })

  test('man page and completion come from it, options too', async () => {
    const { stdout: manual } = await run('man')
    const { stdout: completion } = await run('completion', 'bash')
    for (const name of COMMANDS) {
      assert.ok(manual.includes(`.SS "${name} `), `${name} stands in the manual`)
      assert.ok(completion.includes(name.split(' ')[0]), `${name} is completed`)
    }
    for (const option of ['data', 'rules', 'mapping', 'json', 'port']) {
      assert.ok(manual.includes(`\\-\\-${option}`))
      assert.ok(completion.includes(`--${option}`))
    }
  })

  for (const [name, words, said] of [
    ['no command', ['inspct'], /did you mean 'inspect'/],
    ['half a command', ['rules'], /'rules check'/],
    ['no option', ['inspect', '.', '--dta', 'x'], /did you mean --data/],
    ['an option without its value', ['inspect', '.', '--data'], /--data needs a value/],
    ['an option twice', ['serve', '--port', '1', '--port', '2'], /given twice/],
    ['nothing to inspect', ['inspect'], /PATH… is missing/],
    ['too much', ['show', 'a', 'b'], /one argument too many/],
  ])
    test(`wrong usage: ${name}`, async () => {
      const { code, stderr } = await run(...words)
      assert.equal(code, 2)
      assert.match(stderr, said)
    })
})

describe('doctor', () => {
  let folder
  before(async () => (folder = await makeFolder()))
  after(() => rm(folder, { recursive: true, force: true }))

  test('says what is off and how to turn it on; a fault gives 1', async () => {
    const well = await run('doctor', '--data', `${folder}/none`, '--rules', 'packs')
    assert.match(well.stdout, /off +store[^\n]*\n +callscope inspect makes it/)
    assert.match(well.stdout, /ok +rules/)
    const ill = await run('doctor', '--data', `${folder}/none`, '--rules', `${folder}/none`)
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /FAIL +rules/)
  })
})

/** A tone in every other second, on one channel: heard, and nothing written down. */
function wav(seconds) {
  const rate = 8000, body = Buffer.alloc(seconds * rate * 2), head = Buffer.alloc(44)
  for (let i = 0; i < seconds * rate; i++)
    if (Math.floor(i / rate) % 2) body.writeInt16LE(Math.round(8000 * Math.sin((i * 2 * Math.PI * 640) / rate)), i * 2)
  head.write('RIFF', 0)
  head.writeUInt32LE(body.length + 36, 4)
  head.write('WAVEfmt ', 8)
  ;[[16, 4], [1, 2], [1, 2], [rate, 4], [rate * 2, 4], [2, 2], [16, 2]].reduce((at, [n, bytes]) => head.writeUIntLE(n, at, bytes), 16)
  head.write('data', 36)
  head.writeUInt32LE(body.length, 40)
  return Buffer.concat([head, body])
}

describe('a recording without words', () => {
  let folder, data
  const language = process.env.LC_ALL
  const speak = (name) => (process.env.LC_ALL = name)
  const doctor = async (...more) => run('doctor', '--data', data, '--rules', 'packs', ...more)

  before(async () => {
    folder = await makeFolder()
    data = path.join(folder, 'data')
    await mkdir(path.join(folder, 'input'))
    await writeFile(path.join(folder, 'test.rules'), RULES)
    await writeFile(path.join(folder, 'input', 'tone.wav'), wav(20))
    const made = await run('inspect', path.join(folder, 'input'), '--data', data, '--rules', path.join(folder, 'test.rules'))
    assert.equal(made.code, 0, made.stdout + made.stderr)
  })
  after(async () => {
    if (language === undefined) delete process.env.LC_ALL
    else process.env.LC_ALL = language
    await rm(folder, { recursive: true, force: true })
  })

  test('show tells the rules that need words in one line, in words', async () => {
    speak('C.UTF-8')
    const english = (await run('show', 'tone', '--data', data)).stdout
    assert.match(english, /3 rules need words; nothing was written down/)
    assert.ok(english.startsWith('tone\n'), english)
    assert.match(english, /\n {2}recording\.channels +\S/)
    assert.ok(!english.includes('no_words'))
    speak('zh_CN.UTF-8')
    const chinese = (await run('show', 'tone', '--data', data)).stdout
    assert.match(chinese, /3 条规则要看文字，这段录音没有文字/)
    assert.match(chinese, /^tone\n电话\n/)
  })

  test('explain heads it with its number, without empty parts', async () => {
    speak('C.UTF-8')
    const { stdout } = await run('explain', 'tone', '--data', data)
    assert.match(stdout, /^tone {2}\(\w+\)\ncall\ninspection 1/)
    assert.match(stdout, /nobody has written down what was said/)
  })

  test('doctor says when the key is lost, or is another one', async () => {
    const key = path.join(data, 'recordings.key'), copy = path.join(folder, 'copy.key')
    assert.match((await doctor()).stdout, /ok +recordings' key/)
    await rename(key, copy)
    const lost = await doctor()
    assert.equal(lost.code, 1)
    assert.match(lost.stdout, /FAIL +recordings' key[^\n]*\n +recordings can't be heard without it; put its copy back, or name it with --key-file/)
    assert.match((await doctor('--key-file', copy)).stdout, /ok +recordings' key/)
    const other = path.join(folder, 'other')
    await run('inspect', path.join(folder, 'input'), '--data', other, '--rules', path.join(folder, 'test.rules'))
    const wrong = await doctor('--key-file', path.join(other, 'recordings.key'))
    assert.equal(wrong.code, 1)
    assert.match(wrong.stdout, /FAIL +recordings' key[^\n]*this key does not open the recordings of this store/)
  })
})
