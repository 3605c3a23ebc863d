// The overview in a real Chromium: every figure leads to the list it counts. How it looks is in house.test.mjs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, get, open, page, scenesOf, setStage, skip } from './stage.mjs'

setStage()

const search = () => new URL(page.url()).searchParams

/** What the list that is open now holds, by the API. */
async function listed() {
  const filter = search()
  filter.set('limit', '1')
  return (await get(`api/v1/conversations?${filter}`)).total
}

/** The list shows so many rows, and the API of the list says so too. */
async function leadsTo(count, what) {
  await page.getByTestId('conversation-row').first().waitFor()
  assert.equal(await listed(), count, what)
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-testid="conversation-row"]').length === wanted, Math.min(count, 50))
}

test('the overview and what is behind its figures', { skip, timeout: 240_000 }, async (story) => {
  const scene = scenesOf(story, page, 'figures')

  await scene('numbers first, for the days that hold something', async () => {
    await open('/overview')
    assert.equal(await page.locator('.rail a.place').first().getAttribute('aria-current'), 'page', 'it is the first place of the rail')
    await page.getByTestId('number-conversations').locator('b', { hasText: /^[1-9]/ }).waitFor()
    const shown = Number(await page.getByTestId('number-conversations').locator('b').innerText())
    assert.ok((await page.getByTestId('headline').locator('h1').innerText()).startsWith(`${shown} 通会话`))
    await page.getByTestId('number-conversations').click()
    await page.getByTestId('conversation-row').first().waitFor()
    // A figure counts a conversation on the day it had where it was held: what was held on another clock may lie beyond an end.
    assert.ok(Math.abs(await listed() - shown) <= 2, `${shown} counted, ${await listed()} listed`)
    assert.ok(search().get('from') && search().get('to'), 'the days go with it')
  })

  await scene('all days: the figures are those of the API, and each opens its list', async () => {
    const figures = await get('api/v1/figures')
    await open('/overview?span=all')
    await page.getByTestId('measure').first().waitFor()
    for (const name of ['compliance', 'experience', 'risk']) {
      assert.equal(await page.getByTestId(`number-${name}`).locator('b').innerText(), figures.scores[name].mean.toFixed(1), name)
    }
    await page.getByTestId('number-high_risk').click()
    await leadsTo(figures.high_risk, 'high risk')

    const missed = figures.measures.filter((one) => one.drill?.rule && one.missed > 0)
    assert.ok(missed.length > 0, 'the demo has something missed')
    for (const measure of missed.slice(0, 3)) {
      for (const name of ['missed', 'met', 'undecided']) {
        if (measure[name] === 0) continue
        await open('/overview?span=all')
        const all = page.getByTestId('all-measures')
        await page.getByTestId('measure').first().waitFor()
        if (await all.count() > 0) await all.click()
        const row = page.locator(`[data-testid="measure"][data-id="${measure.id}"]`)
        assert.equal(Number(await row.getByTestId(`measure-${name}`).innerText()), measure[name])
        await row.getByTestId(`measure-${name}`).click()
        await leadsTo(measure[name], `${measure.id} ${name}`)
      }
    }
  })

  await scene('a measure says how it is made up', async () => {
    const { measures } = await get('api/v1/figures')
    const measure = measures.find((one) => one.met + one.missed > 0)
    await open('/overview?span=all')
    await page.locator(`[data-testid="measure"][data-id="${measure.id}"]`).getByTestId('measure-title').click()
    const details = await page.getByTestId('measure-details').innerText()
    for (const words of [measure.formula.zh, measure.numerator.zh, measure.denominator.zh]) assert.ok(details.includes(words), words)
  })

  await scene('a target is changed in its place and stays', async () => {
    const { measures } = await get('api/v1/figures')
    const measure = measures.find((one) => one.met + one.missed > 0)
    await open('/overview?span=all')
    const row = page.locator(`[data-testid="measure"][data-id="${measure.id}"]`)
    await row.getByTestId('target').click()
    await row.getByTestId('target-input').fill('140')
    await page.keyboard.press('Enter')
    assert.equal(await row.getByTestId('target-input').getAttribute('aria-invalid'), 'true')
    await row.getByTestId('target-input').fill('87.5')
    await page.keyboard.press('Enter')
    await row.getByTestId('target').filter({ hasText: '87.5%' }).waitFor()
    const after = (await get('api/v1/figures')).measures.find((one) => one.id === measure.id)
    assert.equal(after.target, 0.875)
    assert.equal(await row.locator(after.is_reached ? '.reached' : '.unreached').count(), 1)
  })

  await scene('a cell of the heat map opens its list', async () => {
    await open('/overview/heat?span=all')
    await page.getByTestId('heat').waitFor()
    const cells = page.locator('[data-testid="heat-cell"]:not([data-missed="0"])')
    const counts = await cells.evaluateAll((all) => all.map((one) => Number(one.dataset.missed)))
    assert.ok(counts.length > 0)
    const most = counts.indexOf(Math.max(...counts))
    for (const at of new Set([0, most])) {
      await open('/overview/heat?span=all')
      await cells.nth(at).click()
      await leadsTo(counts[at], `cell ${at}`)
      assert.ok(search().get('agent') && search().get('rule') && search().get('verdict'))
    }
    await open('/overview/heat?span=all')
    await page.getByTestId('by-team').click()
    await page.waitForURL((url) => url.searchParams.get('by') === 'team')
    const teams = await get('api/v1/figures/heat?by=team')
    await page.waitForFunction((wanted) => document.querySelectorAll('[data-testid="heat-row"]').length === wanted, teams.rows.length)
  })

  await scene('a point of the trend opens its days', async () => {
    await open('/overview/trend?measure=conversations&by=day')
    const point = page.getByTestId('trend-point').first()
    await point.waitFor()
    const said = await point.getAttribute('aria-label')
    await point.focus()
    await page.keyboard.press('Enter')
    await leadsTo(Number(said.split(' ').at(-1)), said)
  })

  await scene('no error was logged and no request left the machine', () => assert.deepEqual(complaints, []))
})
