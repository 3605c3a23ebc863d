import { useCallback, useMemo, useSyncExternalStore } from 'react'

// Which columns the list shows, in which order, how wide: kept in this browser.

export const COLUMNS = [
  'title', 'agent', 'team', 'queue', 'customer', 'channel', 'started', 'duration', 'turns', 'compliance', 'experience', 'risk', 'verdict', 'worst',
  'hit', 'missed', 'undecided', 'met', 'judged', 'seen',
] as const
export type ColumnName = (typeof COLUMNS)[number]

/** Shown until somebody chooses otherwise. */
const USUAL: readonly ColumnName[] = ['title', 'agent', 'channel', 'started', 'duration', 'compliance', 'experience', 'risk', 'worst', 'hit', 'missed', 'undecided', 'met']
export const SORTED: readonly ColumnName[] = ['started', 'compliance', 'experience', 'risk']
export const NUMERIC: readonly ColumnName[] = ['duration', 'turns', 'compliance', 'experience', 'risk', 'hit', 'missed', 'undecided', 'met', 'judged']
/** Always there: it is what opens the conversation. */
export const FIXED: ColumnName = 'title'

export const LEAST_WIDTH = 40
export const MOST_WIDTH = 600

export interface Columns {
  /** All, in their order. */
  order: ColumnName[]
  shown: ColumnName[]
  /** Pixels, of those that somebody has pulled. */
  widths: Partial<Record<ColumnName, number>>
  isUsual: boolean
}

const STORED = 'callscope.columns'
const USUAL_COLUMNS: Columns = { order: [...COLUMNS], shown: [...USUAL], widths: {}, isUsual: true }

function read(): Columns {
  try {
    const kept = JSON.parse(localStorage.getItem(STORED) ?? 'null') as { order?: unknown; hidden?: unknown; widths?: unknown } | null
    if (!kept || !Array.isArray(kept.order) || !Array.isArray(kept.hidden)) return USUAL_COLUMNS
    const hidden = kept.hidden as unknown[]
    const known = kept.order.filter((name): name is ColumnName => COLUMNS.includes(name as ColumnName))
    const order = [...new Set([...known, ...COLUMNS])]
    const widths: Columns['widths'] = {}
    for (const [name, width] of Object.entries((kept.widths ?? {}) as Record<string, unknown>)) {
      if (COLUMNS.includes(name as ColumnName) && typeof width === 'number') widths[name as ColumnName] = Math.min(Math.max(width, LEAST_WIDTH), MOST_WIDTH)
    }
    return { order, shown: order.filter((name) => name === FIXED || !hidden.includes(name)), widths, isUsual: false }
  } catch {
    return USUAL_COLUMNS
  }
}

let now = read()
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function keep(next: Columns) {
  now = next
  try {
    if (next.isUsual) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, JSON.stringify({ order: next.order, hidden: next.order.filter((name) => !next.shown.includes(name)), widths: next.widths }))
  } catch {
    // Not remembered; shown all the same.
  }
  listeners.forEach((listener) => listener())
}

export function useColumns() {
  const columns = useSyncExternalStore(subscribe, () => now)
  const show = useCallback((name: ColumnName, isShown: boolean) => {
    const shown = now.order.filter((one) => (one === name ? isShown : now.shown.includes(one)))
    keep({ ...now, shown, isUsual: false })
  }, [])
  const move = useCallback((name: ColumnName, by: number) => {
    const order = now.order.filter((one) => one !== name)
    order.splice(Math.min(Math.max(now.order.indexOf(name) + by, 0), order.length), 0, name)
    keep({ ...now, order, shown: order.filter((one) => now.shown.includes(one)), isUsual: false })
  }, [])
  const widen = useCallback((name: ColumnName, width: number) => {
    keep({ ...now, widths: { ...now.widths, [name]: Math.round(Math.min(Math.max(width, LEAST_WIDTH), MOST_WIDTH)) }, isUsual: false })
  }, [])
  const reset = useCallback(() => keep(USUAL_COLUMNS), [])
  return { columns, show, move, widen, reset }
}

// Of the usual columns a narrower window shows those that leave room for the title. On a phone a row is no line: list.css says what it shows.
const NARROW = window.matchMedia('(min-width: 721px) and (max-width: 1440px)')
const NARROWER = window.matchMedia('(min-width: 721px) and (max-width: 1180px)')
const NO_ROOM: readonly ColumnName[] = ['duration', 'met']
/** English heads are wide. */
const NO_ROOM_ENGLISH: readonly ColumnName[] = [...NO_ROOM, 'undecided']

function useMatches(media: MediaQueryList): boolean {
  const follow = useCallback((listener: () => void) => {
    media.addEventListener('change', listener)
    return () => media.removeEventListener('change', listener)
  }, [media])
  return useSyncExternalStore(follow, () => media.matches)
}

/** The columns that are drawn: those that somebody chose, or the usual ones as far as there is room. */
export function useDrawnColumns(language: string): readonly ColumnName[] {
  const { shown, isUsual } = useColumns().columns
  const isNarrow = useMatches(NARROW)
  const isNarrower = useMatches(NARROWER)
  return useMemo(() => {
    if (!isUsual || !isNarrow) return shown
    const left = language === 'en' ? NO_ROOM_ENGLISH : NO_ROOM
    return shown.filter((name) => !left.includes(name) && !(isNarrower && name === 'channel'))
  }, [shown, isUsual, isNarrow, isNarrower, language])
}
