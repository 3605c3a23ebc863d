import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { Arithmetic } from './Arithmetic'
import { Dialogue } from './Dialogue'
import { copyText, evidenceText } from './evidenceText'
import { FindingList } from './FindingList'
import { FindingStepper } from './FindingStepper'
import { findingsOf, foundByNumber } from './found'
import { Lanes } from './Lanes'
import { makeMoment } from './moment'
import { OtherRules } from './OtherRules'
import { RecordTable } from './RecordTable'
import type { Speech } from './sentences'
import { TitleBlock } from './TitleBlock'
import { useCopied } from './copied'
import { useSelection } from './selection'

export function ConversationView({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const findings = useMemo(() => findingsOf(conversation), [conversation])
  const speech: Speech = useMemo(() => ({ t, conversation, moment: makeMoment(conversation, t) }), [t, conversation])
  const page = useRef<HTMLDivElement>(null)
  const talk = useRef<HTMLDivElement>(null)
  // So that Space and Page Down scroll the dialogue from the start.
  useEffect(() => talk.current?.focus({ preventScroll: true }), [])
  const { selected, select, step } = useSelection(findings, page)
  const { copied, tell } = useCopied()

  const chosen = findings.find((one) => one.key === selected)
  const copy = async () => {
    if (chosen) tell(await copyText(evidenceText(chosen, speech, format)) ? 'yes' : 'no')
  }
  useKeyboard({
    n: () => step(1), p: () => step(-1), ArrowDown: selected ? () => step(1) : undefined, ArrowUp: selected ? () => step(-1) : undefined,
    c: chosen ? () => void copy() : undefined, Escape: () => select(null, 'key'),
  })
  const selectNumber = (number: number | null, rule: string) => {
    const found = foundByNumber(findings, number) ?? findings.find((one) => one.rule.rule === rule)
    if (found) select(found.key, 'card')
  }
  return (
    <div className="conversation" ref={page}>
      <TitleBlock conversation={conversation} />
      <Lanes conversation={conversation} findings={findings} selected={selected} onSelect={(key) => select(key, 'card')} />
      <div className="body">
        <div className="talk-frame" tabIndex={-1} ref={talk}>
          <Dialogue conversation={conversation} findings={findings} speech={speech} selected={selected} onSelect={(key) => select(key, 'mark')} />
        </div>
        <aside aria-label={t('finding.title')} id="findings">
          <FindingList
            conversation={conversation} findings={findings} speech={speech} selected={selected} copied={copied}
            onSelect={(key) => select(key, 'card')} onCopy={() => void copy()}
          />
          <Arithmetic conversation={conversation} onSelect={selectNumber} />
          <OtherRules conversation={conversation} speech={speech} onShow={(key) => select(key, 'card')} />
          <RecordTable conversation={conversation} />
        </aside>
      </div>
      <FindingStepper findings={findings} selected={selected} step={step} />
    </div>
  )
}
