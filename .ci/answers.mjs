// node .ci/answers.mjs DATA - prints what the server answers about a data folder, so that two runs can be compared.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const server = spawn(process.env.CALLSCOPE ?? 'build/release/callscope', ['serve', '--port', '0', '--data', process.argv[2]], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
server.once('exit', (code) => code && process.exit(1))
let address
for await (const line of createInterface({ input: server.stdout })) {
  address = line.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0]
  if (address) break
}
const ask = async (path) => (await fetch(new URL(path, address))).json()

const summary = await ask('api/v1/summary')
const conversations = []
for (let after = ''; after !== null; ) {
  const page = await ask(`api/v1/conversations?sort=started&limit=200${after && `&after=${encodeURIComponent(after)}`}`)
  for (const { id } of page.items) conversations.push(await ask(`api/v1/conversations/${id}`))
  after = page.next
}
console.log(JSON.stringify({ summary, conversations }, null, 1))
server.kill()
