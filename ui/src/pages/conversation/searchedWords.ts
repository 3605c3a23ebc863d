import { useEffect, useMemo, type RefObject } from 'react'

// Shows the words of a search in the dialogue. What was found was decided by the server; this only paints.

type Side = 'agent' | 'customer' | 'bot' | 'system'
const SIDES: Record<string, Side> = {
  客服: 'agent', 坐席: 'agent', agent: 'agent', 客户: 'customer', customer: 'customer', 机器人: 'bot', bot: 'bot', 系统: 'system', system: 'system',
}

interface Wanted { text: string; side: Side | null; isWhole: boolean; isBeginning: boolean }

const MOST_WORDS = 20
const MOST_RANGES = 2_000

/** Width and case do not matter; a letter that would become several stays, so that places stay. */
export function foldText(text: string): string {
  let folded = ''
  for (const unit of text.split('')) {
    const next = unit.normalize('NFKC').toLowerCase()
    folded += next.length === 1 ? next : unit
  }
  return folded
}

/** The words that a query looks for, without those that must not occur. */
export function wantedWords(query: string): Wanted[] {
  const wanted: Wanted[] = []
  for (const [, minus, prefix, phrase, word] of foldText(query.replace(/[“”„]/g, '"')).matchAll(/(-?)(?:([\p{L}]+):)?(?:"([^"]*)"|([^\s"|]+))/gu)) {
    const side = prefix ? SIDES[prefix] ?? null : null
    const plain = phrase ?? word ?? ''
    if (minus || /^(~|附近)\d*$/.test(plain) || wanted.length >= MOST_WORDS) continue
    const isBeginning = plain.endsWith('*')
    const text = isBeginning ? plain.slice(0, -1) : plain
    if (text) wanted.push({ text, side, isWhole: /^[\p{Script=Latin}\d]+$/u.test(text), isBeginning })
  }
  return wanted
}

const isLetter = (text: string | undefined) => text !== undefined && /[\p{Script=Latin}\d]/u.test(text)

function placesOf(text: string, { text: word, isWhole, isBeginning }: Wanted): number[] {
  const places: number[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const isCut = isLetter(text[at - 1]) || (!isBeginning && isLetter(text[at + word.length]))
    if (!isWhole || !isCut) places.push(at)
  }
  return places
}

/** Of one line: its text nodes put together, and the ranges in them. */
function rangesOf(line: Element, wanted: Wanted[]): Range[] {
  const nodes: { node: Text; from: number }[] = []
  let text = ''
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    if (node.parentElement?.closest('sup, small')) continue
    nodes.push({ node, from: text.length })
    text += node.data
  }
  const folded = foldText(text)
  const point = (at: number, isEnd: boolean) => {
    const found = [...nodes].reverse().find(({ from }) => (isEnd ? from < at : from <= at))!
    return [found.node, at - found.from] as const
  }
  return wanted.flatMap((one) => placesOf(folded, one).map((at) => {
    const range = new Range()
    range.setStart(...point(at, false))
    range.setEnd(...point(at + one.text.length, true))
    return range
  }))
}

/** Browsers that cannot paint ranges show the lines without. */
export function useSearchedWords(talk: RefObject<HTMLElement>, query: string | null, isDrawn: boolean) {
  const wanted = useMemo(() => (query ? wantedWords(query) : []), [query])
  useEffect(() => {
    if (!isDrawn || wanted.length === 0 || !talk.current || !('highlights' in CSS)) return
    const ranges: Range[] = []
    for (const line of talk.current.querySelectorAll('.turn > p')) {
      if (ranges.length >= MOST_RANGES) break
      const side = line.parentElement!.classList
      ranges.push(...rangesOf(line, wanted.filter((one) => one.side === null || side.contains(one.side))))
    }
    CSS.highlights.set('searched', new Highlight(...ranges))
    return () => {
      CSS.highlights.delete('searched')
    }
  }, [wanted, isDrawn, talk])
}
