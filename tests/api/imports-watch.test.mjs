// A watched folder: what others put into it comes in by itself, once it is complete.
import assert from 'node:assert/strict'
import { appendFile, chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { conversation, run } from './callscope.mjs'
import { clearedUp, filesUnder, pause, serveImports, wav } from './imports.mjs'

let folder
let watched
let server
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'callscope-watch-'))
  watched = path.join(folder, 'in')
  await mkdir(path.join(watched, 'calls'), { recursive: true })
  await writeFile(path.join(watched, 'old.json'), JSON.stringify([conversation('O-1', ['a', 'b'])]))
  server = await serveImports(folder, '--watch', watched)
})
after(async () => {
  await chmod(watched, 0o700)
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const put = (name, ids) => writeFile(path.join(watched, name), JSON.stringify(ids.map((id) => conversation(id, ['a', 'b']))))
const imports = async () => (await server.get('imports?limit=200')).body.items

/** Waits until a conversation is there; no limit of time but the test's. */
async function arrival(id) {
  while ((await server.get(`conversations/${id}`)).status !== 200) await pause(50)
  for (;;) {
    const [newest] = await imports()
    if (newest.state === 'done') return newest
    await pause(20)
  }
}

describe('a watched folder', () => {
  test('what lies there at the start comes in, and stays where it is', async () => {
    const done = await arrival('O-1')
    assert.equal(done.how, 'watch')
    assert.equal(done.name, 'in')
    assert.equal((await server.get('conversations/O-1')).body.source, path.join(watched, 'old.json'))
    await clearedUp(folder)
    assert.equal((await filesUnder(watched)).length, 1)
  })

  test('new and changed files come in, unfinished ones wait', async () => {
    await put('a.json', ['A-1'])
    await put('b.json.part', ['B-1'])
    await put('~c.json', ['C-1'])
    const first = await arrival('A-1')
    assert.equal(first.counts.files, 1)
    assert.equal((await server.get('conversations/B-1')).status, 404)
    await rename(path.join(watched, 'b.json.part'), path.join(watched, 'b.json'))
    await put('a.json', ['A-1', 'A-2'])
    await arrival('A-2')
    await arrival('B-1')
    assert.equal((await server.get('conversations/C-1')).status, 404)
  })

  test('a file that is still written is not read before it rests', async () => {
    const file = path.join(watched, 'slow.jsonl')
    await writeFile(file, '')
    for (let i = 0; i < 12; i++) {
      await appendFile(file, `${JSON.stringify(conversation(`S-${i}`, ['a', 'b']))}\n`)
      await pause(400)
    }
    const done = await arrival('S-11')
    assert.equal(done.counts.refused, 0)
    assert.equal((await imports()).filter((i) => i.counts.read >= 12).length, 1)
  })

  test('a recording that comes later joins its transcript', async () => {
    await writeFile(path.join(watched, 'calls', '17.json'), JSON.stringify(conversation('17', ['a', 'b'])))
    await arrival('17')
    await writeFile(path.join(watched, 'calls', '17.wav'), wav(10))
    while (!(await server.get('conversations/17')).body.recording) await pause(50)
    assert.equal((await server.get('conversations?q=17')).body.total, 1)
  })

  test('what is refused is told once', async () => {
    await writeFile(path.join(watched, 'bad.json'), '[{"id": "X-1"}]')
    await put('z.json', ['Z-1'])
    const done = await arrival('Z-1')
    assert.equal(done.counts.refused, 1)
    const { body } = await server.get(`imports/${done.number}/refusals`)
    assert.equal(body.items[0].file, path.join(watched, 'bad.json'))
    const count = (await imports()).length
    await pause(5000)
    assert.equal((await imports()).length, count)
  })

  test('a folder that vanishes is told, and that it is back', async () => {
    const away = path.join(folder, 'away')
    await rename(watched, away)
    while (!/can't be read any more/.test(server.log())) await pause(50)
    await rename(away, watched)
    while (!/is back/.test(server.log())) await pause(50)
    assert.equal(server.log().match(/can't be read any more/g).length, 1)
    await put('back.json', ['K-1'])
    await arrival('K-1')
  })

  test('a folder that can only be read is enough, and a second start changes nothing', async () => {
    await put('ro.json', ['R-1'])
    await chmod(watched, 0o500)
    await arrival('R-1')
    const count = (await imports()).length
    const total = (await server.get('conversations')).body.total
    await server.stop()
    server = await serveImports(folder, '--watch', watched)
    await pause(7000)
    for (let open = true; open;) open = (await imports()).some((i) => ['waiting', 'running'].includes(i.state))
    assert.equal((await server.get('conversations')).body.total, total)
    assert.ok((await imports()).length <= count + 1, 'only what was refused before may be told again')
  })

  test('a folder that is not there, and a mapping without a folder, are said at the start', async () => {
    const missing = await run('serve', '--port', '0', '--data', path.join(folder, 'data2'), '--watch', path.join(folder, 'nowhere'))
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /nowhere can't be read/)
    assert.equal((await run('serve', '--watch-mapping', 'x.json')).code, 2)
  })
})
