import { useTranslation } from 'react-i18next'
import type { Form, RuleDetail } from '../../api/rules'
import { TestsPane } from './parts/TestsPane'
import type { RuleText } from './useRuleText'

interface Line { role?: string; says?: string; expect?: string; verdict?: string; at?: number; event?: string; by?: string; for?: unknown; time?: string; [member: string]: unknown }

/** Its tests: the list with results, and each as the dialogue that it is. */
export function TestsTab({ detail, text, canEdit, onLine }: { detail: RuleDetail; text: RuleText; canEdit: boolean; onLine: (line: number) => void }) {
  return (
    <div className="two tests-tab">
      <TestsPane detail={detail} text={text} canEdit={canEdit} onLine={onLine} />
      <Dialogues form={text.form} />
    </div>
  )
}

function Dialogues({ form }: { form: Form | null }) {
  const { t } = useTranslation()
  const tests = form?.statements.filter((one) => one.kind === 'test') ?? []
  if (tests.length === 0) return null
  return (
    <section className="paper pane" aria-labelledby="dialogues">
      <header><h2 id="dialogues">{t('rules.dialogues')}</h2></header>
      <ul className="dialogues">
        {tests.map((test) => (
          <li key={String(test.name)}>
            <h3>{String(test.name)}</h3>
            <ol className="dialogue-lines">
              {((test as { lines?: Line[] }).lines ?? []).map((line, at) => line.says !== undefined
                ? <li key={at}><span className={`who ${line.role}`}>{t(`role.${line.role?.replace('?', '')}`, { defaultValue: line.role })}</span><span className="spoken">{line.says}</span></li>
                : line.expect
                  ? <li key={at} className="expects">→ {line.expect} · {t(`verdict.${line.verdict?.replace(/-/g, '_')}`, { defaultValue: line.verdict })}{line.at ? ` · ${t('time.turn', { turn: line.at })}` : ''}</li>
                  : line.event ? <li key={at} className="quiet">{t('rules.event_line', { event: line.event })}</li> : null)}
            </ol>
          </li>
        ))}
      </ul>
    </section>
  )
}
