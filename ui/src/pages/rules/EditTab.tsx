import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router-dom'
import { checkText, dropDraft, writeForm, type RuleDetail } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine } from '../../parts/PageState'
import { CodeEditor, type EditorHandle } from './editor/CodeEditor'
import { RuleForm } from './form/RuleForm'
import { BacktestPane } from './parts/BacktestPane'
import { ConflictDialog } from './parts/ConflictDialog'
import { TestsPane } from './parts/TestsPane'
import { TryPane } from './parts/TryPane'
import { useLexicon } from './ruleQueries'
import type { Names } from './sentence/names'
import type { RuleText } from './useRuleText'

interface Props { detail: RuleDetail; text: RuleText; names: Names; goTo: number | null; on: string; setOn: (on: string) => void }

/** Text and form of one rule on the left; what they do to conversations on the right. */
export function EditTab({ detail, text, names, goTo, on, setOn }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const editor = useRef<EditorHandle>(null)
  const { lexicon, query } = useLexicon(true)
  const [isDropping, setDropping] = useState(false)
  const arrange = useMutation({
    mutationFn: async (into: 'as_written' | 'other') => {
      const { form } = await checkText(detail.rule, text.text)
      const language = into === 'other' ? (form?.language === 'zh' ? 'en' : 'zh') : into
      return form ? (await writeForm(form, language)).text : null
    },
    onSuccess: (written) => written !== null && text.setText(written),
  })
  const drop = useMutation({
    mutationFn: (changes: number) => dropDraft(detail.rule, changes),
    onSuccess: () => {
      setDropping(false)
      text.discard()
    },
  })
  const ready = lexicon !== null
  useEffect(() => {
    if (goTo !== null && ready) editor.current?.goTo(goTo, 1)
  }, [goTo, ready])
  const draft = detail.draft
  const error = text.saveError ?? arrange.error ?? drop.error ?? text.formError ?? text.checkError
  return (
    <div className="edit">
      <section className="paper pane" aria-labelledby="text-pane">
        <header>
          <h2 id="text-pane">{t('rules.rule')}</h2>
          <span className="quiet" role="status" data-testid="draft-state">
            {text.isSaving ? t('rules.saving') : text.isDirty ? t('rules.unsaved') : draft ? t('rules.saved_by', { by: draft.by || t('rules.this_machine'), at: format.dayTime(draft.at_ms) }) : t('rules.as_published')}
          </span>
          <span className="acts">
            <button type="button" className="quiet-button" onClick={() => arrange.mutate('as_written')} disabled={text.problems.length > 0} title="Shift+Alt+F" data-testid="format">{t('rules.format')}</button>
            <button type="button" className="quiet-button" onClick={() => arrange.mutate('other')} disabled={text.problems.length > 0} data-testid="other-keywords">{t(text.form?.language === 'zh' ? 'rules.to_english' : 'rules.to_chinese')}</button>
            {draft && <button type="button" className="quiet-button" onClick={() => setDropping(true)} data-testid="drop-draft">{t('rules.drop_draft')}</button>}
            <button type="button" className="button" disabled={!text.isDirty || text.isSaving} aria-busy={text.isSaving} onClick={() => void text.save()} title="Ctrl+S" data-testid="save">{t('rules.save')}</button>
          </span>
        </header>
        {lexicon
          ? (
            <CodeEditor
              ref={editor} text={text.text} problems={text.problems} lexicon={lexicon} shared={detail.shared} onChange={text.setText}
              onSave={() => void text.save()} onFormat={() => arrange.mutate('as_written')}
            />
          )
          : query.error ? <ErrorLine error={query.error} onRetry={() => void query.refetch()} /> : <span className="ghost" style={{ height: 260 }} />}
        {text.problems.length > 0 && (
          <ul className="problems" aria-label={t('rules.problems')} data-testid="problems">
            {text.problems.map((problem, at) => (
              <li key={at}>
                <button type="button" onClick={() => editor.current?.goTo(problem.line, problem.column)}>
                  <b>{t('rules.line', { line: problem.line })}</b> {problem.reason}{problem.hint && <span> {problem.hint}</span>}
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="unseen" role="status">{text.problems.length > 0 ? t('rules.problem_count', { count: text.problems.length }) : ''}</p>
        {text.isOutdated && <p className="stale-note" role="status" data-testid="outdated">{t('rules.outdated', { version: detail.version })} <Link className="link" to={`/rules/${encodeURIComponent(detail.rule)}/versions`}>{t('rules.tab.versions')}</Link></p>}
        {error && <ErrorLine error={error} />}
        {!text.isFormCurrent && text.problems.length > 0 && <p className="quiet form-none">{t('rules.form_waits')}</p>}
        <RuleForm form={text.form} rule={detail.rule} names={names} isDisabled={text.problems.length > 0} onChange={text.setForm} />
        {detail.shared.length > 0 && (
          <details className="shared">
            <summary>{t('rules.shared', { count: detail.shared.length })}</summary>
            <ul>{detail.shared.map((part) => <li key={part.name}><b>{part.name}</b> <span className="quiet">{t(`rules.name.${part.kind}`)} · {t('rules.used_by', { count: part.used_by.length })}</span><pre tabIndex={0}>{part.text}</pre></li>)}</ul>
          </details>
        )}
      </section>
      <div className="panes">
        <TryPane detail={detail} text={text} on={on} setOn={setOn} />
        <BacktestPane detail={detail} text={text} canEdit />
        <TestsPane detail={detail} text={text} canEdit onLine={(line) => editor.current?.goTo(line, 1)} />
      </div>
      {text.conflict && <ConflictDialog text={text} published={detail.text} />}
      {isDropping && (
        <ConfirmDialog title={t('rules.drop_title')} yes={t('rules.drop_yes')} no={t('rules.back')} isBusy={drop.isPending} onNo={() => setDropping(false)} onYes={() => draft && drop.mutate(draft.changes)}>
          <p>{detail.version ? t('rules.drop_says') : t('rules.drop_says_new')}</p>
        </ConfirmDialog>
      )}
    </div>
  )
}
