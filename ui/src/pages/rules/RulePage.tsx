import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useBlocker, useNavigate, useParams } from 'react-router-dom'
import { useAccount } from '../../api/account'
import { ApiError } from '../../api/client'
import type { RuleDetail } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { FailedState, PageState } from '../../parts/PageState'
import { usePageTitle } from '../../parts/pageTitle'
import { PlainBar } from '../../parts/PlainBar'
import { ConversationsTab } from './ConversationsTab'
import { EditTab } from './EditTab'
import { ReviewTab } from './ReviewTab'
import { RuleHead } from './RuleHead'
import { useNames, useRule } from './ruleQueries'
import { foundCount } from './parts/figures'
import { Steps } from './parts/Steps'
import { TestsTab } from './TestsTab'
import { useRuleText } from './useRuleText'
import { VersionsTab } from './VersionsTab'
import './rules.css'

const TABS = ['edit', 'conversations', 'tests', 'versions', 'review'] as const
type Tab = (typeof TABS)[number]

/** One rule: in plain words first, then its text and form, and what it does. */
export function RulePage() {
  const { t } = useTranslation()
  const format = useFormat()
  const { name = '' } = useParams()
  const { may } = useAccount()
  const found = useRule(name)
  const detail = found.data
  usePageTitle(detail ? format.title(detail.title, name) : name)
  const where = <><Link to="/rules">{t('rules.page')}</Link> / {detail?.pack ? <Link to={`/rules?${new URLSearchParams({ pack: detail.pack })}`}>{t(`rules.pack.${detail.pack}`, { defaultValue: detail.pack })}</Link> : null}{detail?.pack ? ' / ' : ''}<strong>{detail ? format.title(detail.title, name) : name}</strong></>
  return (
    <>
      <PlainBar where={where} />
      <main id="main" className="rule-page">
        {!detail && found.error && (found.error instanceof ApiError && found.error.status === 404
          ? <PageState title={t('rules.missing', { name })} remedy={t('rules.missing_remedy')}><Link className="link" to="/rules">{t('rules.to_rules')}</Link></PageState>
          : <FailedState error={found.error} onRetry={() => void found.refetch()} />)}
        {!detail && !found.error && <div className="rule-head" aria-busy="true"><span className="ghost" style={{ width: 220, height: 26 }} /><span className="ghost" style={{ width: '60%', height: 40, marginTop: 12 }} /></div>}
        {detail && (may('reviewer') ? <Desk key={name} detail={detail} /> : <PlainRule detail={detail} />)}
      </main>
    </>
  )
}

/** For whom the words are enough: what the rule asks of him, without anybody's conversations. */
function PlainRule({ detail }: { detail: RuleDetail }) {
  const { t } = useTranslation()
  const names = useNames(detail.form, [])
  return (
    <>
      <RuleHead detail={detail} form={detail.form} text={detail.text} names={names} isPlain />
      <div className="tab-body"><p className="quiet" data-testid="words-only">{t('rules.words_only')}</p></div>
    </>
  )
}

function Desk({ detail }: { detail: RuleDetail }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tab: asked } = useParams()
  const tab: Tab = TABS.find((one) => one === asked) ?? 'edit'
  const text = useRuleText(detail)
  const names = useNames(text.form ?? detail.form, detail.shared)
  const [goTo, setGoTo] = useState<number | null>(null)
  const [on, setOn] = useState('')
  const address = useCallback((to: Tab) => `/rules/${encodeURIComponent(detail.rule)}${to === 'edit' ? '' : `/${to}`}`, [detail.rule])
  const base = address('edit')
  const blocker = useBlocker(({ nextLocation }) => text.isDirty && nextLocation.pathname !== base && !nextLocation.pathname.startsWith(`${base}/`))
  useEffect(() => {
    if (!text.isDirty) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [text.isDirty])
  const counts: Partial<Record<Tab, number>> = { conversations: foundCount(detail.kind, detail.counts), tests: text.form?.statements.filter((one) => one.kind === 'test').length ?? detail.tests.length, versions: detail.version ?? 0, review: detail.judged ? detail.judged.agreed + detail.judged.wrong + detail.judged.missed : 0 }
  const onLine = (line: number) => {
    setGoTo(line)
    navigate(base, { preventScrollReset: true })
  }
  return (
    <>
      <RuleHead detail={detail} form={text.form ?? detail.form} text={text.text} names={names} />
      <div className="tab-row">
        <nav className="tabs" aria-label={t('rules.tabs')}>
          {TABS.map((one) => (
            <Link key={one} to={address(one)} aria-current={one === tab ? 'page' : undefined} className={one === tab ? 'on' : undefined} preventScrollReset data-testid={`tab-${one}`}>
              {one === 'edit' ? t(detail.draft || text.isDirty ? 'rules.tab.draft' : 'rules.tab.edit', { version: (detail.version ?? 0) + 1 }) : t(`rules.tab.${one}`)}
              {counts[one] !== undefined && <span className="quiet"> {counts[one]}</span>}
            </Link>
          ))}
        </nav>
        <Steps detail={detail} text={text} />
      </div>
      <div className="tab-body">
        {tab === 'edit' && <EditTab detail={detail} text={text} names={names} goTo={goTo} on={on} setOn={setOn} />}
        {tab === 'conversations' && <ConversationsTab detail={detail} onTry={(conversation) => { setOn(conversation); navigate(base) }} />}
        {tab === 'tests' && <TestsTab detail={detail} text={text} canEdit onLine={onLine} />}
        {tab === 'versions' && <VersionsTab detail={detail} text={text} />}
        {tab === 'review' && <ReviewTab detail={detail} />}
      </div>
      {blocker.state === 'blocked' && (
        <ConfirmDialog title={t('rules.leave_title')} yes={t('rules.leave_yes')} no={t('rules.leave_no')} onNo={blocker.reset} onYes={blocker.proceed}><p>{t('rules.leave_says')}</p></ConfirmDialog>
      )}
    </>
  )
}
