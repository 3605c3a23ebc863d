// Commas and full stops by a model of their own, in a second child: where one is here they stand in the words, and when it fails
// only they are missing. The library is a pretender (tests/unit/speech/recogniser_pretender.c).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { makeFolder, run } from './callscope.mjs'
import { model, runWith, skip } from './pretender.mjs'

const RULES = 'flag refund\n  title "要退款" | "Refund"\n  when anyone says "款"\n  then tag refund\n'
let folder, number = 0

before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'in'))
  await writeFile(path.join(folder, 'rules.rules'), RULES)
  execFileSync('espeak-ng', ['-w', path.join(folder, 'in', 'call.wav'), 'good morning, I would like to have my money back, please'])
})
after(() => rm(folder, { recursive: true }))

/** The words as they are exported, and what was said on standard error. */
async function hear(marks) {
  const models = path.join(folder, `models-${++number}`), data = path.join(folder, `data-${number}`)
  await model(models, 'hears', 'sense-voice', 'model.onnx')
  if (marks) await model(models, 'marks', 'punctuation', marks)
  const done = await runWith(models, 'inspect', path.join(folder, 'in'), '--data', data, '--rules', path.join(folder, 'rules.rules'), '--speech', 'hears')
  assert.equal(done.code, 0, done.stderr + done.stdout)
  const { stdout } = await run('export', '--data', data, '--format', 'jsonl')
  return { turn: JSON.parse(stdout.split('\n')[0]).turns[0], stderr: done.stderr }
}

test("its marks stand behind the words, whose times and places stay", { skip }, async () => {
  const plain = (await hear(null)).turn, { turn, stderr } = await hear('m-middle')
  assert.match(plain.text, /^退款/)
  assert.match(turn.text, /^退；款/)
  assert.equal(turn.text.replace(/[^a-z退款]/g, ''), plain.text.replace(/[^a-z退款]/g, ''))
  const times = ({ words }) => words.map(({ start_ms, end_ms }) => [start_ms, end_ms])
  assert.deepEqual(times(turn), times(plain))
  for (const { offset, length } of turn.words) assert.match([...turn.text].slice(offset, offset + length).join(''), /^[a-z退款]+$/)
  assert.doesNotMatch(stderr, /speech:/)
})

test('one that breaks costs its marks, and that is told once', { skip }, async () => {
  const plain = (await hear(null)).turn, { turn, stderr } = await hear('m-always-abort')
  assert.equal(turn.text, plain.text)
  assert.equal(stderr.match(/commas and full stops come from pauses/g)?.length, 1, stderr)
  assert.match(stderr, /marks: /)
})
