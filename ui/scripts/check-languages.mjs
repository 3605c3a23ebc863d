// Every string exists in both languages, with the same placeholders, and every key that is used exists.
import { readFileSync, readdirSync, statSync } from 'node:fs'

const source = new URL('../src/', import.meta.url)
const load = (name) => JSON.parse(readFileSync(new URL(`i18n/${name}.json`, source), 'utf8'))

// English has singular forms beside plural ones; Chinese has one form for all.
const stem = (key) => key.replace(/_(one|other)$/, '')
function flatten(node, prefix = '', out = new Map()) {
  for (const [key, value] of Object.entries(node)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') out.set(stem(path), [...(out.get(stem(path)) ?? []), value])
    else flatten(value, path, out)
  }
  return out
}
const placeholders = (texts) =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1])))].sort().join(' ')

const zh = flatten(load('zh'))
const en = flatten(load('en'))
const faults = []
for (const key of zh.keys()) if (!en.has(key)) faults.push(`en.json lacks ${key}`)
for (const key of en.keys()) if (!zh.has(key)) faults.push(`zh.json lacks ${key}`)
for (const [key, texts] of zh) {
  if (texts.some((text) => text.trim() === '')) faults.push(`zh.json: ${key} is empty`)
  if (en.has(key) && placeholders(texts) !== placeholders(en.get(key))) faults.push(`placeholders differ in ${key}`)
}

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = new URL(name, folder)
    if (statSync(path).isDirectory()) yield* files(new URL(`${name}/`, folder))
    else if (/\.tsx?$/.test(name)) yield path
  }
}
for (const path of files(source)) {
  const text = readFileSync(path, 'utf8')
  for (const [, key] of text.matchAll(/\bt\(\s*'([\w.-]+)'/g)) {
    if (!zh.has(key)) faults.push(`${path.pathname.split('/src/')[1]} uses ${key}, which does not exist`)
  }
}
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`languages: ${zh.size} strings, zh and en agree`)
