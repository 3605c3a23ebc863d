// docs/errors.md holds every message that the sources can say, as they say it today.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const tool = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../tools/errors.mjs')

test('docs/errors.md is what the sources say', (t) => {
  const said = execFileSync('node', [tool, '--check'], { encoding: 'utf8' })
  const [, all] = /^(\d+) messages/.exec(said)
  assert.ok(Number(all) > 500, said)
  t.diagnostic(said.trim())
})
