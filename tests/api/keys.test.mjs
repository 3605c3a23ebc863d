// `keys rotate`: which key file it takes, what it says, and that a damaged recording keeps the older keys.
import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'

const kept = path.join(path.dirname(new URL(import.meta.url).pathname), '../fuzz/corpus/blob')
const NAME = '52481260bdc3cef9b62ca683266c7fd9'
let folder
let data
const key = () => path.join(data, 'recordings.key')
const recording = () => path.join(data, 'recordings', NAME.slice(0, 2), NAME)
const keyLines = async (file) => (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith('wrapping'))

before(async () => {
  folder = await makeFolder()
  data = path.join(folder, 'data')
})
after(() => rm(folder, { recursive: true }))

async function lay() {
  await rm(data, { recursive: true, force: true })
  await mkdir(path.dirname(recording()), { recursive: true })
  await copyFile(path.join(kept, 'hello'), recording())
  await copyFile(path.join(kept, 'key-file'), key())
  await chmod(key(), 0o600)
}

describe('keys rotate', () => {
  test('wraps every recording again, and the old key is gone', async () => {
    await lay()
    const [old] = await keyLines(key())
    const { code, stdout } = await run('keys', 'rotate', '--data', data)
    assert.equal(code, 0)
    assert.match(stdout, /^recordings under the new key: 1 \(wrapped again by this run: 1\)/)
    const now = await keyLines(key())
    assert.equal(now.length, 1)
    assert.notEqual(now[0], old)
    assert.equal((await stat(key())).mode & 0o777, 0o600)
  })

  test('takes --key-file before CALLSCOPE_KEY_FILE before the one in the store', async () => {
    await lay()
    const given = path.join(folder, 'given.key')
    const set = path.join(folder, 'set.key')
    await copyFile(key(), given)
    await copyFile(key(), set)
    const before = await readFile(key(), 'utf8')
    process.env.CALLSCOPE_KEY_FILE = set
    try {
      assert.equal((await run('keys', 'rotate', '--data', data, '--key-file', given)).code, 0)
      assert.notEqual(await readFile(given, 'utf8'), before)
      assert.equal(await readFile(set, 'utf8'), before)
      const { code, stderr } = await run('keys', 'rotate', '--data', data)
      assert.equal(code, 1) // the recording is under the key of the other file now
      assert.match(stderr, /no key of the key file opens the recording/)
      assert.equal(await readFile(key(), 'utf8'), before)
    } finally {
      delete process.env.CALLSCOPE_KEY_FILE
    }
  })

  test('names what it could not wrap, and keeps the older keys', async () => {
    await lay()
    await truncate(recording(), 100)
    const { code, stdout, stderr } = await run('keys', 'rotate', '--data', data)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`${NAME}: the recording .* is cut short`))
    assert.match(stderr, /so the older keys stay in/)
    assert.match(stderr, /recordings under the new key: 0 of 1/)
    assert.equal((await keyLines(key())).length, 2)
  })

  test('refuses with a remedy: no key file, one that others may read, no folder', async () => {
    await lay()
    await chmod(key(), 0o644)
    let said = await run('keys', 'rotate', '--data', data)
    assert.equal(said.code, 1)
    assert.match(said.stderr, /has mode 0644: others may get at it\n {2}what to do: chmod 600 it/)
    await rm(key())
    said = await run('keys', 'rotate', '--data', data)
    assert.equal(said.code, 1)
    assert.match(said.stderr, /there is no key file .*\n {2}what to do: put its copy back/)
    said = await run('keys', 'rotate', '--data', path.join(folder, 'elsewhere'))
    assert.equal(said.code, 1)
    assert.match(said.stderr, /there is no folder of recordings .*\n {2}what to do: name the store with --data/)
  })
})
