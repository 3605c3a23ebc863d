import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { send } from '../../api/client'
import type { Answer } from '../../api/review'
import type { RuleKind } from '../../api/types'
import { ErrorLine } from '../../parts/PageState'

/** What the rule should say there, by its kind. */
function expectedOf(kind: RuleKind, answer: Answer, reason: string | null): string {
  if (answer === 'missed') return kind === 'never' ? 'hit' : kind === 'expect' ? 'missed' : 'noted'
  if (reason === 'not_applicable') return 'not-applicable'
  return kind === 'never' ? 'clean' : kind === 'expect' ? 'met' : 'not-noted'
}

interface Made { test?: { name: string; is_needed: boolean } }

/** A judgement that the rule is wrong there becomes a test of its draft: the draft is done when it passes. */
export function MakeTest({ rule, kind, conversation, turn, answer, reason }: {
  rule: string; kind: RuleKind; conversation: string; turn: number | null; answer: Answer; reason: string | null
}) {
  const { t } = useTranslation()
  const make = useMutation({
    mutationFn: () => send<Made>('POST', `rules/${encodeURIComponent(rule)}/tests`, { conversation, turn, expected: expectedOf(kind, answer, reason) }),
  })
  if (make.data) {
    return (
      <span className="made-test" role="status" data-testid="made-test">
        {t(make.data.test?.is_needed === false ? 'review.test_passes' : 'review.test_needed')} <Link className="link" to={`/rules/${encodeURIComponent(rule)}`}>{t('review.to_draft')}</Link>
      </span>
    )
  }
  return (
    <span className="made-test">
      <button type="button" className="link" disabled={make.isPending} onClick={() => make.mutate()} data-testid="make-test">{t('review.make_test')}</button>
      {make.error && <ErrorLine error={make.error} />}
    </span>
  )
}
