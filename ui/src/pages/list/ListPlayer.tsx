import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import { useConversation, useReadAhead } from '../../api/queries'
import type { Conversation, Recording } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useKeyboard } from '../../parts/keyboard'
import { VerdictChip } from '../../parts/VerdictChip'
import { gravestOf, momentOf, preloadGravest, startOf, trackOf } from '../../player/listen'
import { player } from '../../player/player'
import { SoundFailure } from '../../player/SoundFailure'
import { Strip } from '../../player/Strip'
import { PlayButton, PlayTime, SkipChoice, SpeedChoice } from '../../player/Transport'
import { usePlayerKeys } from '../../player/usePlayer'
import { useView } from '../../player/useView'
import { findingsOf, type Found } from '../conversation/found'
import { silencesOf } from '../conversation/silences'
import { rememberOpened } from './lastOpened'
import type { Walk } from './walk'
import '../../player/player.css'

interface Props {
  id: string
  filter: URLSearchParams
  walk: Walk
  /** Another was asked for, and none follows. */
  isLast: boolean
  onPlay: (id: string) => void
  onFinding: (number: number | null) => void
  onClose: () => void
}

const HEIGHT = 36

/** The list's player: what is graver first, the next conversation held ready, so that j sounds at once. */
export function ListPlayer({ id, filter, walk, isLast, onPlay, onFinding, onClose }: Props) {
  const { t } = useTranslation()
  const conversation = useConversation(id)
  const rule = filter.get('rule')
  useReadAhead(walk.after(id, 1), (read) => preloadGravest(read, rule))
  useKeyboard({ Escape: onClose })
  const go = (step: number) => {
    const next = walk.move(step, true)
    if (next) onPlay(next)
  }
  const title = walk.items.find((item) => item.id === id)?.title || conversation.data?.title || id
  const { data } = conversation
  return (
    <section className="player-bar player" aria-label={t('player.region')} data-testid="player-bar" data-id={id} aria-busy={!data}>
      {data?.recording
        ? <Sound conversation={data} recording={data.recording} title={title} rule={rule} filter={filter} onFinding={onFinding} />
        : (
          <>
            <span className="now"><b>{title}</b><span className="quiet">{data ? t('player.none') : conversation.error ? t('error.failed') : t('app.loading')}</span></span>
            <span className="strip-place" />
          </>
        )}
      <span className="quiet" role="status">{isLast ? t('player.no_more') : ''}</span>
      <span className="acts">
        <button type="button" className="button" disabled={!walk.after(id, -1)} title={t('conversation.previous')} data-testid="bar-k" onClick={() => go(-1)}><Key letter="k" glyph="↑" /><span className="unseen">{t('conversation.previous')}</span></button>
        <button type="button" className="button" disabled={!walk.after(id, 1)} title={t('conversation.next')} data-testid="bar-j" onClick={() => go(1)}><Key letter="j" glyph="↓" /><span className="unseen">{t('conversation.next')}</span></button>
        <button type="button" className="button" title={`${t('app.close')} (Esc)`} aria-label={t('player.close')} data-testid="bar-close" onClick={onClose}>×</button>
      </span>
      <SoundFailure />
    </section>
  )
}

function Sound({ conversation, recording, title, rule, filter, onFinding }: {
  conversation: Conversation; recording: Recording; title: string; rule: string | null; filter: URLSearchParams
  onFinding: (number: number | null) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const findings = useMemo(() => findingsOf(conversation), [conversation])
  const silences = useMemo(() => silencesOf(conversation), [conversation])
  const audible = useMemo(() => findings.filter((found) => momentOf(found, conversation) !== null), [findings, conversation])
  const [found, setFound] = useState<Found | undefined>(() => gravestOf(findings, conversation, rule))
  const view = useView(recording.duration_ms)

  useEffect(() => {
    player.open(trackOf(conversation), startOf(found, conversation))
    const moment = momentOf(found, conversation)
    if (moment !== null) player.listenTo(moment)
    player.play()
    // Only when it is opened; n and p move by themselves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [conversation.id])
  const number = found?.finding.number ?? null
  useEffect(() => onFinding(number), [number, onFinding])

  const choose = useCallback((next: Found | undefined, shouldPlay: boolean) => {
    const moment = momentOf(next, conversation)
    if (moment === null) return
    setFound(next)
    player.listenTo(moment)
    if (shouldPlay) player.play()
  }, [conversation])
  const step = (by: number) => {
    const index = audible.findIndex((one) => one.key === found?.key)
    choose(audible[Math.min(Math.max(index + by, 0), audible.length - 1)], true)
  }
  const keys = usePlayerKeys(true)
  // Space belongs to the row that is selected.
  useKeyboard({ ...keys, ' ': undefined, n: () => step(1), p: () => step(-1) })

  const index = audible.findIndex((one) => one.key === found?.key)
  const address = conversationAddress(conversation.id, filter) + (number === null ? '' : `#${number}`)
  return (
    <>
      <PlayButton />
      <span className="now">
        <Link to={address} onClick={() => rememberOpened(conversation.id)} title={`${title} (Enter)`} data-testid="bar-open">{title}</Link>
        <span className="what" data-testid="bar-finding">
          {found
            ? <><VerdictChip verdict={found.finding.verdict} /> {format.title(found.rule.title, found.rule.rule)}</>
            : <span className="quiet">{t('finding.none')}</span>}
        </span>
      </span>
      <span className="strip-place">
        <Strip
          id={conversation.id} recording={recording} silences={silences} findings={findings} selected={found?.key ?? null} view={view} height={HEIGHT}
          onSelect={(key, isKeyed) => choose(audible.find((one) => one.key === key), isKeyed)}
        />
      </span>
      <PlayTime durationMs={recording.duration_ms} />
      <SpeedChoice />
      <SkipChoice />
      <span className="acts">
        <button type="button" className="button" disabled={index <= 0} title={t('player.previous_finding')} data-testid="bar-p" onClick={() => step(-1)}><Key letter="p" glyph="‹" /><span className="unseen">{t('player.previous_finding')}</span></button>
        <button type="button" className="button" disabled={index >= audible.length - 1} title={t('player.next_finding')} data-testid="bar-n" onClick={() => step(1)}><Key letter="n" glyph="›" /><span className="unseen">{t('player.next_finding')}</span></button>
      </span>
    </>
  )
}

/** The key where there is a keyboard, a sign where there is none. */
function Key({ letter, glyph }: { letter: string; glyph: string }) {
  return <><kbd aria-hidden="true">{letter}</kbd><span className="glyph" aria-hidden="true">{glyph}</span></>
}
