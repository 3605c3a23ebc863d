import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../../api/types'
import { Dialogue } from '../conversation/Dialogue'
import type { Found } from '../conversation/found'
import type { Speech } from '../conversation/sentences'
import '../conversation/conversation.css'

/** So many lines before and after the evidence. */
const AROUND = 3

function spanOf(found: Found | undefined, turn: number | null, turns: number): { from: number; to: number } {
  if (!found) return { from: 1, to: turns }
  const { evidence, at } = found.finding
  const places = [turn, at?.turn, ...evidence.flatMap((one) => [one.turn, one.kind === 'window' ? one.to_turn : null])].filter((one): one is number => typeof one === 'number')
  if (places.length === 0) return { from: 1, to: turns }
  return { from: Math.max(1, Math.min(...places) - AROUND), to: Math.min(turns, Math.max(...places) + AROUND) }
}

/** The lines around what was found, with its evidence marked; where nothing was found all of them. */
export function ReviewTalk({ conversation, found, turn, speech, onPlay }: {
  conversation: Conversation; found: Found | undefined; turn: number | null; speech: Speech; onPlay: ((ms: number) => void) | null
}) {
  const { t } = useTranslation()
  const [isWhole, setWhole] = useState(false)
  const turns = conversation.turns.length
  const cut = useMemo(() => ({ ...(isWhole ? { from: 1, to: turns } : spanOf(found, turn, turns)), finding: found?.key ?? null }), [isWhole, found, turn, turns])
  const findings = useMemo(() => (found ? [found] : []), [found])
  const isCut = cut.from > 1 || cut.to < turns
  return (
    <div className="review-talk" tabIndex={0} role="region" aria-label={t('conversation.dialogue')}>
      {(isCut || isWhole) && (
        <p className="quiet">
          {isCut && t('review.cut', { count: cut.to - cut.from + 1 })} <button type="button" className="link" onClick={() => setWhole(!isWhole)}>{t(isWhole ? 'review.show_cut' : 'review.show_all')}</button>
        </p>
      )}
      <Dialogue
        conversation={conversation} findings={findings} speech={speech} selected={found?.key ?? null} foundTurn={null} onSelect={() => {}} onPlay={onPlay} cut={cut}
      />
    </div>
  )
}
