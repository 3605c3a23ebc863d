import { useTranslation } from 'react-i18next'
import type { Answer, Said } from '../../api/review'
import { ErrorLine } from '../../parts/PageState'
import { answersTo } from '../review/answers'
import { ConflictNote } from '../review/ConflictNote'
import { JudgeBar } from '../review/JudgeBar'
import { ReasonAsk } from '../review/ReasonAsk'
import { SaidLine } from '../review/SaidLine'
import { MakeTest } from '../review/MakeTest'
import { standingAt, type Judging } from '../review/useSaid'
import type { Found } from './found'
import { beforeOf, turnOf } from './judged'

export interface Acts {
  said: Said | undefined
  judging: Judging
  /** Reviewers and managers say something; agents read it. */
  mayJudge: boolean
  conversation: string
  onAnswer: (answer: Answer) => void
}

/** Under the finding that is chosen: what people said about it, and one's own word. */
export function FindingActs({ found, acts }: { found: Found; acts: Acts }) {
  const { t } = useTranslation()
  const { said, judging, mayJudge, conversation, onAnswer } = acts
  const turn = turnOf(found)
  const standing = standingAt(said, found.rule.rule, turn)
  const isAsked = judging.asking?.rule === found.rule.rule && judging.asking.turn === turn && judging.asking.answer === 'wrong'
  return (
    <>
      {mayJudge && <JudgeBar can={[...new Set<Answer>([...answersTo(found.finding.verdict), 'missed'])]} said={standing?.answer} isBusy={judging.isBusy} onAnswer={onAnswer} />}
      {isAsked && (
        <ReasonAsk
          answer="wrong" isBusy={judging.isBusy} onCancel={judging.leave}
          onSay={(reason, note) => void judging.say({ rule: found.rule.rule, turn, answer: 'wrong', reason, note })}
        />
      )}
      {judging.conflict?.word.rule === found.rule.rule && judging.conflict.word.turn === turn && (
        <ConflictNote conflict={judging.conflict} isBusy={judging.isBusy} onLeave={judging.leave} onReplace={() => void judging.replace()} />
      )}
      {judging.error && <ErrorLine error={judging.error} />}
      {standing && (
        <SaidLine
          said={standing} older={beforeOf(said, standing)} isKeyed isBusy={judging.isBusy}
          onUndo={mayJudge ? () => void judging.withdraw(standing.number) : undefined}
        />
      )}
      {standing && standing.answer !== 'agree' && mayJudge && (
        <MakeTest rule={found.rule.rule} kind={found.rule.kind} conversation={conversation} turn={turn} answer={standing.answer} reason={standing.reason} />
      )}
      {!mayJudge && !standing && <span className="faint">{t('review.not_judged')}</span>}
    </>
  )
}
