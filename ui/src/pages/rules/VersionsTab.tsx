import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../api/account'
import { fetchVersions, retireRule, rollBack, type RuleDetail } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { Difference } from './parts/Difference'
import { Overtaken, useSeenVersion } from './parts/Overtaken'
import { ReasonDialog } from './parts/ReasonDialog'
import { useRuleChanged } from './ruleQueries'
import type { RuleText } from './useRuleText'

/** What was published when, by whom and why; each against the one before, and back to it. */
export function VersionsTab({ detail, text }: { detail: RuleDetail; text: RuleText }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { may } = useAccount()
  const changed = useRuleChanged(detail.rule)
  const [opened, setOpened] = useState<number | null>(null)
  const [back, setBack] = useState<number | null>(null)
  const [isRetiring, setRetiring] = useState(false)
  const versions = useQuery({ queryKey: ['versions', detail.rule], queryFn: ({ signal }) => fetchVersions(detail.rule, signal) })
  const seen = useSeenVersion(detail.version ?? 0)
  const onError = (error: Error) => {
    seen.refused(error)
    changed.all()
  }
  const done = () => {
    setBack(null)
    setRetiring(false)
    changed.all()
  }
  const roll = useMutation({
    mutationFn: (reason: string) => rollBack(detail.rule, back!, seen.version, reason),
    onError,
    onSuccess: () => {
      const chosen = versions.data?.items.find((one) => one.version === back)
      if (chosen && !detail.draft && !text.isDirty) text.adopt(null, chosen.text)
      done()
    },
  })
  const retire = useMutation({ mutationFn: (reason: string) => retireRule(detail.rule, seen.version, reason), onSuccess: done, onError })
  if (versions.error && !versions.data) return <FailedState error={versions.error} onRetry={() => void versions.refetch()} />
  if (!versions.data) return <div className="paper ghosts" aria-busy="true">{[70, 82, 64].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>
  const items = versions.data.items
  if (items.length === 0) return <PageState title={t('rules.no_versions')} remedy={t('rules.no_versions_remedy')} />
  return (
    <div className="versions">
      {may('manager') && detail.state === 'published' && (
        <p className="sample-acts"><span className="quiet">{t('rules.retire_says')}</span><button type="button" className="button" onClick={() => { retire.reset(); seen.forget(); setRetiring(true) }} data-testid="retire">{t('rules.retire')}</button></p>
      )}
      <ol className="paper version-list">
        {items.map((one, at) => {
          const before = items[at + 1]
          const isCurrent = one.state === 'published'
          const isOpen = opened === one.version
          return (
            <li key={one.version} data-testid="version" data-version={one.version} data-state={one.state}>
              <div className="version-row">
                <b>v{one.version}</b>
                <span className={isCurrent ? 'chip met' : 'chip noted'}>{t(`rules.version_state.${one.state}`)}</span>
                <span className="reason">{one.is_of_files ? t('rules.from_files') : one.reason || t('rules.no_reason')}</span>
                <span className="quiet">{one.by || t('rules.this_machine')} · {format.dayTime(one.at_ms)}</span>
                <span className="acts">
                  <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpened(isOpen ? null : one.version)} data-testid="show-difference">{before ? t('rules.against', { version: before.version }) : t('rules.its_text')}</button>
                  {may('manager') && !isCurrent && <button type="button" className="button" onClick={() => { roll.reset(); seen.forget(); setBack(one.version) }} data-testid="roll-back">{t('rules.roll_back')}</button>}
                </span>
              </div>
              {isOpen && (before ? <Difference before={before.text} after={one.text} /> : <pre className="plain-text" tabIndex={0}>{one.text}</pre>)}
            </li>
          )
        })}
      </ol>
      {back !== null && (
        <ReasonDialog title={t('rules.roll_back_title', { version: back })} yes={t(seen.other ? 'rules.roll_back_over' : 'rules.roll_back_yes')} isBusy={roll.isPending} error={seen.plain(roll.error)} onNo={() => setBack(null)} onYes={(reason) => roll.mutate(reason)}>
          {seen.other
            ? <Overtaken other={seen.other} mine={items.find((one) => one.version === back)!.text} />
            : <><p>{t('rules.roll_back_says')}</p><Difference before={items.find((one) => one.state === 'published')?.text ?? detail.text} after={items.find((one) => one.version === back)!.text} /></>}
        </ReasonDialog>
      )}
      {isRetiring && (
        <ReasonDialog title={t('rules.retire_title')} yes={t(seen.other ? 'rules.retire_over' : 'rules.retire_yes')} isBusy={retire.isPending} error={seen.plain(retire.error)} onNo={() => setRetiring(false)} onYes={(reason) => retire.mutate(reason)}>
          {seen.other && <Overtaken other={seen.other} mine={null} />}
          <p>{t('rules.retire_more')}</p>
        </ReasonDialog>
      )}
    </div>
  )
}
