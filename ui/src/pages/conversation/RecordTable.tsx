import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'

/** What is known about the conversation besides its words. */
export function RecordTable({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { inspection } = conversation
  const row = (label: string, value: ReactNode, isCode = false) => value !== null && value !== undefined && value !== '' && (
    <tr key={label}><th scope="row">{label}</th><td className={isCode ? 'code' : ''}>{value}</td></tr>
  )
  const { recording } = conversation
  const people = conversation.participants.map((one) => [t(`role.${one.role}`), one.name, one.team].filter(Boolean).join(' '))
  return (
    <section className="record" aria-labelledby="record-title">
      <h2 id="record-title">{t('record.title')}</h2>
      <table>
        <tbody>
          {row(t('record.external_id'), conversation.external_id, true)}
          {row(t('record.customer'), conversation.customer)}
          {row(t('record.queue'), conversation.queue)}
          {row(t('record.participants'), people.join(t('app.separator')))}
          {recording && row(t('record.recording'), t('record.recording_line', {
            duration: format.length(recording.duration_ms), channels: recording.channels, count: recording.channels, rate: format.count(recording.rate_hz),
          }))}
          {row(t('record.language'), conversation.language)}
          {conversation.fields.map((field) => row(field.name, typeof field.value === 'boolean' ? t(field.value ? 'record.yes' : 'record.no') : String(field.value ?? '')))}
          {row(t('record.source'), conversation.source, true)}
          {row(t('record.inspected'), <time dateTime={new Date(inspection.inspected_ms).toISOString()}>{format.dayTime(inspection.inspected_ms)}</time>)}
          {row(t('record.ruleset'), inspection.ruleset, true)}
          {row(t('record.engine'), inspection.engine, true)}
          {row(t('record.timeline'), inspection.timeline_version)}
          {row(t('record.id'), conversation.id, true)}
        </tbody>
      </table>
    </section>
  )
}
