import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router-dom'
import { isFiltered, readFilter, withParameters, type ParameterName } from '../../api/filter'
import { ApiError } from '../../api/client'
import { useConversations, useFacets, useStatus, useSummary } from '../../api/queries'
import { FailedState } from '../../parts/PageState'
import { TopBar } from '../../parts/TopBar'
import { usePageTitle } from '../../parts/pageTitle'
import { player } from '../../player/player'
import { BulkBar } from './BulkBar'
import { useChosen } from './chosen'
import { ColumnMenu } from './ColumnMenu'
import { ConversationTable } from './ConversationTable'
import { ExportMenu } from './ExportMenu'
import { FigureStrip } from './FigureStrip'
import { FilterRow } from './FilterRow'
import { useAhead } from './ahead'
import { Headline } from './Headline'
import { ListPlayer } from './ListPlayer'
import { QueryError } from './QueryError'
import { rememberOpened } from './lastOpened'
import { RuleBars } from './RuleBars'
import { SavedRow } from './SavedRow'
import { useMarkOpened } from './opened'
import { verdictOf } from './ruleVerdict'
import { SilentBar } from './SilentBar'
import { useWalk } from './walk'
import './list.css'

export type ChangeFilter = (changes: Partial<Record<ParameterName, string | null>>) => void

export function ListPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const address = search.toString()
  const filter = useMemo(() => readFilter(new URLSearchParams(address)), [address])
  const conversations = useConversations(filter)
  const summary = useSummary(filter)
  const facets = useFacets()
  const status = useStatus()
  usePageTitle(t('list.page'))
  const walk = useWalk(conversations)
  const [playing, setPlaying] = useState<{ id: string; number: number | null } | null>(null)
  // What a conversation's page had open is not what the list plays.
  useEffect(() => player.close(), [])
  const played = playing?.id
  /** A row that was asked to sound and has no recording. */
  const [silent, setSilent] = useState<string | null>(null)
  const play = useCallback((id: string) => {
    setSilent(null)
    if (id === played) return player.toggle()
    player.pause()
    setPlaying({ id, number: null })
  }, [played])
  const close = useCallback(() => {
    player.close()
    setPlaying(null)
    setSilent(null)
  }, [])
  const [pointed, setPointed] = useState<string | null>(null)
  useAhead(playing ? null : pointed ?? walk.selected, walk, filter.get('rule'))
  const setFinding = useCallback((number: number | null) => setPlaying((before) => before && { ...before, number }), [])

  const change: ChangeFilter = useCallback(
    (changes) => setSearch((before) => withParameters(readFilter(before), changes), { preventScrollReset: true }),
    [setSearch],
  )
  // Typing replaces the address, so that Back does not go through every letter.
  const searchFor = useCallback(
    (text: string) => setSearch(
      (before) => withParameters(readFilter(before), { q: text || null }), { replace: true, preventScrollReset: true },
    ),
    [setSearch],
  )

  const chosen = useChosen(walk.items, address)
  const markOpened = useMarkOpened()
  const open = useCallback((id: string) => {
    rememberOpened(id)
    markOpened(id)
  }, [markOpened])
  const failure = conversations.error && !conversations.data ? conversations.error : null
  const page = conversations.data?.pages[0]
  const isEmptyStore = page?.total === 0 && !isFiltered(filter)
  return (
    <>
      <TopBar where={<strong>{t('list.page')}</strong>} search={filter.get('q') ?? ''} onSearch={searchFor} />
      <main id="main" className={playing || silent ? 'list-page with-player' : 'list-page'}>
        {failure instanceof ApiError && failure.status === 400 && filter.has('q')
          ? <QueryError query={filter.get('q')!} error={failure} onTake={(q) => change({ q })} />
          : failure
          ? <FailedState error={failure} onRetry={() => { void conversations.refetch(); void summary.refetch() }} />
          : (
            <>
              {!isEmptyStore && (
                <>
                  <div className="headline-row">
                    <Headline summary={summary.error ? undefined : summary.data} status={status.data} filter={filter} page={summary.error ? page : undefined} />
                    <span className="head-acts"><ColumnMenu /><ExportMenu filter={filter} ids={null} total={page?.total} isExact={page?.total_is_exact !== false} label={t('list.export')} /></span>
                  </div>
                  <SavedRow filter={filter} />
                  {/* Who searches wants to see what was found. */}
                  {!filter.has('q') && <><FigureStrip summary={summary.data} filter={filter} /><RuleBars summary={summary.data} filter={filter} /></>}
                  <FilterRow filter={filter} facets={facets.data} change={change} />
                </>
              )}
              <ConversationTable conversations={conversations} filter={filter} change={change} walk={walk} chosen={chosen} verdict={verdictOf(filter, facets.data)} playing={playing} silent={silent} onOpen={open} onPlay={play} onSilent={setSilent} onPoint={setPointed} />
            </>
          )}
        <BulkBar chosen={chosen} items={walk.items} filter={filter} total={page?.total ?? 0} isExact={page?.total_is_exact !== false} />
        {!playing && silent && <SilentBar title={walk.items.find((item) => item.id === silent)?.title || silent} onClose={() => setSilent(null)} />}
        {playing && (
          <ListPlayer key={playing.id} id={playing.id} filter={filter} walk={walk} isLast={silent !== null} onPlay={play} onFinding={setFinding} onClose={close} />
        )}
      </main>
    </>
  )
}
