/** Some words of a turn, in code points; without `to` all of it. */
export interface TurnSpan { turn: number; from?: number; to?: number }

/** What is drawn between the words and is none of them: numbers of findings, marks, notes. */
const DRAWN = 'button, sup, small, .wordless'

function textBefore(line: HTMLElement, node: Node, offset: number): number {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  let points = 0
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const isDrawn = text.parentElement?.closest(DRAWN)
    const at = document.createRange()
    at.selectNodeContents(text)
    const order = at.comparePoint(node, offset)
    if (order < 0) return points
    if (isDrawn) continue
    const words = text.textContent ?? ''
    if (order === 0) return points + Array.from(node === text ? words.slice(0, offset) : '').length
    points += Array.from(words).length
  }
  return points
}

/** The words of one line that are selected; null where nothing is, or more than one line. */
export function spanOf(selection: Selection | null, talk: HTMLElement | null): TurnSpan | null {
  if (!selection || selection.isCollapsed || selection.rangeCount === 0 || !talk) return null
  const range = selection.getRangeAt(0)
  const elementOf = (node: Node) => (node instanceof Element ? node : node.parentElement)
  const line = elementOf(range.startContainer)?.closest<HTMLElement>('.turn')
  const words = line?.querySelector('p')
  if (!line || !words || !talk.contains(line) || elementOf(range.endContainer)?.closest('.turn') !== line) return null
  const turn = Number(/^turn-(\d+)$/.exec(line.id)?.[1])
  const from = words.contains(range.startContainer) ? textBefore(words, range.startContainer, range.startOffset) : 0
  const to = textBefore(words, range.endContainer, range.endOffset)
  return turn && to > from ? { turn, from, to } : null
}
