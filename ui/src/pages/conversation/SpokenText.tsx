import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { piecesOf, type Unsure } from './unsure'

/** What was said, words that the recogniser is not sure of told apart: grey, with dots below, and their share in the title. */
export function SpokenText({ text, start, unsure }: { text: string; start: number; unsure: Unsure[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (unsure.length === 0) return <>{text}</>
  return (
    <>
      {piecesOf(text, start, unsure).map((piece, index) => (
        piece.confidence === null ? piece.text : (
          <span key={index} className="unsure-word" title={t('transcript.word', { percent: format.percent(piece.confidence) })} data-testid="unsure-word">{piece.text}</span>
        )
      ))}
    </>
  )
}
