export interface DiffLine { kind: 'same' | 'gone' | 'new'; text: string }

/** Above so many cells the middle is shown as replaced altogether. */
const MOST_CELLS = 4_000_000

/** Lines that went and lines that came, by the longest common run of lines. */
export function differenceOf(before: string, after: string): DiffLine[] {
  const old = before.replace(/\n$/, '').split('\n')
  const now = after.replace(/\n$/, '').split('\n')
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let end = 0
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++
  const head = old.slice(0, start).map((text): DiffLine => ({ kind: 'same', text }))
  const tail = old.slice(old.length - end).map((text): DiffLine => ({ kind: 'same', text }))
  return [...head, ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)), ...tail]
}

function middle(old: string[], now: string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text })
  const came = (text: string): DiffLine => ({ kind: 'new', text })
  if (old.length * now.length > MOST_CELLS) return [...old.map(gone), ...now.map(came)]
  const width = now.length + 1
  const common = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === now[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: old[i]! })
      i++
      j++
    } else if (i < old.length && (j === now.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) lines.push(gone(old[i++]!))
    else lines.push(came(now[j++]!))
  }
  return lines
}
