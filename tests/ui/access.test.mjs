// People in the browser: the first run, two browsers at once, a session that ends in the middle of work, roles, both languages, a phone.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { barriers, openPage, overflow, startBrowser, top } from './stage.mjs'

const callscope = process.env.CALLSCOPE ?? join(top, 'build/release/callscope')
const PASSWORD = 'blue tractor moon'
const LOOKS = process.env.ACCESS_PICTURES // a folder: pictures of each page

/** The demo, served; { address, link, data, stop }. */
async function serveFirst() {
  const data = mkdtempSync(join(tmpdir(), 'callscope-access-'))
  await promisify(execFile)(callscope, ['inspect', 'demo', '--data', data, '--rules', 'packs'], { cwd: top })
  const server = spawn(callscope, ['serve', '--port', '0', '--data', data], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] })
  const link = await new Promise((resolve, reject) => {
    let said = ''
    server.stdout.on('data', (part) => {
      said += part
      const found = /(http:\/\/127\.0\.0\.1:\d+\/)first\/[0-9a-f]+\n/.exec(said)
      if (found) resolve(found)
    })
    server.once('exit', (code) => reject(new Error(`callscope serve ended with ${code}`)))
  })
  return {
    address: link[1], link: link[0].trim(), data,
    stop: () => new Promise((resolve) => {
      server.removeAllListeners('exit')
      server.once('exit', resolve)
      server.kill()
    }).then(() => rmSync(data, { recursive: true, force: true })),
  }
}

describe('people', () => {
  let server, browser, manager, agent
  before(async () => {
    server = await serveFirst()
    browser = await startBrowser()
    manager = await openPage(browser, { locale: 'zh-CN', viewport: { width: 1280, height: 800 } })
    agent = await openPage(browser, { locale: 'en-GB', viewport: { width: 390, height: 800 } })
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  const seen = async ({ page }, name) => {
    assert.deepEqual(await barriers(page), [], name)
    assert.ok(await overflow(page) <= 0, `${name} is too wide`)
    if (!LOOKS) return
    mkdirSync(LOOKS, { recursive: true })
    await page.screenshot({ path: join(LOOKS, `${name}.png`) })
  }
  const signIn = async (page, name, password = PASSWORD) => {
    await page.getByTestId('name').fill(name)
    await page.getByTestId('password').fill(password)
    await page.getByTestId('submit').click()
  }

  test('the link of the first run makes the first manager, who is inside at once', async () => {
    const { page, complaints } = manager
    await page.goto(server.link)
    await page.getByTestId('first').waitFor()
    await seen(manager, 'first-zh')
    await page.getByTestId('name').fill('陈经理')
    await page.getByTestId('password').fill('1234567890')
    await page.getByTestId('again').fill('1234567890')
    await page.getByTestId('submit').click()
    await page.getByTestId('access-error').waitFor()
    assert.match(await page.getByTestId('access-error').innerText(), /太容易被猜到/)
    assert.equal(complaints.splice(0).length, 2, 'the refusal, and its line in the console')
    await page.getByTestId('password').fill(PASSWORD)
    await page.getByTestId('again').fill(PASSWORD)
    await page.getByTestId('submit').click()
    await page.waitForURL('**/accounts')
    await page.getByTestId('account-row').waitFor()
    await seen(manager, 'accounts-one-zh')
  })

  test('a manager makes an agent, and sees what others changed before overwriting it', async () => {
    const { page, complaints } = manager
    await page.getByTestId('new-account').click()
    await page.getByTestId('account-name').fill('xiaoyun')
    await page.getByTestId('role-agent').check()
    await page.getByTestId('account-agent').fill('李晓芸')
    await page.getByTestId('account-password').fill(PASSWORD)
    await seen(manager, 'account-new-zh')
    await page.getByTestId('save').click()
    await page.getByTestId('account-row').nth(1).waitFor()

    await page.getByRole('button', { name: 'xiaoyun' }).click()
    const row = await page.evaluate(async () => (await (await fetch('/api/v1/accounts')).json()).accounts.find(({ name }) => name === 'xiaoyun'))
    await page.evaluate(async (body) => {
      const answer = await fetch(`/api/v1/accounts/${body.number}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(await answer.text())
    }, { ...row, role: 'reviewer' })
    await page.getByTestId('account-name').fill('li.xiaoyun')
    await page.getByTestId('save').click()
    await page.getByTestId('conflict').waitFor()
    assert.match(await page.getByTestId('conflict').innerText(), /质检员/)
    await seen(manager, 'account-conflict-zh')
    await page.getByTestId('keep-mine').click()
    await page.getByTestId('save').click()
    await page.getByRole('button', { name: 'li.xiaoyun' }).waitFor()
    assert.equal(complaints.splice(0).length, 2, 'the conflict alone')
    await seen(manager, 'accounts-zh')
  })

  test('whoever is not signed in sees the sign-in alone; then, where he wanted to go', async () => {
    const { page, complaints } = agent
    await page.goto(`${server.address}conversations?sort=risk`)
    await page.getByTestId('sign-in').waitFor()
    await seen(agent, 'sign-in-en-phone')
    assert.deepEqual(complaints, [], 'nothing was asked for in vain')
    await signIn(page, 'LI.Xiaoyun', 'wrong password')
    await page.getByTestId('access-error').waitFor()
    assert.match(await page.getByTestId('access-error').innerText(), /don't belong together/)
    complaints.splice(0)
    await signIn(page, 'LI.Xiaoyun')
    await page.getByTestId('conversation-row').first().waitFor()
    assert.match(page.url(), /sort=risk/)
    const agents = await page.evaluate(async () => (await (await fetch('/api/v1/conversations?limit=200')).json()).items.map((item) => item.agent))
    assert.ok(agents.length > 0 && agents.every((name) => name === '李晓芸'))
    for (const place of ['import', 'rules', 'people']) assert.equal(await page.locator(`.rail a[href="/${place}"]`).count(), 0, place)
    assert.deepEqual(complaints, [])
  })

  test('what is not for an agent says so', async () => {
    const { page, complaints } = agent
    await page.goto(`${server.address}accounts`)
    await page.getByTestId('state').waitFor()
    await seen(agent, 'forbidden-en-phone')
    complaints.splice(0)
  })

  test("one's own account: the password, and where one is signed in", async () => {
    const { page } = agent
    await page.goto(`${server.address}account`)
    await page.getByTestId('session').first().waitFor()
    await seen(agent, 'own-en-phone')
  })

  test('a session that ends asks for the password, keeps what was typed, and goes on by itself', async () => {
    const { page, complaints } = agent
    await page.getByTestId('current').fill(PASSWORD)
    await page.getByTestId('password').fill('seven green bottles')
    await page.getByTestId('again').fill('seven green bottles')
    const number = await manager.page.evaluate(async () => (await (await fetch('/api/v1/accounts')).json()).accounts.find(({ role }) => role === 'agent').number)
    await manager.page.evaluate(async (id) => {
      const answer = await fetch(`/api/v1/accounts/${id}/sessions`, { method: 'DELETE' })
      if (!answer.ok) throw new Error(await answer.text())
    }, number)
    await page.getByTestId('password-form').getByTestId('submit').click()
    await page.getByTestId('session-ended').waitFor()
    assert.equal(await page.getByTestId('password').inputValue(), 'seven green bottles')
    await seen(agent, 'ended-en-phone')
    await page.getByTestId('session-ended').locator('input').fill(PASSWORD)
    await page.getByTestId('session-ended').locator('button[type=submit]').click()
    await page.getByTestId('password-done').waitFor() // what was asked before is done now
    await page.getByTestId('session-ended').waitFor({ state: 'detached' })
    complaints.splice(0)
  })

  test('the trail tells it all; signing out closes the door', async () => {
    const { page, complaints } = manager
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByTestId('account').click()
    await page.getByTestId('account-menu').waitFor()
    await seen(manager, 'menu-zh')
    await page.getByRole('link', { name: '操作记录' }).click()
    await page.getByTestId('audit-entry').first().waitFor()
    const words = await page.locator('.access-trail').innerText()
    for (const word of ['陈经理', 'li.xiaoyun', '改密码', '开账号', '登录被拒']) assert.ok(words.includes(word), word)
    await seen(manager, 'audit-zh')
    await page.emulateMedia({ colorScheme: 'dark' })
    await seen(manager, 'audit-zh-dark')
    await page.goto(`${server.address}account`)
    await page.getByTestId('session').first().waitFor()
    await seen(manager, 'own-zh-dark')
    await page.getByTestId('account').click()
    await page.getByTestId('sign-out').click()
    await page.getByTestId('sign-in').waitFor()
    await seen(manager, 'sign-in-zh-dark')
    assert.deepEqual(complaints, [])
    await page.goBack()
    await page.getByTestId('sign-in').waitFor()
  })
})
