// node tools/test-call/make.mjs SYLLABLES OUT [RATE [SEED]] - a call of more than ten minutes whose every word is known, joined of
// spoken syllables (a folder of zhong4.mp3 and its like, public domain: github davinfifield/mp3-chinese-pinyin-sound).
// OUT/call.wav: the customer left, the agent right, at RATE (16000; 8000 by ffmpeg). OUT/truth.json: the conversation as it was
// spoken, with times. OUT/references.tsv: both channels for callscope evaluate speech. Needs ffmpeg.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { callRender, scriptRead, wavOf } from './call.mjs'
import { RATE, syllablesLoad } from './syllables.mjs'

const [syllables, out, rate = RATE, seed = 7] = process.argv.slice(2)
if (!syllables || !out) {
  console.error('usage: node tools/test-call/make.mjs SYLLABLES OUT [RATE [SEED]]')
  process.exit(2)
}
const script = scriptRead(path.join(path.dirname(fileURLToPath(import.meta.url)), 'script.tsv'))
const sounds = syllablesLoad(syllables, script.flatMap((line) => line.syllables.filter((syllable) => syllable !== ',')))
const call = callRender(script, sounds, Number(seed))

mkdirSync(out, { recursive: true })
writeFileSync(path.join(out, 'call.wav'), wavOf(call.channels))
if (Number(rate) !== RATE) {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', path.join(out, 'call.wav'), '-ar', String(rate), path.join(out, 'lower.wav')])
  execFileSync('mv', [path.join(out, 'lower.wav'), path.join(out, 'call.wav')])
}
writeFileSync(path.join(out, 'truth.json'), JSON.stringify({
  id: 'TEST-CALL', channel: 'call', language: 'zh', started: '2026-02-01T10:00:00+08:00',
  participants: [{ id: 'customer', role: 'customer' }, { id: 'agent', role: 'agent', name: '测试客服' }],
  turns: call.turns,
}, null, 1))
const side = (from) => {
  const lines = script.filter((line) => line.from === from)
  const pinyin = lines.flatMap((line) => line.syllables).filter((syllable) => syllable !== ',').map((syllable) => syllable.replace(/\d$/, '')).join(' ')
  return `${lines.map((line) => line.text).join('，')}\t${pinyin}`
}
writeFileSync(path.join(out, 'references.tsv'), `call.wav#1\t${side('customer')}\ncall.wav#2\t${side('agent')}\n`)
console.log(`${(call.duration_ms / 60000).toFixed(1)} minutes, ${script.length} sentences, ${script.flatMap((line) => line.characters).length} syllables`)
