import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Bindings } from '../parts/keyboard'
import { player, type PlayerState } from './player'

export function usePlayerState(): PlayerState {
  return useSyncExternalStore(player.subscribe, player.snapshot)
}

/** Calls back on every frame while it plays; draws without rendering. */
export function useMove(listener: (ms: number) => void) {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    latest.current(player.positionMs)
    return player.onMove((ms) => latest.current(ms))
  }, [])
}

const onMove = (changed: () => void) => player.onMove(changed)
const wholeSeconds = () => Math.floor(player.positionMs / 1000)

export function usePositionSeconds(): number {
  return useSyncExternalStore(onMove, wholeSeconds)
}

/** The keys that a recording answers to; none while there is none, so that space scrolls. */
export function usePlayerKeys(isOn: boolean): Bindings {
  return useMemo(() => (isOn ? {
    ' ': () => player.toggle(),
    ArrowLeft: () => player.seek(player.positionMs - 5_000),
    ArrowRight: () => player.seek(player.positionMs + 5_000),
    'Shift+ArrowLeft': () => player.seek(player.positionMs - 1_000),
    'Shift+ArrowRight': () => player.seek(player.positionMs + 1_000),
    ',': () => player.seek(player.positionMs - 1_000),
    '.': () => player.seek(player.positionMs + 1_000),
    '<': () => player.stepRate(-1),
    '>': () => player.stepRate(1),
    s: () => player.setSkipping(!player.snapshot().isSkipping),
  } : {}), [isOn])
}
