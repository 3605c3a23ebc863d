// Prints what the browser loads before the first page shows, gzipped, and fails above the limit.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT_KB = 400
const dist = new URL('../dist/', import.meta.url)
const page = readFileSync(new URL('index.html', dist), 'utf8')
const size = (path) => gzipSync(readFileSync(new URL(path, dist))).length / 1000

const initial = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1])
let scripts = 0
for (const name of readdirSync(new URL('assets/', dist)).sort()) {
  const kb = size(`assets/${name}`)
  const first = initial.includes(`assets/${name}`)
  if (first && name.endsWith('.js')) scripts += kb
  console.log(`${first ? 'initial' : 'later  '} ${kb.toFixed(1).padStart(7)} kB gzip  ${name}`)
}
console.log(`initial script: ${scripts.toFixed(1)} kB gzip (limit ${LIMIT_KB} kB)`)

const outside = page.match(/(?:src|href)="(?:https?:)?\/\/[^"]*"/)
if (outside) throw new Error(`index.html loads something from outside: ${outside[0]}`)
if (scripts === 0) throw new Error('no initial script found in dist/index.html')
if (scripts > LIMIT_KB) throw new Error('the initial script is above the limit')
