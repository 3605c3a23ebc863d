import { useTranslation } from 'react-i18next'
import type { ImportCounts } from '../../api/imports'
import { useFormat } from '../../i18n/format'

/** Voices in whole seconds, as people say them. */
const wholeSeconds = (ms: number) => Math.max(1000, Math.round(ms / 1000) * 1000)

/** Of an import that is over: recordings that were written down, how long their voices are, and those left without words. */
export function SpeechTally({ counts }: { counts: ImportCounts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { recognised = 0, unrecognised = 0, speech_ms: speech = 0 } = counts
  if (recognised + unrecognised + speech === 0) return null
  return (
    <section aria-label={t('speech.title')} data-testid="speech-tally">
      <h3>{t('speech.title')}</h3>
      <dl>
        {recognised > 0 && <div><dt>{t('speech.recognised')}</dt><dd>{format.count(recognised)}</dd></div>}
        {speech > 0 && <div><dt>{t('speech.voices')}</dt><dd>{format.duration(wholeSeconds(speech))}</dd></div>}
        {unrecognised > 0 && <div><dt>{t('speech.unrecognised')}</dt><dd>{format.count(unrecognised)}</dd></div>}
      </dl>
    </section>
  )
}

/** The same while it runs, among its other facts. */
export function SpeechFacts({ counts }: { counts: ImportCounts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { unrecognised = 0, speech_ms: speech = 0 } = counts
  return (
    <>
      {speech > 0 && <span data-testid="speech-so-far">{t('speech.so_far', { duration: format.duration(wholeSeconds(speech)) })}</span>}
      {unrecognised > 0 && <span>{t('speech.so_far_wordless', { count: unrecognised, number: format.count(unrecognised) })}</span>}
    </>
  )
}
