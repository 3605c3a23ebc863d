import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/client'
import { SearchHelp } from '../../parts/SearchHelp'

/** What the server says is wrong, and the name of the same in our words. */
const WRONG = new Map(Object.entries({
  'there is nothing to look for here': 'empty_word',
  'the quote is not closed': 'open_quote',
  'it is not said what this speaker says': 'speaker_alone',
  'something to look for is missing here': 'missing',
  'the query has too many parts': 'parts',
  'the distance is too large': 'far',
  'what must not occur is missing here': 'not_alone',
  'the query is too long': 'long',
  'the query only says what must not occur': 'only_not',
} as const))

/** The place as a number of characters from 1: the last number that it names. */
function placeOf(error: ApiError): number | null {
  const found = error.place?.match(/(\d+)\D*$/)?.[1]
  return found ? Number(found) : null
}

/** A search that cannot be read: where, why, and how it is written. */
export function QueryError({ query, error, onTake }: { query: string; error: ApiError; onTake: (query: string) => void }) {
  const { t } = useTranslation()
  const letters = Array.from(query)
  const place = placeOf(error)
  const wrong = WRONG.get(error.message)
  const message = wrong ? t(`search.wrong.${wrong}`) : error.message
  const remedy = wrong ? t(`search.wrong.${wrong}_remedy`) : error.remedy
  const at = place !== null && place >= 1 && place <= letters.length ? place - 1 : null
  return (
    <section className="query-error paper" role="alert" data-testid="query-error">
      <h2>{t('search.error')}</h2>
      <p className="query">
        {at === null ? query : <>{letters.slice(0, at).join('')}<mark data-testid="query-place">{letters[at]}</mark>{letters.slice(at + 1).join('')}</>}
      </p>
      <p data-testid="query-reason">{message}{remedy && <span className="quiet"> {remedy}</span>}</p>
      <SearchHelp onTake={onTake} />
    </section>
  )
}
