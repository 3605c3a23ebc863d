import { memo, useMemo, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router-dom'
import type { Heat, HeatGroup, HeatRow } from '../../api/figures'
import { useFormat, type Format } from '../../i18n/format'
import { listOf } from './figureFilter'
import { heatCell } from './heatCell'
import type { HeatShown } from './HeatPage'

interface Props { heat: Heat; by: HeatGroup; counted: URLSearchParams; shown: HeatShown }

type CellWords = (name: string, title: string, missed: number, decided: number, undecided: number) => string

/** The whole of it on a desk. Head and names stay; every cell is the list behind it. Cells are many thousands, so they are plain links. */
export const HeatTable = memo(function HeatTable({ heat, by, counted, shown }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const titles = useMemo(() => heat.rules.map((rule) => format.title(rule.title, rule.rule)), [heat, format])
  const words = useMemo<CellWords>(() => {
    // The sentence is looked up once; its places are filled by hand.
    const marks = { name: '\u0001', title: '\u0002', missed: '\u0003', decided: '\u0004', undecided: '\u0005' }
    const pieces = t('overview.cell_words', marks).split(/([\u0001-\u0005])/)
    return (...values) => pieces.map((piece) => (piece >= '\u0001' && piece <= '\u0005' && piece.length === 1 ? values[piece.charCodeAt(0) - 1] : piece)).join('')
  }, [t])
  /** The address of a list without who and what, which the cells add. */
  const list = useMemo(() => {
    const others = new URLSearchParams(counted)
    others.delete(by)
    const address = listOf(others, {})
    return `${address}${address.includes('?') ? '&' : '?'}`
  }, [counted, by])
  const open = (event: MouseEvent<HTMLElement>) => {
    const link = (event.target as HTMLElement).closest('a')
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(`${link.pathname}${link.search}`)
  }
  return (
    <div className="heat-frame paper" tabIndex={0} role="region" aria-label={t('overview.heat')} data-testid="heat">
      <table className="heat">
        <thead>
          <tr>
            <th scope="col" className="corner">{t(`overview.by.${by}`)}</th>
            {heat.rules.map((rule, index) => <th key={rule.rule} scope="col" title={titles[index]}><span>{titles[index]}</span></th>)}
            <th scope="col" className="many">{t('overview.conversations')}</th>
          </tr>
        </thead>
        <tbody onClick={open}>
          {heat.rows.map((row) => (
            <HeatLine
              key={row.name ?? ''} row={row} heat={heat} titles={titles} by={by} shown={shown} list={list} words={words} format={format}
              nameless={t('overview.nameless')} notApplicable={t('verdict.not_applicable')}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
})

interface LineProps extends Omit<Props, 'counted'> {
  row: HeatRow
  titles: string[]
  list: string
  words: CellWords
  format: Format
  nameless: string
  notApplicable: string
}

const HeatLine = memo(function HeatLine({ row, heat, titles, by, shown, list, words, format, nameless, notApplicable }: LineProps) {
  // Of whom it is not known there is no list.
  const who = row.name === null ? null : `${list}${by}=${encodeURIComponent(row.name)}`
  const name = row.name ?? nameless
  return (
    <tr data-testid="heat-row" data-name={name}>
      <th scope="row">{who === null ? name : <Link to={who} title={name}>{name}</Link>}</th>
      {heat.rules.map(({ rule, verdict }, index) => {
        const tally = row.cells[index]
        if (!tally || tally.met + tally.missed + tally.undecided === 0) return <td key={rule} className="heat-empty" title={notApplicable}>·</td>
        const cell = heatCell(tally, verdict)
        const told = cell.share === null ? '?' : shown === 'share' ? Math.round(cell.share * 100) : tally.missed
        const said = words(name, titles[index]!, tally.missed, cell.decided, tally.undecided)
        return (
          <td key={rule} className={cell.tone}>
            {who === null
              ? <span title={said}>{told}</span>
              : <a href={`${who}&rule=${encodeURIComponent(rule)}&verdict=${cell.verdict}`} title={said} data-testid="heat-cell" data-missed={tally.missed}>{told}</a>}
          </td>
        )
      })}
      <td className="many quiet">{format.count(row.conversations)}</td>
    </tr>
  )
})
