// Previous and next go through the list that is seen: in every order, with filters and with search.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { conversation, open, START } from './callscope.mjs'

const SORTS = ['-started', 'started', 'compliance', '-compliance', 'experience', '-experience', 'risk', '-risk']
let store
before(async () => {
  const texts = [['我要投诉你们', '非常抱歉'], ['我要投诉你们', '嗯', '好', '是的', '再见', '再见'], ['它坏了', '这是您的个人问题', '算了', '再见'], ['你好', '您好']]
  store = await open(Array.from({ length: 23 }, (_, i) => conversation(`N-${i}`, texts[(i * 3) % 4], {
    started: i % 7 === 6 ? undefined : new Date(START + ((i * 5) % 11) * 3600e3).toISOString(), queue: i % 2 ? '售后' : '售前',
  })))
})
after(() => store?.close())

for (const filter of [{}, { queue: '售后' }, { rule: 'apologise' }, { verdict: 'hit' }, { q: '投诉' }, { q: '投诉', queue: '售前' }, { seen: '0' }]) {
  test(`step by step through ${JSON.stringify(filter)}, in every order`, async () => {
    for (const sort of SORTS) {
      const list = (await store.api('conversations', { ...filter, sort, limit: '200' })).body
      const ids = list.items.map((item) => item.id)
      assert.ok(ids.length > 2, sort)
      for (const [at, id] of ids.entries()) {
        const { body } = await store.api(`conversations/${id}/neighbours`, { ...filter, sort })
        assert.equal(body.previous, ids[at - 1] ?? null, `${sort}: before ${at}`)
        assert.equal(body.next, ids[at + 1] ?? null, `${sort}: behind ${at}`)
        if (body.position !== null) assert.equal(body.position, at + 1, sort)
      }
    }
  })
}
