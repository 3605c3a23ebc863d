// How somebody sounds, and what is heard beside words: from a recogniser that tells it to rules, the page, exports and masks.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { conversation, makeFolder, open, run } from './callscope.mjs'
import { model, runWith, skip } from './pretender.mjs'

const RULES = `flag laughs
  title "客户笑" | "The customer laughs"
  when event laughter by customer
  then tag 笑
flag angry
  title "客户生气" | "An angry customer"
  when customer emotion angry
  then tag 生气
flag sad
  title "客户难过" | "A sad customer"
  when customer emotion sad
  then tag 难过
`
let folder, server, address, text

before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'in'))
  await writeFile(path.join(folder, 'rules.rules'), RULES)
  execFileSync('espeak-ng', ['-w', path.join(folder, 'in', 'call.wav'), 'good morning, I would like to have my money back, please'])
  server = http.createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify({ text })))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${server.address().port}/v1#format=json&model=`
})
after(async () => {
  server.closeAllConnections?.()
  server.close()
  await rm(folder, { recursive: true })
})

async function recognise(answer, model, ...more) {
  text = answer
  const data = path.join(folder, 'data'), place = more.length ? [] : [path.join(folder, 'in')]
  const done = await run('inspect', ...place, '--data', data, '--rules', path.join(folder, 'rules.rules'), '--speech', address + model, ...more)
  assert.equal(done.code, 0, done.stderr + done.stdout)
  const { stdout } = await run('export', '--data', data, '--format', 'jsonl')
  return JSON.parse(stdout.split('\n')[0])
}
const signsOf = ({ turns }) => turns.flatMap(({ annotations }) => annotations ?? []).filter(({ kind }) => kind === 'emotion' || kind === 'event')

test('a server with SenseVoice tells emotions and events; another model takes them away', async () => {
  const heard = await recognise('<|zh|><|ANGRY|><|Laughter|><|withitn|>我要退款。', 'one')
  assert.match(heard.turns.map((turn) => turn.text).join(''), /^我要退款/)
  assert.deepEqual(signsOf(heard)[0], { kind: 'emotion', label: 'angry' })
  assert.deepEqual(signsOf(heard)[1], { kind: 'event', label: 'laughter' })
  assert.ok(heard.annotated.includes('emotion') && heard.annotated.includes('event'))
  assert.match(heard.recognised.model, /model=one/)
  const again = await recognise('我要退款。', 'two', '--again')
  assert.match(again.recognised.model, /model=two/)
  assert.deepEqual(signsOf(again), [])
  assert.ok(!(again.annotated ?? []).includes('emotion'))
})

test('while it is spoken rules read it, and judge as at once', { skip }, async () => {
  const models = path.join(folder, 'models'), rules = path.join(folder, 'live.rules')
  await model(models, 'hears', 'sense-voice', 'model.onnx', 'way-angry')
  await model(models, 'calm', 'sense-voice', 'model.onnx')
  await writeFile(rules, RULES.replaceAll('customer emotion', 'anyone emotion'))
  const listen = async (name) => {
    const { code, stdout, stderr } = await runWith(models, 'listen', path.join(folder, 'in', 'call.wav'), '--rules', rules, '--model', name, '--speed', '0', '--json')
    assert.equal(code, 0, stderr + stdout)
    const events = stdout.trim().split('\n').map((line) => JSON.parse(line))
    return Object.fromEntries(events.filter(({ event }) => event === 'verdict').map(({ rule, verdict }) => [rule, verdict]))
  }
  assert.deepEqual(await listen('hears'), { angry: 'noted' })
  assert.deepEqual(await listen('calm'), {})
})

test('rules, the page, exports and what is covered', async () => {
  const one = conversation('S-1', ['别笑了,打我13812342071', '您好', '好的'])
  one.turns[0].annotations = [{ kind: 'emotion', label: 'angry', confidence: 0.9 }, { kind: 'event', label: 'laughter', from: 0, to: 3 }]
  one.annotated = ['emotion']
  const store = await open([one], RULES)
  try {
    const { items } = (await store.api('conversations')).body
    const page = (await store.api(`conversations/${items[0].id}`)).body
    assert.deepEqual(page.turns[0].annotations, [
      { kind: 'emotion', label: 'angry', confidence: 0.9 }, { kind: 'event', label: 'laughter', from: 0, to: 3 },
    ])
    assert.equal(page.turns[1].annotations, undefined)
    assert.ok(page.masking.covered > 0 && !page.turns[0].text.includes('13812342071'))
    assert.deepEqual([...page.tags].sort(), ['生气', '笑'].sort())
    const verdict = (rule) => page.rules.find((one) => one.rule === rule)?.verdict
    assert.equal(verdict('sad'), 'not_noted') // it was looked for
    const lines = (await store.get('/api/v1/export?format=jsonl')).text.split('\n').filter(Boolean).map((line) => JSON.parse(line))
    assert.deepEqual(signsOf(lines[0]).map(({ label }) => label), ['angry', 'laughter'])
  } finally {
    await store.close()
  }
})
