// Changing a mapping: which column is used for what. Whatever a page does not know of stays as it was.
import type { ColumnName, Mapping, MappingKind, PreviewColumn } from '../../api/imports'

const CONTACT: readonly MappingKind[] = ['conversations', 'calls', 'tickets', 'satisfaction', 'customers']
const SERVED: readonly MappingKind[] = ['conversations', 'calls', 'tickets', 'roster', 'satisfaction']

/** What a column may be used for, and in which kinds of files; docs/formats.md has the same table. */
const USES: readonly (readonly [use: string, kinds: readonly MappingKind[]])[] = [
  ['conversation', CONTACT],
  ['speaker', ['conversations']],
  ['text', ['conversations']],
  ['time', CONTACT],
  ['answered', ['calls']],
  ['ended', ['calls']],
  ['duration', ['calls']],
  ['direction', ['conversations', 'calls']],
  ['hang_up', ['calls']],
  ['recording', ['calls']],
  ['ticket', ['conversations', 'calls', 'tickets', 'satisfaction']],
  ['event', ['tickets']],
  ['status', ['tickets']],
  ['kind', ['tickets']],
  ['closed', ['tickets']],
  ['score', ['satisfaction']],
  ['comment', ['satisfaction']],
  ['title', ['conversations', 'tickets']],
  ['customer', CONTACT],
  ['customer_name', CONTACT],
  ['number', CONTACT],
  ['caller', ['calls']],
  ['called', ['calls']],
  ['account', CONTACT],
  ['openid', CONTACT],
  ['agent', SERVED],
  ['agent_id', SERVED],
  ['extension', ['conversations', 'calls', 'roster']],
  ['team', SERVED],
  ['queue', SERVED],
  ['from', ['roster']],
  ['to', ['roster']],
]

/** Uses whose cells are times. */
const TIME_USES: readonly string[] = ['time', 'answered', 'ended', 'closed', 'from', 'to']
export const isTimeUse = (use: string | null) => use !== null && (TIME_USES.includes(use) || (use.startsWith(SAID) && use.endsWith('.time')))
export const FIELD = 'fields.'
/** Below this a guess asks to be looked at. */
export const SURE = 0.8
export const CHANNELS = ['call', 'chat', 'email', 'ticket', 'survey', 'video'] as const
export const ROLES = ['customer', 'agent', 'bot', 'system', 'undecided'] as const

export const kindOf = (mapping: Mapping): MappingKind => mapping.kind ?? 'conversations'

/** The uses of a kind. */
export function usesOf(kind: MappingKind): string[] {
  const uses = USES.filter(([, kinds]) => kinds.includes(kind)).map(([use]) => use)
  return kind === 'conversations' ? [...uses, ...['customer', 'agent'].flatMap((speaker) => [SAID + speaker, `${SAID}${speaker}.time`])] : uses
}

const isOf = (name: unknown, column: PreviewColumn) => name === column.number || (name !== null && name !== '' && name === column.name)

/** A column that holds all that one side said: "said.agent", and when: "said.agent.time". */
export const SAID = 'said.'
/** What such files have instead of a number of the conversation. */
const ROW_ID = '{file}-{line}'

interface SaidColumns { speaker: string; text?: ColumnName; time?: ColumnName; agent?: ColumnName }
const saidColumns = (mapping: Mapping): SaidColumns[] => (Array.isArray(mapping.turns) ? mapping.turns as SaidColumns[] : [])

/** "turns[1].text" as the server says it, as a use of this page. */
export function ownUse(mapping: Mapping, use: string): string {
  const [, index, part] = use.match(/^turns\[(\d+)\]\.(text|time)$/) ?? []
  const speaker = index === undefined ? undefined : saidColumns(mapping)[Number(index)]?.speaker
  return speaker === undefined ? use : `${SAID}${speaker}${part === 'time' ? '.time' : ''}`
}

/** What the mapping takes a column for: "time", "fields.product", "said.agent", or null. */
export function takenFor(mapping: Mapping, column: PreviewColumn): string | null {
  const { fields, ...uses } = mapping.columns ?? {}
  for (const [use, name] of Object.entries(uses)) if (isOf(name, column)) return use
  for (const [field, name] of Object.entries(fields ?? {})) if (isOf(name, column)) return FIELD + field
  for (const { speaker, text, time } of saidColumns(mapping)) {
    if (isOf(text, column)) return SAID + speaker
    if (isOf(time, column)) return `${SAID}${speaker}.time`
  }
  // A list of turns inside a cell and the like name their columns elsewhere; the server says so.
  const use = column.use && ownUse(mapping, column.use)
  return use && !use.startsWith(FIELD) && !use.startsWith(SAID) && !USES.some(([one]) => use === one) ? use : null
}

function nameIn(mapping: Mapping, column: PreviewColumn, columns: PreviewColumn[]): ColumnName {
  const isUnique = columns.filter((one) => one.name === column.name).length === 1
  return mapping.header !== false && column.name && isUnique ? column.name : column.number
}

/** The columns of what was said, with this one used for `use` or for nothing. */
function withSaid(turns: SaidColumns[], column: PreviewColumn, name: ColumnName, use: string | null): SaidColumns[] {
  const next = turns.map((turn) => {
    const kept = { ...turn }
    for (const key of ['text', 'time', 'agent'] as const) if (isOf(kept[key], column)) delete kept[key]
    return kept
  })
  if (use?.startsWith(SAID)) {
    const isTime = use.endsWith('.time')
    const speaker = use.slice(SAID.length, isTime ? -'.time'.length : undefined)
    let turn = next.find((one) => one.speaker === speaker)
    if (!turn) {
      turn = { speaker }
      next.push(turn)
    }
    turn[isTime ? 'time' : 'text'] = name
  }
  return next.filter(({ text, time }) => text !== undefined || time !== undefined)
}

/** Takes a column for something, or for nothing. What another column was used for moves here. */
export function withUse(mapping: Mapping, column: PreviewColumn, columns: PreviewColumn[], use: string | null): Mapping {
  const { fields = {}, ...uses } = mapping.columns ?? {}
  const nextUses = Object.fromEntries(Object.entries(uses).filter(([key, name]) => key !== use && !isOf(name, column)))
  const nextFields = Object.fromEntries(Object.entries(fields).filter(([key, name]) => FIELD + key !== use && !isOf(name, column)))
  const name = nameIn(mapping, column, columns)
  const next: Mapping = { ...mapping }
  if (use?.startsWith(FIELD)) nextFields[use.slice(FIELD.length)] = name
  else if (use?.startsWith(SAID)) {
    // Either each row is one message, or each holds what both sides said.
    delete nextUses.text
    delete nextUses.speaker
    if (nextUses.conversation === undefined) next.id ??= ROW_ID
  } else if (use) nextUses[use] = name
  if (Array.isArray(mapping.turns) || use?.startsWith(SAID)) {
    const turns = use === 'text' || use === 'speaker' ? [] : withSaid(saidColumns(mapping), column, name, use)
    if (turns.length > 0) next.turns = turns
    else delete next.turns
  }
  if (next.id === ROW_ID && (next.turns === undefined || nextUses.conversation !== undefined)) delete next.id
  next.columns = { ...nextUses, ...(Object.keys(nextFields).length > 0 ? { fields: nextFields } : {}) }
  return next
}

/** Another kind of file: the uses that it does not have are dropped. */
export function withKind(mapping: Mapping, kind: MappingKind): Mapping {
  const allowed = usesOf(kind)
  const { fields, ...uses } = mapping.columns ?? {}
  const kept = Object.fromEntries(Object.entries(uses).filter(([use]) => allowed.includes(use)))
  const next: Mapping = { ...mapping, kind, columns: { ...kept, ...(fields ? { fields } : {}) } }
  if (kind !== 'conversations') for (const key of ['id', 'turns', 'other_speakers', 'channel', 'language', 'queue', 'interleaved']) delete next[key]
  if (kind !== 'conversations' && kind !== 'calls') delete next.speakers
  if (kind !== 'tickets') delete next.events
  return next
}

/** Sets a word, or takes it away where it is empty. */
export function withKey(mapping: Mapping, key: 'zone' | 'other_speakers' | 'channel', value: string): Mapping {
  const next: Mapping = { ...mapping }
  if (value) next[key] = value
  else delete next[key]
  return next
}

/** A field's name must be none of another column's, and not empty. */
export function fieldName(mapping: Mapping, column: PreviewColumn): string {
  const base = (column.name ?? '').trim() || `column_${column.number}`
  const taken = new Set(Object.keys(mapping.columns?.fields ?? {}))
  for (let n = 1; n < 1000; n++) {
    const name = n === 1 ? base : `${base} ${n}`
    if (!taken.has(name)) return name
  }
  return base
}

/** Values of the speakers' column: those with a role, and those that were seen without one. */
export function speakerValues(mapping: Mapping, columns: PreviewColumn[], seen: readonly string[]): string[] {
  const column = columns.find((one) => takenFor(mapping, one) === (kindOf(mapping) === 'calls' ? 'hang_up' : 'speaker'))
  return [...new Set([...Object.keys(mapping.speakers ?? {}), ...(column?.samples ?? []), ...seen])].filter((value) => value.trim() !== '').slice(0, 40)
}

/** Ways of writing times that can be chosen; the server knows more, see docs/formats.md. */
export const TIME_FORMATS = [
  'yyyy-mm-dd hh:mm:ss', 'yyyy-mm-dd hh:mm', 'yyyy/m/d h:mm:ss', 'yyyy/m/d h:mm', 'yyyy年m月d日 h:mm', 'yyyymmddhhmmss', 'iso8601',
  'm/d/yyyy h:mm', 'm/d/yyyy h:mm am', 'd/m/yyyy h:mm', 'dd.mm.yyyy hh:mm', 'excel', 'epoch_s', 'epoch_ms', 'yyyy-mm-dd', 'yyyy/m/d',
] as const

const NAMED: Record<string, string> = { iso8601: '2026-02-14T09:32:05+08:00', excel: '46067.39728', epoch_s: '1771032725', epoch_ms: '1771032725000' }
const PARTS: Record<string, string> = { yyyy: '2026', yy: '26', mmm: 'Feb', dd: '14', d: '14', hh: '09', h: '9', ss: '05', s: '5', am: 'AM', zone: '+08:00' }

/** 14 February 2026, 9:32:05 as a format writes it: easier to recognise than its letters. */
export function timeExample(format: string): string {
  const named = NAMED[format]
  if (named) return named
  let last = ''
  return format.replace(/yyyy|yy|mmm|mm?|dd?|hh?|ss?|am|zone/g, (part) => {
    const before = last
    last = part
    if (part === 'mm' || part === 'm') return before.startsWith('h') ? '32' : part === 'mm' ? '02' : '2'
    return PARTS[part] ?? part
  })
}

export const ZONES = ['+08:00', '+00:00', '+07:00', '+09:00', '+05:30', '+01:00', '+02:00', '-05:00', '-08:00'] as const

/** Files with the same columns are read alike. */
export function headerKey(format: string, columns: PreviewColumn[] | null): string {
  return JSON.stringify([format, (columns ?? []).map((column) => column.name ?? column.number)])
}
