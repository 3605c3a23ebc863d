import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { testDraft, type Draft, type Form, type RuleDetail } from '../../../api/rules'
import { ErrorLine } from '../../../parts/PageState'
import type { RuleText } from '../useRuleText'

/** The tests that stand in the text: run against the saved draft, each with its line, failed ones first. */
export function TestsPane({ detail, text, canEdit, onLine }: { detail: RuleDetail; text: RuleText; canEdit: boolean; onLine: (line: number) => void }) {
  const { t } = useTranslation()
  const draft = detail.draft
  const run = useMutation({
    mutationFn: async (): Promise<Draft | null> => ((await text.save()) ? testDraft(detail.rule) : null),
    onSuccess: (tested) => tested && text.adopt(tested, detail.text),
  })
  const result = text.isDirty ? null : draft?.tests ?? null
  const names = namesOfTests(text.form, text.text)
  const failed = new Map(result?.failures.map((failure) => [failure.test, failure]) ?? [])
  const isPassed = (name: string) => (result ? !failed.has(name) : text.isDirty || draft ? null : detail.tests.find((one) => one.name === name)?.is_passed ?? null)
  const isAsPublished = !draft && !text.isDirty && names.length > 0 && names.every(({ name }) => isPassed(name))
  const sorted = [...names].sort((a, b) => Number(failed.has(b.name)) - Number(failed.has(a.name)))
  return (
    <section className="paper pane" aria-labelledby="tests-pane" data-testid="tests-pane">
      <header>
        <h2 id="tests-pane">{t('rules.tests')}</h2>
        <span className="quiet" role="status">
          {isAsPublished ? t('rules.tests_passed', { count: names.length }) : result ? t(result.failed ? 'rules.tests_failed' : 'rules.tests_passed', { count: result.tests, failed: result.failed, passed: result.tests - result.failed }) : t('rules.tests_count', { count: names.length })}
        </span>
        {canEdit && <button type="button" className="button" disabled={run.isPending || text.problems.length > 0} onClick={() => run.mutate()} data-testid="run-tests">{run.isPending ? t('rules.testing') : t('rules.run_tests')}</button>}
      </header>
      {run.error && <ErrorLine error={run.error} />}
      {names.length === 0 && <p className="quiet">{t('rules.tests_none')}</p>}
      <ul className="test-list">
        {sorted.map(({ name, line }) => {
          const failure = failed.get(name)
          const passed = isPassed(name)
          return (
            <li key={`${line} ${name}`} data-testid={failure ? 'test-failed' : 'test'}>
              <span className={failure ? 'sign bad' : passed ? 'sign good' : 'sign'} aria-hidden="true">{failure ? '✗' : passed ? '✓' : '·'}</span>
              <span className="unseen">{failure ? t('rules.failed') : passed ? t('rules.passed') : t('rules.not_run')} </span>
              <span className="what">{name}
                {failure && <span className="why">{t('rules.expected_came', { expected: verdictWords(failure.expected, t), actual: verdictWords(failure.actual, t) })}{failure.reason && failure.reason !== failure.actual ? ` · ${t(`finding.reason.${failure.reason}`, { defaultValue: failure.reason })}` : ''}</span>}
              </span>
              <button type="button" className="link line" onClick={() => onLine(line)}>{t('rules.line', { line })}</button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** "missed at 2" in the reader's words. */
function verdictWords(text: string, t: (key: string, options?: Record<string, unknown>) => string): string {
  const found = text.match(/^([\w-]+)(?: at (\d+))?$/)
  if (!found) return text
  const word = t(`verdict.${found[1]!.replace(/-/g, '_')}`, { defaultValue: found[1] })
  return found[2] ? t('rules.verdict_at', { verdict: word, turn: found[2] }) : word
}

/** The names of the tests, where they stand now. */
function namesOfTests(form: Form | null, text: string): { name: string; line: number }[] {
  const lines = text.split('\n').flatMap((line, at) => {
    const found = line.match(/^(?:test|测试)\s+["“](.*?)["”]\s*$/)
    return found ? [{ name: found[1]!, line: at + 1 }] : []
  })
  return lines.length > 0 || !form ? lines : form.statements.filter((one) => one.kind === 'test').map((one) => ({ name: String(one.name), line: 1 }))
}
