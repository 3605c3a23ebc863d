import { useTranslation } from 'react-i18next'
import type { Transcript } from '../../api/types'
import { useFormat } from '../../i18n/format'

/** Above the dialogue: which model wrote it down and when, how sure it is, and what stood there before. */
export function TranscriptNote({ transcript }: { transcript: Transcript }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { moved } = transcript
  const when = (one: { recognised_ms: number | null }) => (one.recognised_ms === null ? null : format.dayTime(one.recognised_ms))
  const parts = [
    t('transcript.by', { model: transcript.model }),
    when(transcript),
    transcript.confidence === null ? t('transcript.unknown') : t('transcript.sure', { percent: format.percent(transcript.confidence) }),
    transcript.unsure > 0 ? t('transcript.unsure', { count: transcript.unsure, words: format.count(transcript.words) }) : null,
  ].filter(Boolean)
  const version = [transcript.version && `sherpa-onnx ${transcript.version}`, transcript.sha256 && `SHA-256 ${transcript.sha256}`].filter(Boolean).join(' · ')
  return (
    <p className="transcript-note" data-testid="transcript">
      <span title={version || undefined}>{parts.join(' · ')}</span>
      {transcript.earlier.length > 0 && (
        <span> · {t('transcript.earlier', { list: transcript.earlier.map((one) => [one.model, when(one)].filter(Boolean).join(' ')).join(t('transcript.and')) })}</span>
      )}
      {moved.placed + moved.nearest > 0 && <span> · {t('transcript.moved', { count: moved.placed + moved.nearest })}</span>}
      {moved.nearest > 0 && <span> · {t('transcript.nearest', { count: moved.nearest })}</span>}
    </p>
  )
}
