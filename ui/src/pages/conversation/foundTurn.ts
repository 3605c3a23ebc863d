import { useEffect, type RefObject } from 'react'
import { useLocation } from 'react-router-dom'
import { bringIntoView } from './intoView'

/** The turn that the address names, as a search result does; it is brought into view when the page opens. */
export function useFoundTurn(page: RefObject<HTMLElement>, isDrawn: boolean): number | null {
  const { hash } = useLocation()
  const named = /^#turn-(\d+)$/.exec(hash)?.[1]
  useEffect(() => {
    if (!named || !isDrawn) return
    const line = page.current?.querySelector<HTMLElement>(`#turn-${named}`)
    if (line) bringIntoView(line, line.closest<HTMLElement>('.talk-frame'), false)
  }, [named, isDrawn, page])
  return named ? Number(named) : null
}
