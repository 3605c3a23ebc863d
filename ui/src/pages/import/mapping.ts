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
export const TIME_USES: readonly string[] = ['time', 'answered', 'ended', 'closed', 'from', 'to']
export const FIELD = 'fields.'
export const ROLES = ['customer', 'agent', 'bot', 'system', 'undecided'] as const

export const kindOf = (mapping: Mapping): MappingKind => mapping.kind ?? 'conversations'

/** The uses of a kind, and the ones the mapping has besides. */
export function usesOf(kind: MappingKind): string[] {
  return USES.filter(([, kinds]) => kinds.includes(kind)).map(([use]) => use)
}

const isOf = (name: unknown, column: PreviewColumn) => name === column.number || (name !== null && name !== '' && name === column.name)

/** What the mapping takes a column for: "time", "fields.product", or null. */
export function takenFor(mapping: Mapping, column: PreviewColumn): string | null {
  const { fields, ...uses } = mapping.columns ?? {}
  for (const [use, name] of Object.entries(uses)) if (isOf(name, column)) return use
  for (const [field, name] of Object.entries(fields ?? {})) if (isOf(name, column)) return FIELD + field
  // A list of turns and the like name their columns elsewhere; the server says so.
  return column.use && !(column.use in uses) && !column.use.startsWith(FIELD) && !USES.some(([use]) => use === column.use) ? column.use : null
}

function nameIn(mapping: Mapping, column: PreviewColumn, columns: PreviewColumn[]): ColumnName {
  const isUnique = columns.filter((one) => one.name === column.name).length === 1
  return mapping.header !== false && column.name && isUnique ? column.name : column.number
}

/** Takes a column for something, or for nothing. What another column was used for moves here. */
export function withUse(mapping: Mapping, column: PreviewColumn, columns: PreviewColumn[], use: string | null): Mapping {
  const { fields = {}, ...uses } = mapping.columns ?? {}
  const nextUses = Object.fromEntries(Object.entries(uses).filter(([key, name]) => key !== use && !isOf(name, column)))
  const nextFields = Object.fromEntries(Object.entries(fields).filter(([key, name]) => FIELD + key !== use && !isOf(name, column)))
  const name = nameIn(mapping, column, columns)
  if (use?.startsWith(FIELD)) nextFields[use.slice(FIELD.length)] = name
  else if (use) nextUses[use] = name
  const next: Mapping = { ...mapping, columns: { ...nextUses, ...(Object.keys(nextFields).length > 0 ? { fields: nextFields } : {}) } }
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
export function withKey(mapping: Mapping, key: 'zone' | 'other_speakers', value: string): Mapping {
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

/** How times are written, each with what it looks like. */
export const TIME_FORMATS: readonly (readonly [format: string, example: string])[] = [
  ['yyyy-mm-dd hh:mm:ss', '2026-02-14 10:32:05'],
  ['yyyy/m/d h:mm:ss', '2026/2/14 10:32:05'],
  ['yyyy/m/d h:mm', '2026/2/14 10:32'],
  ['yyyy年m月d日 h:mm', '2026年2月14日 10:32'],
  ['yyyymmddhhmmss', '20260214103205'],
  ['iso8601', '2026-02-14T10:32:05+08:00'],
  ['m/d/yyyy h:mm', '2/14/2026 10:32'],
  ['mm/dd/yyyy h:mm am', '02/14/2026 10:32 AM'],
  ['dd.mm.yyyy hh:mm', '14.02.2026 10:32'],
  ['excel', '46067.43895'],
  ['epoch_s', '1771036325'],
  ['epoch_ms', '1771036325000'],
]

export const ZONES = ['+08:00', '+00:00', '+07:00', '+09:00', '+05:30', '+01:00', '+02:00', '-05:00', '-08:00'] as const

/** Files with the same columns are read alike. */
export function headerKey(format: string, columns: PreviewColumn[] | null): string {
  return JSON.stringify([format, (columns ?? []).map((column) => column.name ?? column.number)])
}
