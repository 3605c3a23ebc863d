// node tools/demo-audio/make.mjs DEMO OUT [STEM...] - copies the folders of DEMO to OUT and puts beside each call its
// recording, spoken by espeak-ng (with STEMs: only those). What is there and still right stays as it is. The same input
// gives the same bytes. Without espeak-ng, or ffmpeg for the files it makes, it says so and goes on with what can be had.
// Exit 0: done, or recordings are off. 1: a recording failed.
import { execFileSync, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { callRender } from './call.mjs'
import { dialogueRead } from './dialogue.mjs'
import { needsFfmpeg, recordingWrite } from './recording.mjs'
import { TRAPS, UNWRITTEN } from './traps.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const MOST_WORKERS = 8
const WORKER = '--worker'

if (process.send && process.argv[2] === WORKER) process.on('message', (task) => process.send(taskRun(task)))
else await main(process.argv.slice(2))

async function main([demo, out, ...stems]) {
  if (!demo || !out) {
    console.error('usage: node tools/demo-audio/make.mjs DEMO OUT [STEM...]')
    process.exit(2)
  }
  const started = Date.now(), memory = path.join(out, '.recordings.json')
  const before = existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : { copied: [], made: {} }
  const copied = copyDialogues(demo, out, before.copied)
  const remember = (made) => {
    writeFileSync(`${memory}.part`, JSON.stringify({ copied, made }, null, 1))
    renameSync(`${memory}.part`, memory)
  }

  const espeak = versionOf('espeak-ng'), ffmpeg = versionOf('ffmpeg', '-version')
  if (!espeak) {
    remember(before.made)
    console.log('   demo recordings are off: espeak-ng is not installed. To hear the calls: tools/setup, then make demo again')
    return
  }
  const tasks = tasksOf(demo, out, copied, `${ownSources()} ${espeak} ${ffmpeg}`, Boolean(ffmpeg)).filter(({ stem }) => !stems.length || stems.includes(stem))
  const made = stems.length ? { ...before.made } : Object.fromEntries(Object.entries(before.made).filter(([stem]) => tasks.some((task) => task.stem === stem)))
  for (const [stem, { files }] of Object.entries(before.made)) if (!made[stem]) remove(out, Object.keys(files))

  const stale = tasks.filter((task) => !isThere(out, made[task.stem], task.key))
  for (const { stem } of stale) {
    remove(out, Object.keys(made[stem]?.files ?? {}))
    delete made[stem]
  }
  remember(made)
  const failures = await runAll(stale, ({ stem, key, files, cuts }) => {
    made[stem] = { key, files }
    remember(made)
    for (const cut of cuts) console.log(`   cut: ${cut}`)
  })

  const replaced = tasks.filter(({ instead }) => instead)
  if (replaced.length) console.log(`   ffmpeg is not installed: ${replaced.map(({ stem }) => stem).join(', ')} become WAV. To have them as meant: tools/setup, then make demo again`)
  for (const failure of failures) console.error(`!! ${failure}`)
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`   demo recordings: ${tasks.length - failures.length} calls, ${stale.length - failures.length} made (${seconds} s)`)
  if (failures.length) process.exit(1)
}

function versionOf(program, option = '--version') {
  try {
    return execFileSync(program, [option], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10000 }).toString().split('\n')[0]
  } catch {
    return ''
  }
}

function ownSources() {
  const hash = createHash('sha256')
  for (const name of readdirSync(here).filter((name) => name.endsWith('.mjs')).sort()) hash.update(readFileSync(path.join(here, name)))
  return hash.digest('hex')
}

/** The dialogues' paths below OUT. What an earlier run copied and DEMO has no longer is removed. */
function copyDialogues(demo, out, before) {
  const folders = readdirSync(demo, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()
  const files = folders.flatMap((folder) => readdirSync(path.join(demo, folder)).sort().map((name) => path.join(folder, name)))
  for (const folder of folders) mkdirSync(path.join(out, folder), { recursive: true })
  for (const file of files) {
    const from = path.join(demo, file), to = path.join(out, file)
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) copyFileSync(from, to)
  }
  remove(out, before.filter((file) => !files.includes(file)))
  return files
}

function remove(out, files) {
  for (const file of files) rmSync(path.join(out, file), { force: true })
}

function tasksOf(demo, out, files, tools, hasFfmpeg) {
  const task = (source, folder) => {
    const stem = path.parse(source).name, trap = TRAPS[stem] ?? {}
    const instead = !hasFfmpeg && needsFfmpeg(trap.file)
    const key = createHash('sha256').update(tools).update(readFileSync(source)).digest('hex')
    return { source, folder, stem, key, instead, out, signal: trap.signal, kind: instead ? undefined : trap.file, bytes: statSync(source).size }
  }
  const written = files.filter((file) => /(?<!\.mapping)\.(json|vtt)$/.test(file) && dialogueRead(path.join(demo, file)))
  return [...written.map((file) => task(path.join(demo, file), path.dirname(file))), task(path.join(here, UNWRITTEN.source), UNWRITTEN.folder)]
    .sort((one, other) => other.bytes - one.bytes) // long ones first, so that no worker is left with one at the end
}

function isThere(out, made, key) {
  return made?.key === key && Object.entries(made.files).every(([file, size]) => statSync(path.join(out, file), { throwIfNoEntry: false })?.size === size)
}

function taskRun({ source, folder, stem, key, out, signal, kind }) {
  try {
    const { channels, cuts } = callRender(dialogueRead(source), signal)
    const names = recordingWrite(path.join(out, folder), stem, channels, kind).map((name) => path.join(folder, name))
    return { stem, key, cuts, files: Object.fromEntries(names.map((name) => [name, statSync(path.join(out, name)).size])) }
  } catch (failure) {
    return { stem, failure: `${stem} got no recording: ${String(failure.stderr ?? '').trim() || failure.message}` }
  }
}

/** Runs the tasks in a few processes (not threads: starting espeak-ng copies its parent's pages); gives what failed. */
async function runAll(tasks, onMade) {
  const waiting = [...tasks], failures = []
  const count = Math.min(tasks.length, MOST_WORKERS, os.availableParallelism?.() ?? os.cpus().length)
  await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
    const worker = fork(fileURLToPath(import.meta.url), [WORKER])
    let task
    const next = () => {
      task = waiting.shift()
      if (task) worker.send(task)
      else worker.disconnect()
    }
    worker.on('message', (done) => {
      if (done.failure) failures.push(done.failure)
      else onMade(done)
      next()
    })
    worker.on('exit', (code, signal) => {
      if (task) failures.push(`${task.stem} got no recording: its process ended with ${signal ?? code}`)
      resolve()
    })
    next()
  })))
  return [...failures, ...waiting.map(({ stem }) => `${stem} got no recording: no process is left to make it`)]
}
