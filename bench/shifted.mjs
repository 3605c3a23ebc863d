// bench/shifted.mjs FOLDER OUT MS - the clips of FOLDER/references.tsv (WAV, 16 bits, one channel) with so much silence before each, and their
// references, in OUT. Where a clip begins decides where the chunks of a streaming model fall, and with them what it mishears.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const [folder, out, ms] = process.argv.slice(2)
const CHUNK_HEAD = 8, RIFF_HEAD = 12

function shift(bytes) {
  const given = Buffer.from(bytes)
  let at = RIFF_HEAD, rate = 0
  while (at + CHUNK_HEAD <= given.length && given.toString('latin1', at, at + 4) !== 'data') {
    if (given.toString('latin1', at, at + 4) === 'fmt ') rate = given.readUInt32LE(at + 12)
    at += CHUNK_HEAD + given.readUInt32LE(at + 4) + (given.readUInt32LE(at + 4) % 2)
  }
  const silence = Buffer.alloc(Math.round((rate * Number(ms)) / 1000) * 2)
  given.writeUInt32LE(given.readUInt32LE(4) + silence.length, 4)
  given.writeUInt32LE(given.readUInt32LE(at + 4) + silence.length, at + 4)
  return Buffer.concat([given.subarray(0, at + CHUNK_HEAD), silence, given.subarray(at + CHUNK_HEAD)])
}

mkdirSync(out, { recursive: true })
const references = readFileSync(path.join(folder, 'references.tsv'), 'utf8')
for (const line of references.split('\n').filter(Boolean)) {
  const [name] = line.split('\t')
  writeFileSync(path.join(out, name), shift(readFileSync(path.join(folder, name))))
}
writeFileSync(path.join(out, 'references.tsv'), references)
