// A reviewer at work: one key a finding, words beside a line, a draw judged by keyboard, and two people who disagree.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriers, browser, complaints, forgive, get, open, openPage, overflow, page, PHONE, scenesOf, server, setStage, skip, speak } from './stage.mjs'

setStage({ locale: 'zh-CN' })

const said = async (id) => (await get(`api/v1/conversations/${id}/judgements`)).judgements.filter((one) => one.stands)
const card = () => page.locator('[data-testid="finding-card"]:has(button[aria-pressed="true"].open)')

test('a reviewer', { skip, timeout: 240_000 }, async (story) => {
  const scene = scenesOf(story, page, 'review')
  const { id } = (await get('api/v1/conversations?sort=-risk&limit=1')).items[0]

  await scene('agrees, says wrong with a reason, and takes it back, by keys alone', async () => {
    await open(`/conversations/${id}`)
    await page.getByTestId('finding-card').first().waitFor()
    await page.keyboard.press('n')
    await page.keyboard.press('a')
    await card().locator('[data-answer="agree"]').waitFor()
    assert.equal((await said(id))[0].answer, 'agree')
    assert.equal(await page.locator('.lane-pin.on[data-said="agree"], .lane-pin.on.group-pin').count() > 0, true)

    await page.keyboard.press('W')
    await page.getByTestId('reason-ask').waitFor()
    await page.keyboard.press('2')
    await card().locator('[data-answer="wrong"]').waitFor()
    assert.deepEqual((await said(id)).map((one) => [one.answer, one.reason]), [['wrong', 'quoted']])
    assert.equal(await card().getByTestId('make-test').count(), 1)

    await page.keyboard.press('z')
    await card().locator('[data-answer="agree"]').waitFor()
    await page.keyboard.press('z')
    await card().getByTestId('said').waitFor({ state: 'detached' })
    assert.equal((await said(id)).length, 0)
  })

  await scene('gives a reason in words; Escape says nothing', async () => {
    await page.keyboard.press('w')
    await page.getByTestId('reason-note').fill('客户在念合同')
    await page.keyboard.press('Escape')
    await page.getByTestId('reason-ask').waitFor({ state: 'detached' })
    assert.equal((await said(id)).length, 0)
    await page.keyboard.press('w')
    await page.keyboard.type('3 天前已经说过')
    // Its first character is a reason's number.
    await card().locator('[data-answer="wrong"]').waitFor()
    assert.equal((await said(id))[0].reason, 'excused')
    await page.keyboard.press('z')
    await card().getByTestId('said').waitFor({ state: 'detached' })
    await page.keyboard.press('w')
    await page.getByTestId('reason-note').fill('客户在念合同')
    await page.keyboard.press('Enter')
    await card().locator('[data-answer="wrong"]').waitFor()
    assert.equal((await said(id))[0].note, '客户在念合同')
    await page.keyboard.press('z')
    await card().getByTestId('said').waitFor({ state: 'detached' })
  })

  await scene('says what a rule has missed: rule, line and reason by keys', async () => {
    await page.keyboard.press('m')
    await page.getByTestId('missed-dialog').waitFor()
    assert.deepEqual(await barriers(page), [])
    await page.keyboard.type('禁语')
    await page.keyboard.press('Enter')
    await page.getByTestId('reason-ask').waitFor()
    await page.getByTestId('missed-turn').selectOption('3')
    await page.getByTestId('reason-note').focus()
    await page.keyboard.press('1')
    await page.getByTestId('missed-dialog').waitFor({ state: 'detached' })
    const [one] = await said(id)
    assert.deepEqual([one.rule, one.turn, one.answer, one.reason], ['no-forbidden-words', 3, 'missed', 'other_words'])
    assert.equal(await page.getByTestId('elsewhere').getByTestId('said').count(), 1)
    await page.getByTestId('elsewhere').getByTestId('undo').click()
    await page.getByTestId('elsewhere').waitFor({ state: 'detached' })
  })

  await scene('writes beside words, changes and removes it; markup stays text', async () => {
    const text = await page.locator('#turn-4 p').evaluate((line) => {
      const range = document.createRange()
      const node = [...line.childNodes].find((one) => one.nodeType === Node.TEXT_NODE) ?? line.querySelector('mark').firstChild
      range.setStart(node, 1)
      range.setEnd(node, 3)
      getSelection().removeAllRanges()
      getSelection().addRange(range)
      return range.toString()
    })
    await page.keyboard.press('b')
    await page.getByTestId('comment-text').fill('<img src=x onerror=alert(1)> 先致歉')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('comment').waitFor()
    assert.match(await page.getByTestId('comment').innerText(), new RegExp(`「${text}」\\s*<img src=x onerror=alert\\(1\\)> 先致歉`))
    assert.equal(await page.locator('.comment img').count(), 0)
    const [kept] = (await get(`api/v1/conversations/${id}/judgements`)).comments
    const turn = (await get(`api/v1/conversations/${id}`)).turns[3]
    assert.equal(Array.from(turn.text).slice(kept.from, kept.to).join(''), text)
    assert.deepEqual(await barriers(page), [])

    await page.getByTestId('edit-comment').click()
    await page.getByTestId('comment-text').fill('先致歉，再问订单')
    await page.getByTestId('save-comment').click()
    await page.getByText('先致歉，再问订单').waitFor()
    await page.getByTestId('remove-comment').click()
    await page.getByTestId('comment').waitFor({ state: 'detached' })
  })

  await scene('copies evidence that reads well in a chat', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.keyboard.press('n')
    await page.keyboard.press('c')
    await card().getByText('已复制').waitFor()
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n')
    assert.match(lines[0], /^(命中|未达|提示|待定) · .+/)
    assert.match(lines.join('\n'), /\d\d:\d\d/)
    assert.match(lines.at(-1), /^http:\/\/127\.0\.0\.1:\d+\/conversations\/[^ ]+#\d+$/)
  })

  await scene('sees whose conversation it is and what else the customer called about', async () => {
    await open('/conversations/D-AC-0214-01')
    await page.getByTestId('related-one').first().waitFor()
    assert.equal(await page.getByTestId('related-one').count(), 2)
    assert.match(await page.getByTestId('responsible').innerText(), /李晓芸[\s\S]*售后二组/)
    await page.getByTestId('related-one').first().click()
    await page.getByText('空调又漏水，第二次来电').first().waitFor()
  })

  await scene('meets another word on the same finding, sees both, and chooses', async () => {
    await open(`/conversations/${id}`)
    await page.getByTestId('finding-card').first().waitFor()
    await page.keyboard.press('n')
    // As the server answers when somebody else has judged meanwhile.
    const since = complaints.length
    const before = await get(`api/v1/conversations/${id}`)
    const found = before.rules.flatMap((rule) => rule.findings.map((finding) => ({ rule, finding }))).find(({ finding }) => finding.number === 1)
    const standing = {
      number: 77, rule: found.rule.rule, title: found.rule.title, turn: found.finding.at?.turn ?? null, answer: 'wrong', reason: 'quoted', note: null, verdict: 'hit',
      drawn: false, has_rule: true, has_changed: false, by: { number: 9, name: '王强' }, judged_ms: Date.now(), stands: true, supersedes: null, withdrawn_ms: null, withdrawn_by: null,
    }
    const asked = []
    await page.route('**/judgements', (route) => {
      const json = (status, body) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) })
      if (route.request().method() === 'GET') return json(200, { judgements: [standing], comments: [] })
      const word = route.request().postDataJSON()
      asked.push(word)
      if (word.replaces !== 77) return json(409, { error: { code: 'conflict', message: 'somebody has said "wrong" here already', remedy: 'look at it' } })
      return json(200, { judgements: [{ ...standing, number: 78, answer: word.answer, reason: null, by: { number: 0, name: '' }, supersedes: 77 }], comments: [] })
    })
    await page.keyboard.press('a')
    await page.getByTestId('said-conflict').waitFor()
    assert.match(await page.getByTestId('said-conflict').innerText(), /王强[\s\S]*错判[\s\S]*同意/)
    assert.deepEqual(await barriers(page), [])
    await page.keyboard.press('r')
    await card().locator('[data-answer="agree"]').waitFor()
    assert.deepEqual(asked.map((word) => word.replaces ?? null), [null, 77])
    await page.unroute('**/judgements')
    forgive(since, /409/)
  })

  await scene('a draw that takes long says so, and is stopped with what was chosen kept', async () => {
    let release
    const held = new Promise((resolve) => (release = resolve))
    await page.route('**/api/v1/review?**', async (route) => {
      await held
      await route.continue().catch(() => {})
    })
    await open('/review?rule=apologise&take=50')
    await page.getByTestId('setup-start').click()
    await page.getByTestId('drawing').locator('progress').waitFor()
    await page.getByTestId('drawing').getByText(/已用 \d+ 秒/).waitFor()
    assert.deepEqual(await barriers(page), [])
    const stopped = page.waitForEvent('requestfailed', (request) => /\/review\?/.test(request.url()))
    await page.getByTestId('drawing-stop').click()
    await page.getByTestId('setup-start').waitFor()
    await stopped
    assert.equal(await page.getByTestId('setup-rule').inputValue(), 'apologise')
    assert.ok(await page.locator('input[name="take"][value="50"]').isChecked())
    release()
    await page.unroute('**/api/v1/review?**')
  })

  await scene('the next card stands where the last one stood', async () => {
    await open('/review?seed=3&take=10')
    await page.getByTestId('review-card').waitFor()
    const place = () => page.evaluate(() => ['.review-card', '.review-card > footer'].map((one) => document.querySelector(one).getBoundingClientRect()).map(({ x, y, bottom }) => [x, y, bottom]))
    const first = await place()
    for (let at = 2; at <= 4; at++) {
      await page.keyboard.press('j')
      await page.locator('.review-card header .quiet', { hasText: `${at}` }).first().waitFor()
      assert.deepEqual(await place(), first)
    }
  })

  await scene('judges a draw of twenty by keyboard and reads what came out of it', async () => {
    await open('/review')
    await page.getByTestId('setup-rule').selectOption('apologise')
    await page.getByTestId('setup-seed').fill('7')
    assert.deepEqual(await barriers(page), [])
    await page.getByTestId('setup-start').click()
    await page.getByTestId('review-card').waitFor()
    const drawn = await get('api/v1/review?rule=apologise&seed=7&take=20')
    assert.deepEqual(new Set(drawn.items.map((one) => one.stratum)).has('found'), true)
    assert.deepEqual(await barriers(page), [])
    let wrong = 0
    for (const [index, item] of drawn.items.entries()) {
      await page.getByTestId('review-progress').getByText(`${index} / ${drawn.items.length} 已复检`).waitFor()
      await page.locator(`[data-testid="review-card"][data-stratum="${item.stratum}"]`).waitFor()
      await page.getByTestId('say-agree').and(page.locator(':enabled')).waitFor()
      if (item.stratum === 'found' && wrong === 0) {
        wrong++
        await page.keyboard.press('w')
        await page.getByTestId('reason-ask').waitFor()
        await page.keyboard.press('1')
      } else await page.keyboard.press('a')
    }
    await page.getByTestId('review-outcome').waitFor()
    const { outcome } = await get('api/v1/review?rule=apologise&seed=7&take=20')
    assert.deepEqual([outcome.judged, outcome.wrong], [drawn.items.length, 1])
    const percent = new Intl.NumberFormat('zh-CN', { style: 'percent', maximumFractionDigits: 0 })
    assert.ok((await page.getByTestId('outcome-precision').innerText()).includes(percent.format(outcome.precision.share)))
    assert.match(await page.getByTestId('outcome-recall').innerText(), /95% 的把握在/)
    assert.deepEqual(await barriers(page), [])

    // Back on the last card, the answer is taken back with u.
    await page.keyboard.press('k')
    await page.getByTestId('review-card').getByTestId('said').waitFor()
    await page.keyboard.press('u')
    await page.getByTestId('review-progress').getByText(`${drawn.items.length - 1} / ${drawn.items.length} 已复检`).waitFor()
    await page.keyboard.press('Enter')
    await page.getByTestId('finding-card').first().waitFor()
  })

  await scene('works in English, in the dark and on a phone', async () => {
    await speak('en')
    await open('/review?seed=3&take=10')
    await page.getByTestId('review-card').waitFor()
    assert.doesNotMatch(await page.getByTestId('review-progress').innerText(), /[一-龥]/)
    assert.doesNotMatch(await page.locator('.review-card > footer').innerText(), /[一-龥]/)
    const phone = await openPage(browser, { viewport: PHONE, locale: 'zh-CN', colorScheme: 'dark' })
    await phone.page.goto(new URL('/review?rule=apologise&seed=9&take=10', server.address).href)
    await phone.page.getByTestId('review-card').waitFor()
    assert.ok((await overflow(phone.page)) <= 0)
    assert.deepEqual(await barriers(phone.page), [])
    await phone.page.goto(new URL('/conversations/D-AC-0214-01', server.address).href)
    await phone.page.getByTestId('finding-card').first().waitFor()
    assert.ok((await overflow(phone.page)) <= 0)
    assert.deepEqual(phone.complaints, [])
    await phone.page.context().close()
  })

  await scene('meets nothing that failed behind the page', async () => assert.deepEqual(complaints, []))
})
