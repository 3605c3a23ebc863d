import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchRefusals, type Import, type Refusal } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { ErrorLine, FailedState } from '../../parts/PageState'
import { useCopied } from '../conversation/copied'
import { useRefusals } from './importQueries'
import { placeWords } from './outcome'

/** As many as the server keeps of one import. */
const MOST = 10_000
const AT_ONCE = 200

const HEADINGS = ['file', 'place', 'conversation', 'reason', 'remedy'] as const

/** A cell that a spreadsheet would take for a formula begins with a quote. */
function cell(value: string | null): string {
  const text = value ?? ''
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`
}

async function readAll(one: Import): Promise<Refusal[]> {
  const all: Refusal[] = []
  let after: string | null = null
  do {
    const page: { items: Refusal[]; next: string | null } = await fetchRefusals(one.number, after, AT_ONCE)
    all.push(...page.items)
    after = page.next
  } while (after && all.length < MOST)
  return all
}

/** What did not come in, each with its place, the reason and what to do. */
export function Refusals({ one }: { one: Import }) {
  const { t } = useTranslation()
  const format = useFormat()
  const refusals = useRefusals(one, true)
  const { copied, tell } = useCopied()
  const [failed, setFailed] = useState<Error | null>(null)
  const items = refusals.data?.pages.flatMap((page) => page.items) ?? []

  const lines = (all: Refusal[]) => [HEADINGS.map((name) => t(`import.refusal.${name}`)), ...all.map((item) => HEADINGS.map((name) => item[name]))]
  const run = async (take: (all: Refusal[]) => Promise<void>) => {
    setFailed(null)
    try {
      await take(await readAll(one))
    } catch (error) {
      setFailed(error as Error)
    }
  }
  const copy = () => run(async (all) => {
    try {
      await navigator.clipboard.writeText(lines(all).map((line) => line.map((text) => (text ?? '').replace(/[\t\n\r]+/g, ' ')).join('\t')).join('\n'))
      tell('yes')
    } catch {
      tell('no')
    }
  })
  const download = () => run(async (all) => {
    const text = `\ufeff${lines(all).map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
    const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = address
    link.download = t('import.refusals_file', { number: one.number })
    link.click()
    window.setTimeout(() => URL.revokeObjectURL(address), 10_000)
  })
  return (
    <section className="refusals" id="refused" aria-labelledby="refusals-title">
      <header className="with-acts">
        <h2 id="refusals-title">{t('import.refusals', { number: format.count(one.refusals), count: one.refusals })}</h2>
        <span className="acts">
          <button type="button" className="quiet-button" onClick={() => void copy()}>{copied === 'yes' ? t('finding.copied') : copied === 'no' ? t('finding.copy_failed') : t('import.refusals_copy')}</button>
          <button type="button" className="quiet-button" onClick={() => void download()} data-testid="refusals-csv">{t('import.refusals_csv')}</button>
        </span>
      </header>
      {failed && <ErrorLine error={failed} />}
      {refusals.error && !refusals.data && <FailedState error={refusals.error} onRetry={() => void refusals.refetch()} />}
      {refusals.isPending && <div className="paper ghosts" aria-busy="true">{[82, 66, 74].map((width) => <span key={width} className="ghost" style={{ width: `${width}%` }} />)}</div>}
      {items.length > 0 && (
        <div className="paper frame">
          <table className="rows refusal-rows" role="table">
            <thead role="rowgroup">
              <tr role="row">
                <th scope="col" role="columnheader">{t('import.refusal.place_column')}</th>
                <th scope="col" role="columnheader">{t('import.refusal.reason')}</th>
                <th scope="col" role="columnheader">{t('import.refusal.remedy')}</th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {items.map((item, index) => (
                <tr role="row" key={index} data-testid="refusal">
                  <td role="cell" className="c-place">
                    <b>{item.file}</b>{item.place && <span className="quiet"> {placeWords(item.place, t)}</span>}{item.conversation && <span className="quiet id">{item.conversation}</span>}
                  </td>
                  <td role="cell">{item.reason}</td>
                  <td role="cell" className="quiet">{item.remedy}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {refusals.hasNextPage && (
            <footer>
              <button type="button" className="link" disabled={refusals.isFetchingNextPage} onClick={() => void refusals.fetchNextPage()}>
                {refusals.isFetchingNextPage ? t('app.loading') : t('import.more')}
              </button>
              <span className="faint">{t('list.shown', { shown: format.count(items.length), total: format.count(one.refusals) })}</span>
            </footer>
          )}
        </div>
      )}
    </section>
  )
}
