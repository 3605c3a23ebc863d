import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HeatGroup } from '../../api/figures'
import { FailedState, PageState } from '../../parts/PageState'
import { ChangesPanel } from './ChangesPanel'
import { useFigures } from './figureQueries'
import { FirstConversations } from './FirstConversations'
import { MeasureTable } from './MeasureTable'
import { NumberStrip } from './NumberStrip'
import { FigureNotes, OverviewFrame } from './OverviewFrame'
import { OverviewHeadline } from './OverviewHeadline'
import { StandingList } from './StandingList'
import { useOverview } from './useOverview'
import './changes.css'

/** Numbers first, then what changed and why, whom to look at first, and every measure with how it is made up. */
export function OverviewPage() {
  const { t } = useTranslation()
  const overview = useOverview()
  const figures = useFigures(overview.asked)
  const data = figures.data
  const asked = overview.asked
  const [by, setBy] = useState<HeatGroup>('agent')
  return (
    <OverviewFrame page="" overview={overview}>
      {figures.error && !data && <FailedState error={figures.error} onRetry={() => void figures.refetch()} />}
      {!(figures.error && !data) && (
        <div className={figures.isPlaceholderData ? 'figures-body stale' : 'figures-body'} aria-busy={figures.isFetching}>
          <OverviewHeadline figures={data} asked={asked} />
          {data && <FigureNotes isSettled={data.is_settled} countedMs={data.counted_ms} stale={data.stale} />}
          <NumberStrip figures={data} asked={asked} step={overview.step} />
          {data?.conversations === 0
            ? <PageState title={t('overview.none')} remedy={t('overview.none_remedy')}><button type="button" className="link" data-testid="all-days" onClick={() => overview.change({ span: 'all', from: null, to: null, team: null, agent: null, queue: null, channel: null })}>{t('overview.show_all')}</button></PageState>
            : (
              <>
                <div className="overview-panels">
                  <ChangesPanel asked={asked} />
                  <FirstConversations figures={data} asked={asked} />
                  <StandingList asked={asked} by={by} choose={setBy} />
                </div>
                <MeasureTable figures={data} asked={asked} step={overview.step} search={overview.search} />
              </>
            )}
        </div>
      )}
    </OverviewFrame>
  )
}
