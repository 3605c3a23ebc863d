import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router-dom'
import { saveDraft } from '../../api/rules'
import type { RuleKind } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { ErrorLine } from '../../parts/PageState'
import { Dialog } from './parts/Dialog'

const KINDS: readonly RuleKind[] = ['expect', 'never', 'flag']
/** What a name may not hold: marks of the language. */
const MARKS = /[\s\p{Cc}\p{Cf}"“”|,:=()<>!#/，：｜＝（）]/u
/** Addresses of the program, where no rule would be found. */
const RESERVED = ['vocabulary', 'check', 'text']

const TEMPLATES: Record<'zh' | 'en', Record<RuleKind, (name: string, title: string) => string>> = {
  zh: {
    expect: (name, title) => `规则 ${name}\n  标题 "${title}"\n  当   客户 说 "太差" | "投诉"\n  应当 客服 说 "抱歉" | "对不起" 限 2 客服 轮 之后\n  否则 体验 -5\n\n测试 "做到了"\n  客户 你们的服务太差了\n  客服 非常抱歉，我马上处理。\n  → ${name} 达成\n\n测试 "没有做到"\n  客户 你们的服务太差了\n  客服 请问订单号是多少？\n  客户 8812\n  客服 查到了。\n  → ${name} 未达\n`,
    never: (name, title) => `规则 ${name}\n  标题 "${title}"\n  不得 客服 说 "不归我管"\n  否则 体验 -10\n\n测试 "说了不该说的"\n  客户 这个怎么办\n  客服 这个不归我管。\n  → ${name} 命中\n\n测试 "没有说"\n  客户 这个怎么办\n  客服 我来帮您处理。\n  → ${name} 无违规\n`,
    flag: (name, title) => `标记 ${name}\n  标题 "${title}"\n  当   客户 说 "12315" | "起诉"\n  则   标签 升级风险\n\n测试 "提到了"\n  客户 再不处理我就打12315\n  客服 我马上处理。\n  → ${name} 已提示\n`,
  },
  en: {
    expect: (name, title) => `rule ${name}\n  title  "${title}"\n  when   customer says "terrible" | "complaint"\n  expect agent says "sorry" | "apologise" within 2 agent turns after\n  else   experience -5\n\ntest "done"\n  customer your service is terrible\n  agent    I am so sorry, I will see to it.\n  → ${name} met\n\ntest "not done"\n  customer your service is terrible\n  agent    What is your order number?\n  customer 8812\n  agent    I found it.\n  → ${name} missed\n`,
    never: (name, title) => `rule ${name}\n  title  "${title}"\n  never  agent says "not my job"\n  else   experience -10\n\ntest "said it"\n  customer what now\n  agent    That is not my job.\n  → ${name} hit\n\ntest "did not say it"\n  customer what now\n  agent    Let me see to it.\n  → ${name} clean\n`,
    flag: (name, title) => `flag ${name}\n  title  "${title}"\n  when   customer says "lawyer" | "sue"\n  then   tag escalation\n\ntest "named it"\n  customer I will call my lawyer\n  agent    Let me see to it.\n  → ${name} noted\n`,
  },
}

/** A name and what kind of rule; the rest is written on its page, which opens with a first text that works. */
export function NewRuleDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [title, setTitle] = useState('')
  const [name, setName] = useState('')
  const [kind, setKind] = useState<RuleKind>('expect')
  const isTaken = taken.includes(name)
  const isWrong = MARKS.test(name)
  const isReserved = RESERVED.includes(name)
  const isReady = name !== '' && title.trim() !== '' && !isTaken && !isWrong && !isReserved
  const make = useMutation({
    mutationFn: () => saveDraft(name, TEMPLATES[language][kind](name, title.trim().replace(/["“”]/g, '')), null, 0),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['rules'] })
      navigate(`/rules/${encodeURIComponent(name)}`)
    },
  })
  return (
    <Dialog
      title={t('rules.new')} testId="new-rule" onClose={onClose} onSubmit={() => isReady && make.mutate()}
      acts={(
        <>
          <button type="button" className="button" onClick={onClose}>{t('rules.back')}</button>
          <button type="submit" className="button strong" disabled={!isReady || make.isPending} data-testid="make-rule">{t('rules.make')}</button>
        </>
      )}
    >
      <label className="field"><span>{t('rules.title_label')}</span><input type="text" value={title} autoFocus maxLength={200} onChange={(event) => setTitle(event.target.value)} data-testid="new-title" /></label>
      <label className="field"><span>{t('rules.name_label')}</span><input type="text" value={name} maxLength={80} onChange={(event) => setName(event.target.value.trim())} data-testid="new-name" aria-describedby="name-says" /></label>
      <p id="name-says" className={isTaken || isWrong || isReserved ? 'error-line' : 'quiet'}>{t(isTaken ? 'rules.name_taken' : isWrong ? 'rules.name_wrong' : isReserved ? 'rules.name_reserved' : 'rules.name_says', { name })}</p>
      <fieldset className="kinds-choice">
        <legend>{t('rules.kind_label')}</legend>
        {KINDS.map((one) => <label key={one} className="check"><input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} /><b>{t(`rules.kind.${one}`)}</b> <span className="quiet">{t(`rules.kind_says.${one}`)}</span></label>)}
      </fieldset>
      {make.error && <ErrorLine error={make.error} />}
    </Dialog>
  )
}
