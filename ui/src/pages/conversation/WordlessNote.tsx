import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { useAccount } from '../../api/account'
import { primaryLanguage, recordingSpeechQuery, wordlessReason, type RecordingSpeech, type WordlessReason } from '../../api/speech'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { Commands, modelCommands } from '../../parts/Commands'

/** A recording whose voices were heard, and nobody wrote down a word. */
export const isWordless = ({ recording, turns }: Conversation) => !!recording && turns.length > 0 && turns.every((turn) => turn.is_wordless)

/** Above the dialogue of such a recording: why there are no words and what to do; commands are for managers. */
export function WordlessNote({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { account, may } = useAccount()
  const isManager = may('manager')
  const { data, isPending } = useQuery(recordingSpeechQuery(conversation.id))
  const queries = useQueryClient()
  const wasSoon = useRef(false)
  useEffect(() => { // its words have come while somebody looked
    if (wasSoon.current && data?.state === 'recognised') void queries.invalidateQueries({ queryKey: ['conversation', conversation.id] })
    wasSoon.current = data?.state === 'waiting' || data?.state === 'running'
  }, [data?.state, queries, conversation.id])
  if (!account || isPending) return null
  if (data?.state === 'recognised') return <p className="wordless-note" data-testid="wordless-why" data-why="said">{t('speech.silent', { model: data.model ?? '' })}</p>
  const why = data ? wordlessReason(data) : null
  const isSoon = why === 'waiting' || why === 'running'
  const what = data && { model: (why === 'failed' && data.model) || data.chosen.model || data.model || '', when: data.at_ms === null ? '' : format.dayTime(data.at_ms), count: data.tries, number: format.count(data.tries) }
  return (
    <p className="wordless-note" data-testid="wordless-why" data-why={(isManager || isSoon ? why : null) ?? undefined}>
      <b>{t('speech.wordless')}</b>{' '}
      {what && why && (isManager || isSoon) ? <>{t(`speech.why.${why}`, what)}{' '}</> : t('speech.ask')}
      {isManager && data?.reason && why === 'failed' && <span className="quiet" data-testid="wordless-reason">{data.reason} {data.remedy}{' '}</span>}
      {isManager && data && why && !isSoon && <Remedy why={why} data={data} language={primaryLanguage(conversation.language)} />}
    </p>
  )
}

/** What a manager does about it: here, or on the server. */
function Remedy({ why, data, language }: { why: WordlessReason; data: RecordingSpeech; language: string }) {
  const { t } = useTranslation()
  const lines = why === 'none' ? modelCommands(language) : why === 'missing' ? [`callscope models pull ${data.chosen.model ?? ''}`] : why === 'off' ? ['callscope models use otherwise'] : []
  return (
    <>
      {t(`speech.remedy.${why}`)} {lines.length > 0 && <Commands lines={lines} />}
      {(why === 'earlier' || why === 'failed') && <Link className="link" to="/work?again=1" data-testid="wordless-again">{t('speech.again.open')}</Link>}
    </>
  )
}
