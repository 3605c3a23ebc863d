import { useMemo, useState } from 'react'
import type { Answer } from '../../api/review'
import type { Conversation } from '../../api/types'
import { useMayJudge } from '../review/mayJudge'
import { answersTo } from '../review/answers'
import { standingAt, useJudging, useSaid } from '../review/useSaid'
import type { Acts } from './FindingActs'
import type { Found } from './found'
import { judgedOf, turnOf } from './judged'

/** A, W, M and undo on the finding that is chosen; M without one chooses the rule first. */
export function useActs(conversation: Conversation, findings: Found[], chosen: Found | undefined) {
  const { said, keep } = useSaid(conversation.id)
  const judging = useJudging(conversation.id, said.data, keep)
  const mayJudge = useMayJudge()
  const [missed, setMissed] = useState<{ rule: string | null; turn: number | null } | null>(null)
  const standing = chosen && standingAt(said.data, chosen.rule.rule, turnOf(chosen))

  const onAnswer = (answer: Answer) => {
    if (!mayJudge || judging.isBusy) return
    if (answer === 'missed') {
      // The rule of what is undecided is known; beside what was found another rule is meant.
      setMissed({ rule: chosen && answersTo(chosen.finding.verdict).includes('missed') ? chosen.rule.rule : null, turn: chosen ? turnOf(chosen) : null })
      return
    }
    if (!chosen || !answersTo(chosen.finding.verdict).includes(answer)) return
    const word = { rule: chosen.rule.rule, turn: turnOf(chosen), answer }
    if (answer === 'agree') void judging.say(word)
    else judging.ask(word)
  }
  const undo = () => {
    if (standing && mayJudge) void judging.withdraw(standing.number)
  }
  const keyed = (answer: Answer) => (mayJudge ? () => onAnswer(answer) : undefined)
  const keys = {
    a: keyed('agree'), A: keyed('agree'), w: keyed('wrong'), W: keyed('wrong'), m: keyed('missed'), M: keyed('missed'),
    z: standing && mayJudge ? undo : undefined,
  }
  const acts: Acts = { said: said.data, judging, mayJudge, conversation: conversation.id, onAnswer }
  const judged = useMemo(() => judgedOf(findings, said.data), [findings, said.data])
  return {
    acts, judged, keys, keep, missed, closeMissed: () => {
      judging.leave()
      setMissed(null)
    },
  }
}
