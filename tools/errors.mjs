#!/usr/bin/env node
// tools/errors.mjs [--check] - gathers every message a user may meet out of src/ into docs/errors.md; --check only compares.
// A message is a literal reason with the remedy that goes with it: message_set and message_remedy in one function, or a call
// of a function whose parameters are called reason and remedy.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const target = path.join(root, 'docs/errors.md')

/** Folder, then the beginning of the file's name: under which heading it stands. The first that fits. */
const HEADINGS = [
  ['base', 'json', 'JSON'], ['base', '', 'Files and folders'], ['store', 'key', 'The key file'], ['store', 'blob', 'Stored recordings'], ['store', '', 'The store'],
  ['audio', '', 'Recordings'], ['speech', 'model', 'Models of speech'], ['speech', '', 'Recognising speech'], ['conversation', 'mapping', 'Mappings'], ['conversation', 'name_pattern', 'Mappings'], ['conversation', 'vcon', 'vCon'],
  ['conversation', 'xlsx', 'Excel workbooks'], ['conversation', 'email', 'E-mail'], ['conversation', 'chat_text', 'Text of chat programs'],
  ['conversation', 'recogniser', 'Results of speech recognisers'], ['conversation', 'srt', 'Captions'], ['conversation', 'webvtt', 'Captions'], ['conversation', 'caption', 'Captions'],
  ['conversation', 'json', 'Conversations as JSON'], ['conversation', 'finish', 'What a conversation must be'], ['conversation', 'delimited', 'Tables'], ['conversation', 'row', 'Tables'],
  ['conversation', 'table', 'Tables'], ['conversation', '', 'Reading conversations'], ['rules', 'facts', 'Test cases of rules'], ['rules', '', 'Rules'],
  ['records', 'people', 'Customers and agents'], ['records', '', 'Call lists, tickets, rosters, scores'], ['quality', 'export', 'Exports'], ['quality', 'event', 'Events'],
  ['quality', 'inspect', 'Inspecting'], ['quality', 'recording', 'Recordings that are kept'], ['quality', 'playback', 'Listening to recordings'], ['quality', 'waveform', 'Listening to recordings'],
  ['quality', 'archive', 'Finding conversations'], ['quality', '', 'Trying out rules'], ['imports', 'upload', 'Uploads'], ['imports', 'watch', 'Watched folders'], ['imports', '', 'Imports'],
  ['http', '', 'The server'], ['cli', '', 'Commands'], ['text', '', 'Text'],
]

const files = (folder) => readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? files(path.join(folder, entry.name)) : entry.name.endsWith('.c') ? [path.join(folder, entry.name)] : []).sort()

/** The text between the bracket at `at` and its partner, cut at the commas of its own level. */
function readArguments(code, at) {
  const found = []
  let [depth, from, quote] = [0, at + 1, '']
  for (let i = at; i < code.length; i++) {
    const c = code[i]
    if (quote) {
      if (c === '\\') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c) && --depth === 0) return { list: [...found, code.slice(from, i).trim()], end: i }
    else if (c === ',' && depth === 1) {
      found.push(code.slice(from, i).trim())
      from = i + 1
    }
  }
  return { list: found, end: code.length }
}

/** The literal texts of an argument: one, or those of a choice a ? "b" : "c". [] when it is worked out elsewhere. */
function literals(argument = '') {
  const parts = argument.replace(/\/\*[^]*?\*\//g, '').match(/(?:"(?:[^"\\\n]|\\.)*"|PRI\w+|CS_[A-Z_]+(?=\s*"))(?:\s*(?:"(?:[^"\\\n]|\\.)*"|PRI\w+))*/g) ?? []
  return parts.filter((part) => part.includes('"')).map((part) => [...part.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((m) => m[1]).join(''))
    .map((text) => text.replace(/\\n/g, ' ').replace(/\\"/g, '"').replace(/\\\\/g, '\\').replace(/%%/g, '\u0000')
      .replace(/%[-+ 0#]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j)?[a-zA-Z]/g, '…').replace(/\u0000/g, '%'))
    .filter((text) => /[a-zA-Z]{2}/.test(text) || text.length > 12)
}

/** Functions that take words: name -> { reason, remedy } as numbers of parameters. */
function wordFunctions(code) {
  const found = new Map([['message_set', { reason: 2 }], ['message_remedy', { remedy: 1 }]])
  for (const match of code.matchAll(/^(?:static )?[\w ]+[ *](\w+)\(/gm)) {
    const { list, end } = readArguments(code, match.index + match[0].length - 1)
    if (!/^\s*(?:__attribute__\S*\s*)?[{;]/.test(code.slice(end + 1))) continue
    const at = (...names) => list.findIndex((one) => /\bchar\b/.test(one) && names.some((name) => one.endsWith(`*${name}`)))
    const [reason, remedy] = [at('reason', 'trouble', 'why', 'words'), at('remedy', 'hint')]
    if (reason >= 0 && (remedy >= 0 || list.some((one) => /cs_message \*/.test(one)) || /refuse|fail|broken/.test(match[1]))) found.set(match[1], { reason, ...(remedy >= 0 ? { remedy } : {}) })
  }
  return found
}

const sources = files('src').map((file) => ({ file, code: readFileSync(path.join(root, file), 'utf8') }))
const shared = wordFunctions(sources.map(({ code }) => code.replace(/^static [^]*?^}/gm, '')).join('\n'))

function messagesOf({ file, code }) {
  const callable = new Map([...shared, ...wordFunctions(code)])
  const found = []
  // Function by function: a remedy belongs to the reason before it.
  for (const body of code.split(/^}/m)) {
    const start = body.search(/^\{|\) \{$/m)
    if (start < 0) continue
    let last = []
    for (const match of body.slice(start).matchAll(/\b(\w+)\(/g)) {
      const words = callable.get(match[1])
      if (!words) continue
      const { list } = readArguments(body.slice(start), match.index + match[0].length - 1)
      const remedies = words.remedy === undefined ? [] : literals(list[words.remedy])
      if (words.reason === undefined) {
        for (const one of last) one.remedies.push(...remedies)
        continue
      }
      const reasons = literals(list[words.reason])
      if (!reasons.length) continue
      if (match[1] === 'message_set' && list.slice(3).length && reasons[0] === '…') continue
      const code_ = list.find((one) => /CS_ERR_MEMORY/.test(one))
      last = reasons.map((reason) => ({ reason, remedies: [...remedies], isMemory: Boolean(code_) }))
      found.push(...last)
    }
  }
  return found
}

function gather() {
  const sections = new Map(HEADINGS.map(([, , title]) => [title, new Map()]))
  for (const source of sources) {
    const [, folder, name] = source.file.split('/')
    const heading = HEADINGS.find(([where, start]) => where === folder && name?.startsWith(start))?.[2]
    if (!heading) continue
    for (const { reason, remedies, isMemory } of messagesOf(source)) {
      const all = sections.get(heading)
      const kept = all.get(reason) ?? { remedies: new Set(), isMemory }
      for (const remedy of remedies) kept.remedies.add(remedy)
      all.set(reason, kept)
    }
  }
  return sections
}

function write(sections) {
  const rest = []
  const lines = []
  let count = 0
  const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  const cell = (text) => text.replace(/\|/g, '\\|').replace(/</g, '&lt;').replace(/\s+/g, ' ').trim()
  let memory = 0
  for (const [title, messages] of sections) {
    const told = []
    for (const [reason, { remedies, isMemory }] of sorted(messages)) {
      count++
      if (isMemory && !remedies.size) memory++
      else if (remedies.size) told.push(`| ${cell(reason)} | ${[...remedies].map(cell).join('<br>or: ')} |`)
      else rest.push([title, cell(reason)])
    }
    if (told.length) lines.push(`## ${title}`, '', '| it says | what to do |', '|---|---|', ...told, '')
  }
  const kinds = [...readFileSync(path.join(root, 'src/base/error.c'), 'utf8').matchAll(/((?:case CS_ERR_\w+:\s*)+)return "([^"]+)";/g)]
  const names = Object.fromEntries([...readFileSync(path.join(root, 'src/base/error.h'), 'utf8').matchAll(/X\((ERR_\w+), "\w+", \d+, "([^"]+)"\)/g)].map(([, name, when]) => [`CS_${name}`, when]))
  const general = ['## Where a message itself gives no advice', '', '| what happened | what to do |', '|---|---|',
    ...kinds.flatMap(([, codes, remedy]) => [...codes.matchAll(/CS_ERR_\w+/g)].map(([code]) => `| ${names[code]} | ${remedy} |`)), '',
    'This stands with what was refused of a file.', '']
  const nothing = ['## Nothing to advise', '', 'The place that stands with them says where to look.', '', '| where | it says |', '|---|---|',
    ...rest.map(([title, reason]) => `| ${title} | ${reason} |`), '']
  return { count, rest: rest.length, memory, text: `# What the program says when something is wrong

Made by \`tools/errors.mjs\` out of the sources: all ${count} messages. Each stands with its file and its place (line, row, cell,
byte); … is what differs from case to case. What was refused is left out, all the rest comes in; once it is mended, the same
command or upload brings it in, and nothing is doubled.

**Out of memory.** ${memory} messages say that memory was lacking. Close other programs, or give the machine more of it; then do the
same again: what was stored stays.

${lines.join('\n')}
${general.join('\n')}
${nothing.join('\n')}` }
}

const made = write(gather())
const summary = `${made.count} messages, ${made.memory} of memory, ${made.rest} with nothing to advise`
if (process.argv.includes('--check')) {
  let there = ''
  try {
    there = readFileSync(target, 'utf8')
  } catch {
    // it is not there yet
  }
  console.log(summary)
  if (there !== made.text) {
    console.error('docs/errors.md is not what the sources say; run: tools/errors.mjs')
    process.exit(1)
  }
} else {
  writeFileSync(target, made.text)
  console.log(`docs/errors.md: ${summary}`)
}
