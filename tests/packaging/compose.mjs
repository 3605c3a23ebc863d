// node tests/packaging/compose.mjs FOLDER - the Compose example is YAML that means what its README says: by js-yaml, which the web
// interface's tools bring.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const yaml = createRequire(path.join(root, 'ui/package.json'))('js-yaml')
const folder = process.argv[2]
const read = (name) => readFileSync(path.join(folder, name), 'utf8')
const compose = yaml.load(read('compose.yaml'))
const { database, serve, worker } = compose.services

assert.deepEqual(Object.keys(compose.services), ['database', 'serve', 'worker'])
assert.equal(worker.deploy.replicas, 2)
for (const [name, service] of Object.entries(compose.services)) {
  assert.equal(service.ports, undefined, `${name} opens a port`)
  assert.equal(service.network_mode, name === 'serve' ? 'host' : 'none')
  for (const volume of service.volumes) assert.ok(volume.split(':')[0] in compose.volumes, `${name}: ${volume} is no volume`)
  for (const secret of service.secrets) assert.ok(secret in compose.secrets, `${name}: ${secret} is no secret`)
}
for (const secret of Object.values(compose.secrets)) assert.match(secret.file, /^\.\/secrets\//)
for (const service of [serve, worker]) {
  assert.equal(service.read_only, true)
  assert.deepEqual(service.cap_drop, ['ALL'])
  assert.ok(service.environment.CALLSCOPE_DATABASE.startsWith('postgres://callscope@/'), 'no password in the address')
  assert.equal(service.depends_on.database.condition, 'service_healthy')
}
assert.match(serve.healthcheck.test.join(' '), /curl .*http:\/\/127\.0\.0\.1:8377\/readyz$/)
assert.ok(database.healthcheck.test.includes('pg_isready'))

// One version everywhere, and the user of the image is the one that the README gives the password to.
const version = /project\(callscope VERSION ([0-9.]+)/.exec(readFileSync(path.join(root, 'CMakeLists.txt'), 'utf8'))[1]
assert.equal(serve.image, `callscope:${version}`)
const uid = /--uid ([0-9]+)/.exec(read('Containerfile'))[1]
assert.ok(read('README.md').includes(`chown ${uid} secrets/pgpass`))
console.log(`${Object.keys(compose.services).length} services, ${Object.keys(compose.volumes).length} volumes`)
