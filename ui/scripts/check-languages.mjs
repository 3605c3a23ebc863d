// Every string exists in both languages, with the same placeholders; English has singular and plural where it counts; every key that is
// used exists, and every key is used. A key counts as used where it stands in the sources or in a table (.json) as a whole, as a
// template (`score.${name}`), or below a key whose children are read together.
import { readFileSync, readdirSync, statSync } from 'node:fs'

const source = new URL('../src/', import.meta.url)
const load = (name) => JSON.parse(readFileSync(new URL(`i18n/${name}.json`, source), 'utf8'))

/** Strings that show what may be written in Chinese. */
const QUOTES_CHINESE = /^$/

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
    else if (/\.tsx?$/.test(name) || (/\.json$/.test(name) && !/^(zh|en)\.json$/.test(name))) yield path
  }
}

const has = (key) => zh.has(key) || [...zh.keys()].some((one) => one.startsWith(`${key}.`))
const named = new Set()
const shapes = []
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
for (const path of files(source)) {
  const text = readFileSync(path, 'utf8')
  for (const [, key] of text.matchAll(/\bt\(\s*'([\w.-]+)'/g)) {
    if (!has(key)) faults.push(`${path.pathname.split('/src/')[1]} uses ${key}, which does not exist`)
  }
  for (const [, key] of text.matchAll(/['"`]([a-z]\w*(?:\.[\w-]+)*)['"`]/g)) named.add(key)
  for (const [, template] of text.matchAll(/`([a-z][\w.-]*(?:\$\{[^`}]*\}[\w.-]*)+)`/g)) {
    if (template.includes('.')) shapes.push(new RegExp(`^${template.split(/\$\{[^}]*\}/).map(escaped).join('[\\w.-]+')}$`))
  }
}
const isUsed = (key) => {
  for (let at = key; at; at = at.slice(0, Math.max(at.lastIndexOf('.'), 0))) if (named.has(at) && (at === key || at.includes('.') || returned.has(at))) return true
  return shapes.some((shape) => shape.test(key))
}
const returned = new Set([...files(source)].flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\bt\('([\w.]+)', \{ returnObjects/g)].map((match) => match[1])))
for (const key of zh.keys()) if (!isUsed(key)) faults.push(`${key} is used nowhere`)

const plural = new Map()
const forms = (node, prefix = '') => Object.entries(node).forEach(([key, value]) => {
  const path = prefix ? `${prefix}.${key}` : key
  const [, form] = typeof value === 'string' ? path.match(/_(one|other)$/) ?? [] : []
  if (form) plural.set(stem(path), [...(plural.get(stem(path)) ?? []), form])
  else if (typeof value !== 'string') forms(value, path)
})
forms(load('en'))
for (const [key, found] of plural) if (found.length !== 2) faults.push(`en.json: ${key} has only the form ${found[0]}`)

const HAN = /\p{Script=Han}/u
for (const [key, texts] of en) if (key !== 'app.language' && texts.some((text) => HAN.test(text)) && !QUOTES_CHINESE.test(key)) faults.push(`en.json: ${key} holds Chinese`)
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`languages: ${zh.size} strings, zh and en agree`)
