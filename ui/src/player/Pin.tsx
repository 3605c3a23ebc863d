import { useTranslation } from 'react-i18next'
import type { Verdict } from '../api/types'
import { useJudged } from '../pages/conversation/judged'
import { useFormat } from '../i18n/format'
import { verdictTone } from '../parts/VerdictChip'
import type { Mark } from './pins'

const GRAVEST: Verdict[] = ['hit', 'missed', 'undecided', 'noted']
/** More titles than these are not read. */
const MOST_TITLES = 8

/** The findings at a second: a number, or how many; each click chooses the next of them. `isKeyed` tells that Enter or space chose it. */
export function Pin({ mark, selected, onSelect }: { mark: Mark; selected: string | null; onSelect: (key: string, isKeyed: boolean) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { found, at } = mark
  const first = found[0]!
  const verdict = GRAVEST.find((one) => found.some(({ finding }) => finding.verdict === one)) ?? first.finding.verdict
  const said = useJudged(found.length === 1 ? first.key : '')
  const chosen = found.findIndex((one) => one.key === selected)
  const titles = found.slice(0, MOST_TITLES).map(({ finding, rule }) => (
    t('conversation.pin', { number: finding.number, title: format.title(rule.title, rule.rule) })
  ))
  const isGroup = found.length > 1
  const label = isGroup ? t('conversation.pins', { count: found.length, titles: titles.join(t('player.semicolon')) })
    : said ? `${titles[0]} · ${t(`review.answer.${said}`)}` : titles[0]
  return (
    <button
      type="button" className={`lane-pin ${verdictTone(verdict)}${isGroup ? ' group-pin' : ''}${chosen >= 0 ? ' on' : ''}`} style={{ left: `${at * 100}%` }}
      data-testid={`pin-${first.finding.number}`} data-said={said} data-pins={found.map(({ finding }) => finding.number).join(' ')}
      // Space plays where pressing has nothing more to choose.
      data-plays={(chosen >= 0 && !isGroup) || undefined} aria-label={label} title={label}
      onClick={(event) => onSelect(found[(chosen + 1) % found.length]!.key, event.detail === 0)}
    >
      {isGroup ? `×${found.length}` : first.finding.number}
    </button>
  )
}
