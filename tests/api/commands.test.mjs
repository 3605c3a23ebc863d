// One table of commands: help, man page and completion know the same ones; wrong usage exits with 2 and says what to do.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'

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
