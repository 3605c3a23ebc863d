import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleSummary, Summary } from '../../api/types'
import { RuleBar, rate } from './RuleBar'

const FEW = 6
const STORED = 'callscope.rule-bars'

type Shown = 'few' | 'all' | 'hidden'

function stored(): Shown {
  try {
    const value = localStorage.getItem(STORED)
    return value === 'hidden' || value === 'all' ? value : 'few'
  } catch {
    return 'few'
  }
}

/** How far each rule was kept, the least kept first; flags apart, for they accuse nobody. */
export function RuleBars({ summary, filter }: { summary: Summary | undefined; filter: URLSearchParams }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(stored)
  const show = (next: Shown) => {
    setShown(next)
    try {
      localStorage.setItem(STORED, next)
    } catch {
      // Not remembered; still shown.
    }
  }
  const applied = (rule: RuleSummary) => rule.met + rule.missed + rule.undecided > 0
  const rules = (summary?.rules ?? []).filter((rule) => rule.kind !== 'flag' && applied(rule))
    .sort((a, b) => rate(a) - rate(b) || b.missed - a.missed)
  const flags = (summary?.rules ?? []).filter((rule) => rule.kind === 'flag' && rule.missed > 0)
    .sort((a, b) => b.missed - a.missed)
  const visible = shown === 'all' ? rules : rules.slice(0, FEW)
  const all = rules.length + flags.length

  if (shown === 'hidden') {
    return (
      <section className="rule-bars closed">
        <button type="button" className="quiet-button" aria-expanded="false" onClick={() => show('few')}>{t('list.rules_show')} ▾</button>
      </section>
    )
  }
  return (
    <section className="rule-bars paper" aria-labelledby="rule-bars-title" aria-busy={!summary}>
      <header>
        <h2 id="rule-bars-title">{t('list.rules')}</h2>
        <span className="quiet note">{t('list.rules_note')}</span>
        {all > Math.min(FEW, rules.length) && (
          <button type="button" className="link" aria-expanded={shown === 'all'} onClick={() => show(shown === 'all' ? 'few' : 'all')}>
            {shown === 'all' ? t('list.rules_few') : t('list.rules_all', { count: all })}
          </button>
        )}
        <button type="button" className="quiet-button" onClick={() => show('hidden')}>{t('list.rules_hide')}</button>
      </header>
      {!summary && <div className="bars">{Array.from({ length: FEW }, (_, index) => <span key={index} className="ghost" style={{ height: 14, margin: '6px 0' }} />)}</div>}
      {summary && rules.length === 0 && <p className="quiet">{t('list.rules_empty')}</p>}
      <ul className="bars">{visible.map((rule) => <RuleBar key={rule.rule} rule={rule} filter={filter} />)}</ul>
      {shown === 'all' && flags.length > 0 && (
        <>
          <h3>{t('list.rules_flags')}</h3>
          <ul className="bars">{flags.map((rule) => <RuleBar key={rule.rule} rule={rule} filter={filter} />)}</ul>
        </>
      )}
    </section>
  )
}
