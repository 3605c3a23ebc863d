// The words of a centre reach its recogniser: a name that no lexicon knows is spelt as it is written here. With the phonetic model
// and real clips of ../shared; where they are absent it says so.
// What it proves is recognition: not run again on PostgreSQL.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolder, run } from './callscope.mjs'

const shared = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/data')
const MODEL = 'zh-zipformer-phonetic-3.3m', clips = path.join(shared, 'audio/zh')
const here = existsSync(path.join(shared, 'models', MODEL)) && existsSync(clips)
const ofModel = here ? {} : { skip: `the model ${MODEL} and its clips are not in ../shared/data` }
if (here) process.env.CALLSCOPE_MODELS = path.join(shared, 'models')
const NAME = 'wenetspeech_4' // 蒋友伯被拍到带着女儿出游
const PRODUCT = 'masr_test' // … 而改送压岁书
const RULES = 'flag named\n  title "被拍到" | "Seen"\n  when anyone says "被拍到" | "改送压岁书" | /出.游/\n  then tag seen\n'

let folder
before(async () => {
  folder = await makeFolder()
  await mkdir(path.join(folder, 'calls'))
  await mkdir(path.join(folder, 'rules'))
  await writeFile(path.join(folder, 'rules', 'own.rules'), RULES)
  if (here) for (const name of [NAME, PRODUCT]) await copyFile(path.join(clips, `${name}.wav`), path.join(folder, 'calls', `${name}.wav`))
})
after(() => rm(folder, { recursive: true }))

const inspect = (data, ...more) => run('inspect', path.join(folder, 'calls'), '--data', path.join(folder, data), '--rules', path.join(folder, 'rules'), '--json', ...more)

/** What was written down of each clip. */
async function textsOf(data) {
  const list = await run('export', '--data', path.join(folder, data), '--format', 'jsonl')
  const texts = {}
  for (const line of list.stdout.trim().split('\n')) {
    const { id } = JSON.parse(line), shown = await run('show', id, '--data', path.join(folder, data), '--json')
    const { external_id, turns } = JSON.parse(shown.stdout)
    texts[external_id] = turns.map(({ text }) => text).join(' ')
  }
  return texts
}

test('a name and a product are spelt as words.txt and the book write them, and not without', ofModel, async () => {
  const without = await inspect('without')
  assert.equal(without.code, 0, without.stderr)
  assert.deepEqual(JSON.parse(without.stdout).counts.words, { own: 0, book: 0, people: 0, rules: 2 })
  const before = await textsOf('without')
  assert.ok(!before[NAME].includes('蒋友伯'), before[NAME])
  assert.ok(!before[PRODUCT].includes('压岁书'), before[PRODUCT])
  await writeFile(path.join(folder, 'rules', 'words.txt'), '# 我们的人\n蒋友伯 | 3\n')
  await writeFile(path.join(folder, 'rules', 'book.facts'), '压岁书/小书 | 保修 | 1年 | | | 手册\n')
  const made = await inspect('with')
  assert.equal(made.code, 0, made.stderr)
  assert.deepEqual(JSON.parse(made.stdout).counts.words, { own: 1, book: 3, people: 0, rules: 2 })
  const texts = await textsOf('with')
  assert.ok(texts[NAME].includes('蒋友伯'), texts[NAME])
  assert.ok(texts[PRODUCT].includes('压岁书'), texts[PRODUCT])
})

test('a line that is no word is told with its place and what to do, and the others count', ofModel, async () => {
  const words = path.join(folder, 'own.txt')
  await writeFile(words, '蒋友伯 | much\n蒋友伯\n')
  const made = await inspect('told', '--words', words)
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stderr, /own\.txt:1: the weight behind the bar is no number from 0 to 10\n {2}what to do: /)
  assert.equal(JSON.parse(made.stdout).counts.words.own, 1)
})

test('words.txt in the folder of the store serves where nothing stands beside the rules', ofModel, async () => {
  await rm(path.join(folder, 'rules', 'words.txt'))
  await mkdir(path.join(folder, 'stored'))
  await writeFile(path.join(folder, 'stored', 'words.txt'), '蒋友伯 | 3\n')
  const made = await inspect('stored')
  assert.equal(JSON.parse(made.stdout).counts.words.own, 1, made.stderr)
  assert.ok((await textsOf('stored'))[NAME].includes('蒋友伯'))
})

test('a live call knows them, too', ofModel, async () => {
  const words = path.join(folder, 'live.txt')
  await writeFile(words, '蒋友伯 | 3\n')
  const made = await run('listen', path.join(clips, `${NAME}.wav`), '--rules', path.join(folder, 'rules'), '--data', path.join(folder, 'nowhere'), '--words', words, '--speed', '0', '--json')
  assert.equal(made.code, 0, made.stderr)
  const events = made.stdout.trim().split('\n').map((line) => JSON.parse(line))
  assert.equal(events[0].words.own, 1)
  const said = events.filter(({ event }) => event === 'final').map(({ text }) => text).join('')
  assert.ok(said.includes('蒋友伯'), made.stdout)
})

test('a words.txt that is named and not there ends it, and says what to do', async () => {
  const made = await inspect('missing', '--words', path.join(folder, 'nothing.txt'))
  assert.equal(made.code, 1)
  assert.match(made.stderr, /nothing\.txt/)
  assert.match(made.stderr, /what to do: /)
  assert.equal(await readFile(path.join(folder, 'missing', 'callscope.db')).catch(() => null), null)
})
