// `callscope models`: what it lists, and that a model comes whole or not at all, from a folder, an archive or an address.
// Nothing here is kept in a store: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, afterEach, before, describe, test } from 'node:test'
import { makeFolder, program, run } from './callscope.mjs'

const NAME = 'zh-zipformer-phonetic-3.3m'
const UPSTREAM = 'sherpa-onnx-kws-zipformer-wenetspeech-3.3M-2024-01-01-mobile'
const shared = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/data/models')
const atHand = existsSync(path.join(shared, NAME)) ? {} : { skip: 'the phonetic model is not at hand' }

let folder
let data
let archive // as upstream packs it
const env = {}
const own = (...more) => path.join(data, 'models', ...more)
const models = (...words) => run('models', ...words, '--data', data)

before(async () => {
  folder = await makeFolder()
  data = path.join(folder, 'data')
  for (const name of ['CALLSCOPE_MODELS', 'XDG_DATA_HOME', 'https_proxy']) env[name] = process.env[name]
  delete process.env.CALLSCOPE_MODELS
  process.env.XDG_DATA_HOME = path.join(folder, 'share')
  if (atHand.skip) return
  await cp(path.join(shared, NAME), path.join(folder, UPSTREAM), { recursive: true })
  execFileSync('chmod', ['-R', 'u+w', path.join(folder, UPSTREAM)])
  archive = path.join(folder, `${UPSTREAM}.tar.bz2`)
  execFileSync('tar', ['-C', folder, '-cjf', archive, UPSTREAM])
})
afterEach(async () => {
  delete process.env.CALLSCOPE_MODELS
  await rm(data, { recursive: true, force: true })
})
after(async () => {
  for (const [name, value] of Object.entries(env))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  await rm(folder, { recursive: true })
})

async function expectWhole() {
  const verified = await models('verify', NAME)
  assert.equal(verified.code, 0, verified.stderr)
  assert.match(verified.stdout, /whole and unchanged, 4 files in/)
  assert.deepEqual((await readdir(own())).filter((name) => name !== `.${NAME}.lock`), [NAME])
}

/** Serves the archive; answer decides what becomes of each request. */
async function serve(answer) {
  const bytes = await readFile(archive)
  const server = http.createServer((request, response) => answer(request, response, bytes))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.address_ = `http://127.0.0.1:${server.address().port}/${UPSTREAM}.tar.bz2`
  return server
}

function sendFrom(request, response, bytes) {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from >= bytes.length) return response.writeHead(416).end()
  response.writeHead(from ? 206 : 200, {
    'content-length': bytes.length - from,
    ...(from && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  })
  return response.end(bytes.subarray(from))
}

describe('the list', () => {
  test('says of each model what it is for, its licence and files, and whether it is here', async () => {
    const { code, stdout } = await models('--json')
    assert.equal(code, 0)
    const list = JSON.parse(stdout).models
    assert.ok(list.length > 15)
    for (const model of list) {
      assert.match(model.name, /^[a-z0-9][a-z0-9.-]*$/)
      assert.ok(model.licence.name && model.about && model.languages && model.sources.length > 0, model.name)
      assert.match(model.licence.address, /^https:\/\//)
      for (const file of model.files) assert.match(file.sha256 ?? '0'.repeat(64), /^[0-9a-f]{64}$/)
      assert.equal(model.here, null)
    }
    assert.equal(new Set(list.map((model) => model.name)).size, list.length)
  })

  test('fits a terminal, and where names the folders in their order', async () => {
    const { stdout } = await models()
    assert.match(stdout, /^name +for +languages +licence +size/)
    assert.match(stdout, /^sense-voice-small +sense-voice +zh en ja ko yue +FunASR Model License 1\.1 +240 MB/m)
    process.env.CALLSCOPE_MODELS = '/a:/b'
    const where = await models('where')
    assert.deepEqual(
      where.stdout.trim().split('\n').map((line) => line.split('  ')[0]),
      [own(), '/a', '/b', path.join(folder, 'share/callscope/models')],
    )
  })

  test('a name that is none is answered with the nearest', async () => {
    const { code, stderr } = await models('pull', 'sense-voice-smal')
    assert.equal(code, 1)
    assert.match(stderr, /there is no model named sense-voice-smal\n.*did you mean sense-voice-small\?/)
  })
})

describe('a model that stands in CALLSCOPE_MODELS', atHand, () => {
  test('is here under its own name or the upstream one, and is left alone', async () => {
    for (const place of [shared, folder]) {
      process.env.CALLSCOPE_MODELS = place
      const { stdout } = await models('where', NAME)
      assert.equal(stdout.trim(), path.join(place, place === shared ? NAME : UPSTREAM))
      assert.equal((await models('verify')).code, 0)
      assert.match((await models('pull', NAME)).stdout, /is here already, whole/)
    }
    const removed = await models('remove', NAME)
    assert.equal(removed.code, 1)
    assert.match(removed.stderr, /which callscope only reads/)
  })
})

describe('pull', atHand, () => {
  test('takes a folder or an archive; verify finds what was changed; remove removes it', async () => {
    for (const from of [path.join(folder, UPSTREAM), folder, archive]) {
      const { code, stdout, stderr } = await models('pull', NAME, '--from', from)
      assert.equal(code, 0, stderr)
      assert.match(stdout, new RegExp(`^${NAME} is here now: `))
      await expectWhole()
    }
    const tokens = await readFile(own(NAME, 'tokens.txt'))
    await writeFile(own(NAME, 'tokens.txt'), Buffer.concat([Buffer.from('X'), tokens.subarray(1)]))
    const verified = await models('verify', NAME)
    assert.equal(verified.code, 1)
    assert.match(verified.stderr, /tokens\.txt is another file than the manifest's/)
    assert.match((await models('remove', NAME)).stdout, /is removed/)
    assert.deepEqual(await readdir(own()), [])
    assert.equal((await models('verify', NAME)).code, 1)
  })

  test('without a network says what to fetch, where to put it and what to call', async () => {
    process.env.https_proxy = 'http://127.0.0.1:9' // nobody listens there
    const { code, stderr } = await models('pull', NAME)
    delete process.env.https_proxy
    assert.equal(code, 1)
    assert.match(stderr, /could not be fetched: curl: \(7\)/)
    assert.match(stderr, new RegExp(`https://github\\.com/.*${UPSTREAM}\\.tar\\.bz2`))
    assert.match(stderr, new RegExp(`callscope models pull ${NAME} --from `))
  })

  test('goes on where a line was cut', async () => {
    const ranges = []
    const server = await serve((request, response, bytes) => {
      ranges.push(request.headers.range ?? '')
      if (ranges.length > 1) return sendFrom(request, response, bytes)
      response.writeHead(200, { 'content-length': bytes.length })
      return response.write(bytes.subarray(0, 1000000), () => response.destroy())
    })
    try {
      const cut = await models('pull', NAME, '--from', server.address_)
      if (cut.code !== 0) assert.equal((await models('pull', NAME, '--from', server.address_)).code, 0)
      assert.match(ranges.at(-1), /^bytes=[1-9]\d*-$/)
      await expectWhole()
    } finally {
      server.close()
    }
  })

  test('refuses an archive with another file in it, and begins anew the next time', async () => {
    let isBad = true
    const server = await serve((request, response, bytes) => {
      if (!isBad) return sendFrom(request, response, bytes)
      return response.writeHead(200).end(Buffer.concat([bytes.subarray(0, 5000), Buffer.alloc(bytes.length - 5000)]))
    })
    try {
      const refused = await models('pull', NAME, '--from', server.address_)
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, /the archive is (damaged|cut)/)
      isBad = false
      assert.equal((await models('pull', NAME, '--from', server.address_)).code, 0)
      await expectWhole()
    } finally {
      server.close()
    }
  })

  test('killed while it fetches or unpacks, it leaves no half model; run again it ends', async () => {
    for (const share of [0, 0.5, 0.99]) {
      let hold // the answer of which only a part was sent
      const server = await serve((request, response, bytes) => {
        if (hold || request.headers.range) return sendFrom(request, response, bytes)
        hold = response
        response.writeHead(200, { 'content-length': bytes.length })
        return response.write(bytes.subarray(0, Math.floor(bytes.length * share) || 1), () => child.kill('SIGKILL'))
      })
      const words = ['models', 'pull', NAME, '--from', server.address_, '--data', data]
      const child = spawn(program, words, { stdio: 'ignore' })
      await once(child, 'exit')
      if (!hold.closed) await once(hold, 'close') // what fetched for it is gone, too
      assert.ok(!existsSync(own(NAME)))
      assert.equal((await models('pull', NAME, '--from', server.address_)).code, 0)
      await expectWhole()
      server.close()
      await rm(data, { recursive: true })
    }
  })

  test('is one at a time', async () => {
    const answers = []
    const server = await serve((request, response, bytes) => answers.push(() => sendFrom(request, response, bytes)))
    const words = ['models', 'pull', NAME, '--from', server.address_, '--data', data]
    const first = spawn(program, words, { stdio: 'ignore' })
    const ended = once(first, 'exit')
    await once(server, 'request')
    const second = await models('pull', NAME, '--from', path.join(folder, UPSTREAM))
    assert.equal(second.code, 1)
    assert.match(second.stderr, /is being fetched into .* already/)
    answers[0]()
    assert.equal((await ended)[0], 0)
    await expectWhole()
    server.close()
  })

  test('says when the disk refuses', atHand, async () => {
    await mkdir(data, { recursive: true })
    await writeFile(own(), 'a file where the folder should be') // which stops root, too
    const { code, stderr } = await models('pull', NAME, '--from', archive)
    assert.equal(code, 1)
    assert.match(stderr, /data\/models exists and is no folder\n +what to do: /)
  })
})

describe('doctor', () => {
  const doctor = (...more) => run('doctor', '--data', data, '--rules', 'packs', ...more)

  test('advises a model for the language and says how to get it', async () => {
    const { stdout } = await doctor('--language', 'wuu')
    assert.match(stdout, /^off +speech +.*wenet-wu would suit wuu on \d+ cores.*\n +callscope models pull wenet-wu$/m)
    assert.match((await doctor('--language', 'tlh')).stdout, /no model that is known here covers tlh/)
  })

  test('says when the library is missing', async () => {
    process.env.CALLSCOPE_SPEECH_LIBRARY = folder
    const { code, stdout } = await doctor()
    delete process.env.CALLSCOPE_SPEECH_LIBRARY
    assert.equal(code, 0, 'what is off is not broken')
    assert.match(stdout, /^off +speech +CALLSCOPE_SPEECH_LIBRARY names /m)
  })

  test('tries each model that is here, and tells a changed one', atHand, async () => {
    assert.equal((await models('pull', NAME, '--from', archive)).code, 0)
    const well = await doctor()
    if (!/^off +speech .*(library|libsherpa)/m.test(well.stdout))
      assert.match(well.stdout, new RegExp(`^ok +speech +${NAME} recognises: zh, sherpa-onnx \\d+\\.\\d+\\.\\d+, \\d+ MB`, 'm'))
    const tokens = await readFile(own(NAME, 'tokens.txt'))
    await writeFile(own(NAME, 'tokens.txt'), Buffer.concat([Buffer.from('X'), tokens.subarray(1)]))
    const ill = await doctor()
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /^FAIL +speech +.*tokens\.txt is another file than the manifest's/m)
  })
})

/** Sound of 8 kHz: a second of silence before each half second of noise, and behind the last. */
async function writeBursts(file, count) {
  const samples = new Int16Array(8000 + count * 12000)
  let seed = 1
  for (let i = 0; i < samples.length; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648
    if (i % 12000 >= 8000) samples[i] = (seed / 2147483648 - 0.5) * 24000
  }
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(16000, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.byteLength, 40)
  await writeFile(file, Buffer.concat([head, Buffer.from(samples.buffer)]))
}

/** What the model heard in the file. null: there is no library to run it. */
async function hear(t, model, file, said) {
  const list = path.join(folder, 'said.tsv')
  await writeFile(list, `${file}\t${said}\n`)
  const { code, stdout, stderr } = await run('evaluate', 'speech', list, '--model', model, '--data', data, '--json')
  if (/libsherpa|without recognisers/.test(stderr)) return t.skip('the library of recognisers is not installed')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

describe('models of one\'s own', () => {
  const cases = path.join(path.dirname(fileURLToPath(import.meta.url)), '../cases/models')

  test('a folder with a model.json is a model; one that is not well described is named and left out', async () => {
    await cp(path.join(cases, 'mock-ctc'), own('mock-ctc'), { recursive: true })
    await mkdir(own('broken'))
    await writeFile(own('broken', 'model.json'), '{"name":"broken"}')
    const { stdout, stderr } = await models()
    assert.match(stdout, /^mock-ctc +wenet-ctc +zh +Apache-2\.0 +< 1 MB.*mock-ctc$/m)
    assert.match(stderr, /broken\/model\.json: the model's member is missing/)
    assert.equal((await models('verify', 'mock-ctc')).code, 0)
    assert.match((await models('pull', 'mock-ctc', '--from', cases)).stdout + (await models('pull', 'mock-ctc', '--from', cases)).stderr,
      /is a model of your own/)
    assert.ok(existsSync(own('mock-ctc', 'model.json')))
  })

  test('MOCK: a model that takes a piece as a whole recognises through the real library, long sound in pieces', async (t) => {
    process.env.CALLSCOPE_MODELS = cases
    const file = path.join(folder, 'bursts.wav')
    for (const count of [3, 60]) {
      await writeBursts(file, count)
      const heard = await hear(t, 'mock-ctc', file, '喂'.repeat(count))
      if (!heard) return
      assert.equal(heard.recogniser.model, 'mock-ctc')
      assert.equal(heard.syllables.error_percent, 0, JSON.stringify(heard.results))
    }
  })

  // Made by tools/whisper-onnx/fetch.
  const made = path.join(cases, '../../../build/models')
  const whisper = path.join(made, 'whisper-base-converted')
  const sentence = path.join(shared, '../audio/en/giga_0.wav')
  const isMade = existsSync(whisper) && existsSync(sentence)
  if (!isMade) console.log('# Whisper is not tried on English: build/models/whisper-base-converted is not made')
  else test('Whisper hears an English sentence', async (t) => {
    process.env.CALLSCOPE_MODELS = made
    const said = 'AFTER EARLY NIGHTFALL THE YELLOW LAMPS WOULD LIGHT UP HERE AND THERE THE SQUALID QUARTER OF THE BROTHELS'
    const heard = await hear(t, 'whisper-base-converted', sentence, said)
    if (heard) assert.ok(heard.words.error_percent <= 10, JSON.stringify(heard.results))
  })
})

test('without a store models go to the account', atHand, async () => {
  const store = path.join(folder, 'elsewhere')
  await mkdir(store)
  const before_ = process.cwd()
  process.chdir(store)
  try {
    assert.equal((await run('models', 'pull', NAME, '--from', archive)).code, 0)
    assert.ok((await stat(path.join(folder, 'share/callscope/models', NAME, 'tokens.txt'))).isFile())
    assert.equal((await run('models', 'remove', NAME)).code, 0)
  } finally {
    process.chdir(before_)
  }
})
