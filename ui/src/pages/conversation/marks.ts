import type { Conversation, Evidence } from '../../api/types'
import { verdictTone } from '../../parts/VerdictChip'

/** A marked stretch of one turn. `from` and `to` count code points, `to` exclusive. */
export interface Mark {
  finding: string
  rule: string
  number: number | null
  tone: string
  isMain: boolean
  from: number
  to: number
  /** Which line below the words: overlapping marks stand on different ones, from 0. */
  level: number
}

export interface Segment {
  text: string
  /** Where it begins, in code points. */
  from: number
  marks: Mark[]
  /** Marks that end with this segment: their pins stand here. */
  ending: Mark[]
}

const QUIET = new Set(['near_miss', 'waiver', 'excuse'])
const NUMBERED = new Set(['hit', 'missed', 'undecided', 'noted'])

function isMarked(evidence: Evidence, verdict: string): boolean {
  if (!evidence.turn || typeof evidence.from !== 'number' || typeof evidence.to !== 'number' || evidence.to <= evidence.from) return false
  if (evidence.kind === 'window') return false
  if (NUMBERED.has(verdict)) return true
  return verdict === 'met' && (evidence.kind === 'match' || evidence.kind === 'step')
}

/** The marks of every turn (counted from 1), each turn's in reading order, the wider first. */
export function marksOf(conversation: Conversation): Map<number, Mark[]> {
  const byTurn = new Map<number, Mark[]>()
  for (const rule of conversation.rules) {
    for (const finding of rule.findings) {
      for (const evidence of finding.evidence) {
        if (!isMarked(evidence, finding.verdict)) continue
        const key = `${rule.rule}-${finding.ordinal}`
        const marks = byTurn.get(evidence.turn!) ?? []
        const isMain = !QUIET.has(evidence.kind)
        const same = marks.find((mark) => mark.finding === key && mark.from === evidence.from && mark.to === evidence.to)
        if (same) same.isMain ||= isMain
        else {
          marks.push({
            finding: key, rule: rule.rule, number: finding.number, tone: verdictTone(finding.verdict), isMain,
            from: evidence.from!, to: evidence.to!, level: 0,
          })
        }
        byTurn.set(evidence.turn!, marks)
      }
    }
  }
  for (const marks of byTurn.values()) {
    marks.sort((a, b) => a.from - b.from || b.to - a.to || (a.number ?? 1e9) - (b.number ?? 1e9))
    marks.forEach((mark, index) => {
      const taken = new Set(marks.slice(0, index).filter((other) => other.to > mark.from).map((other) => other.level))
      while (taken.has(mark.level)) mark.level++
    })
  }
  return byTurn
}

/** Cuts a text where marks begin and end, so that overlapping marks each keep their own line. */
export function segmentsOf(text: string, marks: Mark[]): Segment[] {
  const points = Array.from(text)
  const inside = marks.map((mark) => ({ mark, from: Math.max(0, mark.from), to: Math.min(points.length, mark.to) }))
    .filter(({ from, to }) => from < to)
  const cuts = [...new Set([0, points.length, ...inside.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1]!
    return {
      text: points.slice(start, end).join(''),
      from: start,
      marks: inside.filter(({ from, to }) => from <= start && end <= to).map(({ mark }) => mark),
      ending: inside.filter(({ to }) => to === end).map(({ mark }) => mark),
    }
  })
}

export function sliceOf(text: string, from: number, to: number): string {
  return Array.from(text).slice(from, to).join('')
}
