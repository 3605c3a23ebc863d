import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentsOf, type Mark } from './marks'
import { SpokenText } from './SpokenText'
import type { Unsure } from './unsure'

interface Props {
  text: string
  marks: Mark[]
  unsure: Unsure[]
  titles: Map<string, string>
  selected: string | null
  onSelect: (key: string, isKeyed: boolean) => void
}

/** A turn's words with its evidence underlined; where marks overlap, each keeps its own line and pin. */
export function MarkedText({ text, marks, unsure, titles, selected, onSelect }: Props) {
  const { t } = useTranslation()
  const started = new Set<Mark>()

  // The lowest line belongs to the outermost mark: an inner mark's ground would paint over a higher one.
  const wrap = (words: ReactNode, covering: Mark[]): ReactNode =>
    [...covering].sort((a, b) => a.level - b.level).reduce<ReactNode>((inside, mark) => {
      const isFirst = !started.has(mark)
      started.add(mark)
      const title = titles.get(mark.rule) ?? mark.rule
      return (
        <mark
          className={`${mark.tone}${mark.isMain ? '' : ' near'}${mark.finding === selected ? ' on' : ''}`} data-finding={mark.finding}
          data-testid={isFirst && mark.isMain && mark.number !== null ? `mark-${mark.number}` : undefined} title={title}
          style={mark.level > 0 ? { paddingBottom: 1 + mark.level * 3 } : undefined}
          onClick={mark.number === null ? undefined : (event) => {
            event.stopPropagation()
            onSelect(mark.finding, false)
          }}
        >
          {inside}
        </mark>
      )
    }, words)

  return (
    <>
      {segmentsOf(text, marks).map((segment, index) => (
        <Fragment key={index}>
          {wrap(<SpokenText text={segment.text} start={segment.from} unsure={unsure} />, segment.marks)}
          {segment.ending.filter((mark) => mark.isMain).map((mark) => {
            const title = titles.get(mark.rule) ?? mark.rule
            return mark.number === null
              ? <sup key={mark.finding} className={mark.tone} title={t('conversation.met_mark', { title })} aria-label={t('conversation.met_mark', { title })} role="img">✓</sup>
              : (
                <button
                  key={mark.finding} type="button" className={`pin ${mark.tone}`} data-plays={mark.finding === selected || undefined} onClick={(event) => onSelect(mark.finding, event.detail === 0)}
                  aria-label={t('conversation.pin', { number: mark.number, title })}
                >
                  {mark.number}
                </button>
              )
          })}
        </Fragment>
      ))}
    </>
  )
}
