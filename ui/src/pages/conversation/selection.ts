import { startTransition, useCallback, useEffect, useState, type RefObject } from 'react'
import { useLocation, useNavigate } from 'react-router-dom'
import type { Found } from './found'
import { bringIntoView } from './intoView'

/** Where a selection came from: it scrolls the other side into view. */
export type SelectedBy = 'card' | 'mark' | 'key' | 'address'

const WIDE = '(min-width: 961px)'

function behaviour(): ScrollBehavior {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
}

function find(page: HTMLElement | null, attribute: string, key: string): HTMLElement | null {
  return page?.querySelector<HTMLElement>(`[${attribute}="${CSS.escape(key)}"]`) ?? null
}

/** The selected finding. Its number is the address's hash, so that the finding itself can be shared. */
export function useSelection(findings: Found[], page: RefObject<HTMLElement>, isDrawn: boolean) {
  const { hash, search } = useLocation()
  const navigate = useNavigate()
  const byHash = findings.find((one) => one.finding.number !== null && hash === `#${one.finding.number}`)
  const [selected, setSelected] = useState<string | null>(byHash?.key ?? null)

  const show = useCallback((key: string, by: SelectedBy) => {
    if (by !== 'mark') {
      const place = find(page.current, 'data-finding', key) ?? find(page.current, 'data-at', key)
      if (place) bringIntoView(place, place.closest<HTMLElement>('.talk-frame'), by !== 'address')
    }
    if (by !== 'card' && window.matchMedia(WIDE).matches) {
      const card = find(page.current, 'data-card', key)
      const side = card?.closest('aside')
      if (card && side) side.scrollTo({ top: card.offsetTop - side.clientHeight / 3, behavior: by === 'address' ? 'auto' : behaviour() })
    }
  }, [page])

  const select = useCallback((key: string | null, by: SelectedBy) => {
    setSelected(key)
    // The address may wait for the sound that was asked for with it; the choice may not: space plays what is chosen.
    startTransition(() => {
      const number = findings.find((one) => one.key === key)?.finding.number
      navigate({ search, hash: number ? `#${number}` : '' }, { replace: true, preventScrollReset: true })
    })
    if (key) show(key, by)
  }, [findings, navigate, search, show])

  const step = useCallback((by: number): string | null => {
    if (findings.length === 0) return null
    const index = findings.findIndex((one) => one.key === selected)
    const next = index < 0 ? (by > 0 ? 0 : findings.length - 1) : Math.min(Math.max(index + by, 0), findings.length - 1)
    select(findings[next]!.key, 'key')
    return findings[next]!.key
  }, [findings, selected, select])

  // An address with a hash opens at its sentence.
  const opened = byHash?.key
  useEffect(() => {
    if (opened && isDrawn) show(opened, 'address')
    // Only when the page opens and its lines are there; later selections scroll by themselves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isDrawn])

  return { selected, select, step }
}
