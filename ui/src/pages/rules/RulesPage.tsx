import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router-dom'
import { useAccount } from '../../api/account'
import type { RuleItem } from '../../api/rules'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { FailedState, PageState } from '../../parts/PageState'
import { usePageTitle } from '../../parts/pageTitle'
import { TopBar } from '../../parts/TopBar'
import { NewRuleDialog } from './NewRuleDialog'
import { foundCount, passedCount } from './parts/figures'
import { RuleTableRow } from './RuleTableRow'
import { useRules } from './ruleQueries'
import './rules.css'

const STAGES = ['published', 'draft', 'tested', 'retired'] as const
const SORTS = ['title', 'found', 'achieved', 'precision'] as const
type Sort = (typeof SORTS)[number]
const stageOf = (item: RuleItem) => (item.draft ? item.draft.state : item.state)

function sorted(items: RuleItem[], sort: Sort | null, titleOf: (item: RuleItem) => string): RuleItem[] {
  if (!sort) return items
  const share = (item: RuleItem) => {
    const all = foundCount(item.kind, item.counts) + passedCount(item.kind, item.counts)
    return item.kind === 'flag' || all === 0 ? 2 : passedCount(item.kind, item.counts) / all
  }
  const key = (item: RuleItem): number => (sort === 'found' ? -foundCount(item.kind, item.counts) : sort === 'achieved' ? share(item) : item.judged?.precision?.share ?? 2)
  return [...items].sort((a, b) => (sort === 'title' ? titleOf(a).localeCompare(titleOf(b)) : key(a) - key(b)))
}

/** All rules: what each found, how right it is, where its draft stands. */
export function RulesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { may } = useAccount()
  const isPlain = !may('reviewer')
  const [search, setSearch] = useSearchParams()
  const [isNew, setNew] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const rules = useRules()
  usePageTitle(t('rules.page'))
  const q = search.get('q') ?? ''
  const pack = search.get('pack') ?? ''
  const stage = search.get('stage') ?? ''
  const sort = SORTS.find((one) => one === search.get('sort')) ?? null
  const all = useMemo(() => rules.data?.items ?? [], [rules.data])
  const change = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(search)
    for (const [key, value] of Object.entries(changes)) {
      if (value) next.set(key, value)
      else next.delete(key)
    }
    setSearch(next, { replace: true })
  }
  const items = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    const matching = all.filter((item) => {
      const told = `${item.rule} ${item.title.zh} ${item.title.en}`.toLowerCase()
      return words.every((word) => told.includes(word)) && (!pack || (item.pack ?? '-') === pack) && (!stage || stageOf(item) === stage)
    })
    return sorted(matching, sort, (item) => format.title(item.title, item.rule))
  }, [all, q, pack, stage, sort, format])
  const most = Math.max(1, ...all.map((item) => foundCount(item.kind, item.counts) + (item.kind === 'flag' ? 0 : passedCount(item.kind, item.counts))))
  const packs = [...new Set(all.map((item) => item.pack ?? '-'))]
  const move = (step: number) => {
    const at = items.findIndex((item) => item.rule === chosen)
    const next = items[at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1)]
    if (next) setChosen(next.rule)
  }
  useKeyboard({ j: () => move(1), k: () => move(-1), Enter: chosen ? () => navigate(`/rules/${encodeURIComponent(chosen)}`) : undefined, n: isPlain ? undefined : () => setNew(true) })
  useEffect(() => {
    if (chosen) body.current?.querySelector('tr.chosen')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const sortable = (key: Sort, className: string) => (
    <th scope="col" className={className} aria-sort={sort === key ? (key === 'found' ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={sort === key ? 'sort on' : 'sort'} onClick={() => change({ sort: sort === key ? null : key })} data-testid={`sort-${key}`}>{t(`rules.column.${key}`)}</button>
    </th>
  )
  const drafts = all.filter((item) => item.draft).length
  return (
    <>
      <TopBar where={<strong>{t('rules.page')}</strong>} search={q} placeholder={t('rules.search')} onSearch={(text) => change({ q: text || null })} />
      <main id="main" className="rules-page">
        <header className="rules-head">
          <h1>{rules.data ? t('rules.headline', { count: all.length }) : t('rules.page')}</h1>
          {drafts > 0 && <p className="quiet">{t('rules.headline_drafts', { count: drafts })}</p>}
        </header>
        <div className="rules-filters">
          <select className="pick" aria-label={t('rules.column.pack')} value={pack} onChange={(event) => change({ pack: event.target.value || null })} data-testid="filter-pack">
            <option value="">{t('rules.every_pack')}</option>
            {packs.map((one) => <option key={one} value={one}>{one === '-' ? t('rules.own') : t(`rules.pack.${one}`, { defaultValue: one })}</option>)}
          </select>
          {!isPlain && (
            <select className="pick" aria-label={t('rules.column.state')} value={stage} onChange={(event) => change({ stage: event.target.value || null })} data-testid="filter-stage">
              <option value="">{t('rules.every_stage')}</option>
              {STAGES.map((one) => <option key={one} value={one}>{t(`rules.stage.${one}`)}</option>)}
            </select>
          )}
          {items.length !== all.length && <span className="quiet" role="status">{t('rules.shown', { shown: items.length, all: all.length })}</span>}
          {!isPlain && <button type="button" className="button strong new" onClick={() => setNew(true)} data-testid="new">{t('rules.new')}</button>}
        </div>
        {rules.error && !rules.data && <FailedState error={rules.error} onRetry={() => void rules.refetch()} />}
        {rules.isPending && <div className="paper ghosts" aria-busy="true">{[62, 74, 58, 70, 66, 54].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
        {rules.data && items.length === 0 && (all.length === 0
          ? <PageState title={t('rules.empty')} remedy={t('rules.empty_remedy')} />
          : <PageState title={t('rules.none_match')}><button type="button" className="button" onClick={() => setSearch(new URLSearchParams(), { replace: true })}>{t('rules.show_all')}</button></PageState>)}
        {items.length > 0 && (
          <div className="paper table-frame">
            <table className="rules-table">
              <thead>
                <tr>
                  {sortable('title', 'c-title')}<th scope="col" className="c-pack">{t('rules.column.pack')}</th><th scope="col" className="c-kind">{t('rules.column.kind')}</th>
                  {!isPlain && <><th scope="col" className="c-bar">{t('rules.column.bar')}</th>{sortable('found', 'number c-found')}{sortable('achieved', 'number c-achieved')}{sortable('precision', 'number c-precision')}<th scope="col" className="c-state">{t('rules.column.state')}</th></>}
                  <th scope="col" className="number c-version">{t('rules.column.version')}</th>
                </tr>
              </thead>
              <tbody ref={body}>{items.map((item) => <RuleTableRow key={item.rule} item={item} most={most} isChosen={item.rule === chosen} isPlain={isPlain} />)}</tbody>
            </table>
          </div>
        )}
      </main>
      {isNew && <NewRuleDialog taken={all.map((item) => item.rule)} onClose={() => setNew(false)} />}
    </>
  )
}
