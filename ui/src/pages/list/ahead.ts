import { useEffect, useState } from 'react'
import { useReadAhead } from '../../api/queries'
import { preloadGravest } from '../../player/listen'
import type { Walk } from './walk'

/** Nothing is read for a row that is only passed by. */
const SETTLED_MS = 150

/** Holds ready what would be played next: the row on which one rests. */
export function useAhead(id: string | null, walk: Walk, rule: string | null) {
  const [settled, setSettled] = useState<string | null>(null)
  const hasRecording = walk.items.some((item) => item.id === id && item.has_recording)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(hasRecording ? id : null), SETTLED_MS)
    return () => window.clearTimeout(timer)
  }, [id, hasRecording])
  useReadAhead(settled, (read) => preloadGravest(read, rule))
}
