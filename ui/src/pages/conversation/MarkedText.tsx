import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentsOf, type Mark } from './marks'

interface Props {
  text: string
  marks: Mark[]
  titles: Map<string, string>
  selected: string | null
  onSelect: (key: string) => void
}

/** A turn's words with its evidence underlined; where marks overlap, each keeps its own line and pin. */
export function MarkedText({ text, marks, titles, selected, onSelect }: Props) {
  const { t } = useTranslation()
  if (marks.length === 0) return <>{text}</>
  const started = new Set<Mark>()

  const wrap = (words: string, covering: Mark[]): ReactNode =>
    covering.reduceRight<ReactNode>((inside, mark, depth) => {
      const isFirst = !started.has(mark)
      started.add(mark)
      const title = titles.get(mark.rule) ?? mark.rule
      return (
        <mark
          className={`${mark.tone}${mark.isMain ? '' : ' near'}${mark.finding === selected ? ' on' : ''}`} data-finding={mark.finding}
          data-testid={isFirst && mark.isMain && mark.number !== null ? `mark-${mark.number}` : undefined} title={title}
          style={covering.length > 1 ? { paddingBottom: 1 + (covering.length - 1 - depth) * 3 } : undefined}
          onClick={mark.number === null ? undefined : (event) => {
            event.stopPropagation()
            onSelect(mark.finding)
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
          {segment.marks.length > 0 ? wrap(segment.text, segment.marks) : segment.text}
          {segment.ending.filter((mark) => mark.isMain).map((mark) => {
            const title = titles.get(mark.rule) ?? mark.rule
            return mark.number === null
              ? <sup key={mark.finding} className={mark.tone} title={t('conversation.met_mark', { title })} aria-label={t('conversation.met_mark', { title })} role="img">✓</sup>
              : (
                <button
                  key={mark.finding} type="button" className={`pin ${mark.tone}`} onClick={() => onSelect(mark.finding)}
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
