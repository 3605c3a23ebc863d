// node tools/release-store.mjs COMMIT - how tests/cases/upgrade/VERSION.tar.gz and VERSION.answers.json.gz were made: the program of
// that commit is built apart, inspects the demo's dialogues and lists and a second import, and is asked about all of it.
// What a released program wrote never changes: run this once a release, before the next one begins to differ.
// The folder it inspects in is always the same one, since the store remembers where files lay: /var/tmp/callscope-release.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const commit = process.argv[2]
if (!commit) {
  console.error('usage: node tools/release-store.mjs COMMIT')
  process.exit(2)
}
const source = path.join(root, 'build/release-store', commit)
const folder = '/var/tmp/callscope-release'
const out = path.join(root, 'tests/cases/upgrade')
const run = (program, ...words) => execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)

if (!existsSync(path.join(source, 'build/callscope'))) {
  mkdirSync(source, { recursive: true })
  execFileSync('sh', ['-c', `git -C "$1" archive "$2" | tar -x -C "$3"`, '-', root, commit, source])
  symlinkSync(path.join(root, 'tools/pinyin/node_modules'), path.join(source, 'tools/pinyin/node_modules'))
  run('cmake', '-S', source, '-B', path.join(source, 'build'), '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DCALLSCOPE_UI=OFF')
  run('ninja', '-C', path.join(source, 'build'), 'callscope')
}
const version = /project\(callscope VERSION ([0-9.]+)/.exec(readFileSync(path.join(source, 'CMakeLists.txt'), 'utf8'))[1]
process.env.CALLSCOPE = path.join(source, 'build/callscope')
const { conversation, serve } = await import('../tests/api/callscope.mjs')
const { wav } = await import('../tests/api/imports.mjs')
const { allAnswers } = await import('../tests/api/answers.mjs')

// The first import: the demo. The second: one dialogue that gets another text, one that is new, one with a recording, one refused.
const inspect = (name) => {
  try {
    run(process.env.CALLSCOPE, 'inspect', name, '--data', 'data', '--rules', path.join(source, 'packs'))
  } catch (failure) {
    if (failure.status !== 1) throw failure // 1: some were refused, on purpose
  }
}
for (const part of ['appliances', 'english', 'lists']) cpSync(path.join(source, 'demo', part), path.join(folder, 'demo', part), { recursive: true })
inspect('demo')
mkdirSync(path.join(folder, 'later'))
const changed = JSON.parse(readFileSync(path.join(folder, 'demo/appliances/D-WM-0116-01.json'), 'utf8'))
changed.turns.at(-1).text += '下次直接投诉到12315。'
const heard = conversation('U-HEARD', ['我要投诉你们', '非常抱歉给您带来不便'])
writeFileSync(path.join(folder, 'later/changed.json'), JSON.stringify(changed))
writeFileSync(path.join(folder, 'later/new.json'), JSON.stringify(conversation('U-NEW', ['退款什么时候到账', '这是您的个人问题'])))
writeFileSync(path.join(folder, 'later/heard.json'), JSON.stringify(heard))
writeFileSync(path.join(folder, 'later/heard.wav'), wav(1))
writeFileSync(path.join(folder, 'later/cut.json'), '{"id": "U-CUT", "turns": [')
inspect('later')

const server = await serve(folder)
const ask = async (address) => {
  const { status, body, text } = await server.get(`/${address}`)
  if (status !== 200) throw new Error(`${address}: ${status} ${text}`)
  return body
}
const answers = await allAnswers(ask, 3).finally(() => server.stop())
mkdirSync(out, { recursive: true })
writeFileSync(path.join(out, `${version}.answers.json.gz`), gzipSync(JSON.stringify(answers), { level: 9 }))
execFileSync('sh', ['-c', 'tar -C "$1" --owner=0 --group=0 --sort=name -c data | gzip -9n >"$2"', '-', folder, path.join(out, `${version}.tar.gz`)])
rmSync(folder, { recursive: true })
