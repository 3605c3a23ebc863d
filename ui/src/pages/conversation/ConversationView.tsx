import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router-dom'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { PlayerPanel } from '../../player/PlayerPanel'
import { Arithmetic } from './Arithmetic'
import { Dialogue } from './Dialogue'
import { useDrawn } from './drawn'
import { copyText, evidenceText } from './evidenceText'
import { FindingList } from './FindingList'
import { FindingStepper } from './FindingStepper'
import { FollowButton } from './FollowButton'
import { useFoundTurn } from './foundTurn'
import { useSearchedWords } from './searchedWords'
import { findingsOf, foundByNumber } from './found'
import { Lanes } from './Lanes'
import { useListening } from './listening'
import { makeMoment } from './moment'
import { OtherRules } from './OtherRules'
import { RecordTable } from './RecordTable'
import type { Speech } from './sentences'
import { TranscriptNote } from './TranscriptNote'
import { isWordless, WordlessNote } from './WordlessNote'
import { TitleBlock } from './TitleBlock'
import { useCopied } from './copied'
import { Elsewhere } from './Elsewhere'
import { Judged, turnOf } from './judged'
import { Related } from './Related'
import { Responsible } from './Responsible'
import { useActs } from './useActs'
import { useComments } from './useComments'
import { ErrorLine } from '../../parts/PageState'
import { ConversationOrders } from '../orders/ConversationOrders'
import { ConflictNote } from '../review/ConflictNote'
import { MissedDialog } from '../review/MissedDialog'
import { standingAt } from '../review/useSaid'
import '../review/review.css'
import { useSelection, type SelectedBy } from './selection'
import { useSpokenLines } from './spoken'

export function ConversationView({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const findings = useMemo(() => findingsOf(conversation), [conversation])
  const speech: Speech = useMemo(() => ({ t, conversation, moment: makeMoment(conversation, t) }), [t, conversation])
  const page = useRef<HTMLDivElement>(null)
  const talk = useRef<HTMLDivElement>(null)
  // So that Space and Page Down scroll the dialogue from the start.
  useEffect(() => talk.current?.focus({ preventScroll: true }), [])
  const isDrawn = useDrawn(!conversation.recording)
  const { selected, select, step } = useSelection(findings, page, isDrawn)
  const foundTurn = useFoundTurn(page, isDrawn)
  const [search] = useSearchParams()
  useSearchedWords(talk, search.get('q'), isDrawn)
  const { copied, tell } = useCopied()

  const chosen = findings.find((one) => one.key === selected)
  const { listen, playFrom } = useListening(conversation, chosen)
  const { acts, judged, keys, keep, missed, closeMissed } = useActs(conversation, findings, chosen)
  const comments = useComments(conversation.id, acts.said, keep, talk)
  const { isFollowing, follow, resume } = useSpokenLines(conversation, talk, isDrawn)
  const copy = async () => {
    if (chosen) tell(await copyText(evidenceText(chosen, speech, format, standingAt(acts.said, chosen.rule.rule, turnOf(chosen)))) ? 'yes' : 'no')
  }
  const choose = (key: string, by: SelectedBy, isKeyed = false) => {
    resume()
    // The sound first.
    listen(findings.find((one) => one.key === key), isKeyed)
    select(key, by)
  }
  const walk = (by: number) => {
    const key = step(by)
    if (!key) return
    resume()
    listen(findings.find((one) => one.key === key), false)
  }
  const playLine = useCallback((ms: number) => {
    resume()
    playFrom?.(ms)
  }, [resume, playFrom])
  useKeyboard({
    n: () => walk(1), p: () => walk(-1), ArrowDown: selected ? () => walk(1) : undefined, ArrowUp: selected ? () => walk(-1) : undefined,
    Enter: chosen && playFrom ? () => listen(chosen, true) : undefined, f: playFrom ? follow : undefined,
    c: chosen ? () => void copy() : undefined, C: chosen ? () => void copy() : undefined, ...keys,
    b: () => comments.openSelected(chosen ? turnOf(chosen) : null), Escape: () => select(null, 'key'),
  })
  const selectNumber = (number: number | null, rule: string) => {
    const found = foundByNumber(findings, number) ?? findings.find((one) => one.rule.rule === rule)
    if (found) choose(found.key, 'card')
  }
  const chooseCard = (key: string, isKeyed = false) => choose(key, 'card', isKeyed)
  return (
    <Judged.Provider value={judged}>
    <ConversationOrders conversation={conversation} chosen={chosen}>
    <div className="conversation" ref={page}>
      <TitleBlock conversation={conversation} />
      {conversation.recording
        ? <PlayerPanel conversation={conversation} recording={conversation.recording} findings={findings} selected={selected} onSelect={chooseCard} onSeek={follow} />
        : <Lanes conversation={conversation} findings={findings} selected={selected} onSelect={chooseCard} />}
      <div className="body">
        <div className="talk-frame" tabIndex={-1} ref={talk}>
          {conversation.transcript && <TranscriptNote transcript={conversation.transcript} />}
          {isWordless(conversation) && <WordlessNote conversation={conversation} />}
          {isDrawn && (
            <Dialogue
              conversation={conversation} findings={findings} speech={speech} selected={selected} foundTurn={foundTurn} onPlay={playFrom && playLine}
              onSelect={(key, isKeyed) => choose(key, 'mark', isKeyed)} comments={comments}
            />
          )}
          {playFrom && !isFollowing && <FollowButton onFollow={follow} />}
        </div>
        <aside aria-label={t('finding.title')} id="findings">
          {isDrawn && (
            <>
              <FindingList
                conversation={conversation} findings={findings} speech={speech} selected={selected} copied={copied} acts={acts}
                onSelect={chooseCard} onCopy={() => void copy()}
              />
              <Elsewhere conversation={conversation} findings={findings} acts={acts} />
              <Arithmetic conversation={conversation} onSelect={selectNumber} />
              <OtherRules conversation={conversation} speech={speech} onShow={(key) => chooseCard(key)} />
              <Responsible conversation={conversation} />
              <Related conversation={conversation} />
              <RecordTable conversation={conversation} />
            </>
          )}
        </aside>
      </div>
      <FindingStepper findings={findings} selected={selected} step={walk} />
      {missed && (
        <MissedDialog
          conversation={conversation} turn={missed.turn} rule={missed.rule} isBusy={acts.judging.isBusy} onClose={closeMissed}
          onSay={(rule, turn, reason, note) => void acts.judging.say({ rule, turn, answer: 'missed', reason, note }).then((stands) => stands && closeMissed())}
        >
          {acts.judging.error && <ErrorLine error={acts.judging.error} />}
          {acts.judging.conflict && <ConflictNote conflict={acts.judging.conflict} isBusy={acts.judging.isBusy} onLeave={acts.judging.leave} onReplace={() => void acts.judging.replace().then((stands) => stands && closeMissed())} />}
        </MissedDialog>
      )}
    </div>
    </ConversationOrders>
    </Judged.Provider>
  )
}
