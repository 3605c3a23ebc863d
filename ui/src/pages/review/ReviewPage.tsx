import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router-dom'
import { listAddress } from '../../api/filter'
import { fetchReview } from '../../api/review'
import { FailedState, PageState } from '../../parts/PageState'
import { usePageTitle } from '../../parts/pageTitle'
import { TopBar } from '../../parts/TopBar'
import { Drawing } from './Drawing'
import { useMayJudge } from './mayJudge'
import { ReviewQueue } from './ReviewQueue'
import { ReviewSetup } from './ReviewSetup'
import './review.css'
import './queue.css'

const USUAL = 20

/** A random draw to be judged one by one. What is drawn is the address: it can be left and taken up again. */
export function ReviewPage() {
  const { t } = useTranslation()
  const mayJudge = useMayJudge()
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams()
  const rule = search.get('rule') ?? ''
  const seed = Number(search.get('seed') ?? 0)
  const take = Number(search.get('take') ?? USUAL)
  const isDrawn = search.has('seed')
  usePageTitle(t('review.page'))
  const review = useQuery({
    queryKey: ['review', rule, seed, take], queryFn: ({ signal }) => fetchReview(rule, seed, take, signal), enabled: isDrawn && mayJudge,
    // What is judged meanwhile does not change what was drawn: the cards know their own answers.
    staleTime: Infinity, refetchOnWindowFocus: false,
  })
  const draw = (of: string, count: number, number: number) =>
    setSearch({ ...(of ? { rule: of } : {}), take: String(count), seed: String(number) })
  return (
    <>
      <TopBar where={<strong>{t('review.page')}</strong>} search="" onSearch={(text, isFinal) => isFinal && text && navigate(listAddress(new URLSearchParams({ q: text })))} />
      <main id="main" className="review-page">
        <h1 className="unseen">{t('review.page')}</h1>
        {!mayJudge && <PageState title={t('review.no_permission')} remedy={t('review.no_permission_remedy')} />}
        {mayJudge && !isDrawn && <ReviewSetup rule={rule} take={take} onStart={draw} />}
        {mayJudge && isDrawn && review.isPending && <Drawing onStop={() => setSearch({ ...(rule ? { rule } : {}), take: String(take) })} />}
        {mayJudge && review.error && !review.data && (
          <FailedState error={review.error} onRetry={() => void review.refetch()}>
            <button type="button" className="link" onClick={() => setSearch({})}>{t('review.change')}</button>
          </FailedState>
        )}
        {review.data && review.data.items.length === 0 && (
          <PageState title={t('review.draw_empty')} remedy={t('review.draw_empty_remedy')}>
            <button type="button" className="link" onClick={() => setSearch({})}>{t('review.change')}</button>
          </PageState>
        )}
        {review.data && review.data.items.length > 0 && (
          <ReviewQueue
            key={`${rule} ${seed} ${take}`} review={review.data} onRead={() => review.refetch()} onChange={() => setSearch(rule ? { rule, take: String(take) } : { take: String(take) })}
            onAgain={() => draw(rule, take, seed + 1)}
          />
        )}
      </main>
    </>
  )
}
