// Every rule of the packs, and every word of the rule language, becomes a sentence in both languages: none is left as it was written.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { top } from './stage.mjs'

const callscope = process.env.CALLSCOPE ?? join(top, 'build/release/callscope')

const bundler = join(top, 'ui/node_modules/esbuild/lib/main.js')
const skip = existsSync(bundler) ? false : 'the packages of the interface are not installed'
const folder = mkdtempSync(join(tmpdir(), 'callscope-sentences-'))
let say

const run = async (...args) => (await promisify(execFile)(callscope, args, { cwd: top, maxBuffer: 64 << 20 })).stdout
const formOf = async (file) => JSON.parse(await run('rules', 'form', file))
async function formOfText(text) {
  const file = join(folder, 'one.rules')
  writeFileSync(file, text)
  return formOf(file)
}

before(async () => {
  if (skip) return
  const { build } = await import(bundler)
  const contents = "export * from './sentence'; export * from './names'"
  await build({ stdin: { contents, resolveDir: join(top, 'ui/src/pages/rules/sentence') }, bundle: true, format: 'esm', outfile: join(folder, 'say.mjs'), logLevel: 'error' })
  say = await import(join(folder, 'say.mjs'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const rulesOf = (form) => form.statements.filter(({ kind }) => kind === 'rule' || kind === 'flag')
function sentence(rule, language, ...forms) {
  const said = say.sentencesOf(rule, '', say.namesOf(language, ...forms), language)
  const whole = [said.main, ...said.more].join(' ')
  assert.ok(said.isWhole, `${rule.name} ${language}: a clause has no words`)
  assert.doesNotMatch(whole, /undefined|null|NaN|\[object/, `${rule.name} ${language}`)
  assert.match(whole, language === 'zh' ? /。$/ : /\.$/, `${rule.name} ${language}`)
  return said
}

test('every rule of the packs is a sentence', { skip }, async () => {
  const forms = []
  for (const pack of ['general', 'appliances', 'ecommerce']) {
    for (const file of readdirSync(join(top, 'packs', pack)).filter((name) => name.endsWith('.rules'))) forms.push(await formOf(join('packs', pack, file)))
  }
  const rules = forms.flatMap(rulesOf)
  assert.ok(rules.length > 50)
  for (const rule of rules) for (const language of ['zh', 'en']) sentence(rule, language, ...forms)
})

test('every operator and window has words', { skip }, async () => {
  const conditions = [
    'agent says all of "甲" | "乙" near 12 characters', 'agent says at least 2 of "甲" | "乙" | "丙"', 'customer says none of "甲"', 'agent asserts "甲" unless in "乙甲"',
    'agent sounds like "致歉"', 'agent plain terms', 'customer similar to "怎么还没好" likeness 70%', 'agent fact "保修" differs', 'customer entity amount > 500', 'customer intent refund',
    'customer topic price', 'customer emotion anger worsening', 'agent answers article warranty', 'agent model "有同理心"', 'agent repeats 3 times in a row likeness 80% of at least 4 characters',
    'agent asks again "单号" given "8812"', 'silence > 4s owed by customer not on hold', 'agent response time > 30s for first reply', 'agent overlap > 800ms', 'agent interrupts > 500ms',
    'agent pace > 220', 'agent pace > 30% over own start', 'customer loudness > -20', 'customer pitch > 300 average', 'hold by agent > 60s', 'transfer', 'hang-up by agent > 3s after last word',
    'event note by agent', 'duration > 10m', 'agent turns > 20', 'agent talk share > 70%', 'field amount > 100', 'count(customer says "甲") >= 3', 'nth(customer says "甲", 2)',
    'in order (agent says "甲", agent says "乙")', 'agent says "甲" in reply to customer says "乙"', 'not customer says "甲"', '(customer says "甲" or customer says "乙") and agent says "丙"',
    'agent says "甲" within 30s before', 'agent says "甲" within 3 turns around', 'agent says "甲" before agent says "乙"', 'agent says "甲" until agent says "乙"',
    'agent says "甲" between customer says "乙" and customer says "丙"', 'agent says "甲" first 20%', 'agent says "甲" last 30s', 'agent says "甲" by 2m', 'agent says "甲" anywhere', 'first agent says "甲"',
  ]
  for (const condition of conditions) {
    const form = await formOfText(`pairs terms = 主板 : 板子\n\nflag one\n  when ${condition}\n  then tag 甲\n`)
    for (const language of ['zh', 'en']) sentence(rulesOf(form)[0], language, form)
  }
})

test('a sentence says what the rule says', { skip }, async () => {
  const form = await formOfText('words 不满 = 太差 | 受不了\n\nrule sorry\n  for call where queue in (售后, 投诉)\n  when customer says 不满, once\n  expect agent says "抱歉" unless in "抱歉打断" within 2 agent turns after, strict\n  else experience -10 each, max -30, compliance fatal\n')
  const zh = sentence(rulesOf(form)[0], 'zh', form)
  assert.equal(zh.main, '首次：客户说「太差」或「受不了」后，坐席要在接下来 2 句话之内说「抱歉」。')
  assert.deepEqual(zh.more, ['「抱歉打断」不算。', '只看电话，且「queue」为售后、投诉。', '没有机会说话也算未达。', '没做到则：体验分 −10，每次都计，最多 30；合规分一票否决。'])
  const en = sentence(rulesOf(form)[0], 'en', form)
  assert.equal(en.main, 'The first time that the customer says "太差" or "受不了", the agent must say "抱歉" within 2 agent turns after.')
})
