// What a story plays on: a server on the demo's conversations, and a real Chromium before it.
// CALLSCOPE names the program; CALLSCOPE_ADDRESS a server that runs already; CHROMIUM the browser.
import { execFile, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const top = fileURLToPath(new URL('../../', import.meta.url))
const callscope = process.env.CALLSCOPE ?? join(top, 'build/release/callscope')

/** The first Chromium of the machine, or null. */
export function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = (process.env.PATH ?? '').split(':').flatMap((folder) => names.map((name) => join(folder, name)))
  const isThere = (path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return [process.env.CHROMIUM, ...places].filter(Boolean).find(isThere) ?? null
}

/** The demo with its calls spoken, as `make demo` makes it; where they cannot be spoken, without recordings. */
export async function speakDemo() {
  const folder = join(top, 'build/demo')
  await promisify(execFile)(process.execPath, ['tools/demo-audio/make.mjs', 'demo', folder], { cwd: top }).catch((error) => {
    if (error.code !== 1) throw error
  })
  return folder
}

/** Inspects the demo into a folder of its own, unless data is given, and serves it. */
export async function startServer(data, demo = 'demo') {
  if (process.env.CALLSCOPE_ADDRESS) return { address: process.env.CALLSCOPE_ADDRESS, stop: async () => {} }
  const own = data ? null : mkdtempSync(join(tmpdir(), 'callscope-story-'))
  const folder = data ?? own
  if (own) {
    await promisify(execFile)(callscope, ['inspect', demo, '--data', own, '--rules', 'packs'], { cwd: top }).catch((error) => {
      // 1: an input was refused; one recording of the spoken demo is damaged on purpose.
      if (error.code !== 1 || demo === 'demo') throw error
    })
  }

  const server = spawn(callscope, ['serve', '--port', '0', '--data', folder], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => server.once('exit', resolve))
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const found = line.match(/http:\/\/127\.0\.0\.1:\d+\//)
      if (found) resolve(found[0])
    })
    gone.then((code) => reject(new Error(`callscope serve ended with ${code} before it named its address`)))
  })
  return {
    address,
    async stop() {
      server.kill()
      await gone
      if (own) rmSync(own, { recursive: true, force: true })
    },
  }
}

/** Chromium that asks nothing of the world outside: it has no network to lose. */
export async function startBrowser() {
  const { chromium } = await import('playwright-core')
  const quiet = [
    '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-dev-shm-usage', '--lang=zh-CN', '--mute-audio', '--autoplay-policy=no-user-gesture-required',
  ]
  return chromium.launch({ executablePath: findChromium(), args: quiet, env: { ...process.env, HOME: process.env.HOME ?? tmpdir() } })
}

/** GET of the API, parsed. */
export function api(address) {
  return async (path) => {
    const answer = await fetch(new URL(path, address))
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}
