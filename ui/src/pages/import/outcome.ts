import type { TFunction } from 'i18next'
import type { Import } from '../../api/imports'
import type { Format } from '../../i18n/format'

/** What an import brought, in a few words: "1,284 conversations, 320 records". */
export function broughtWords(one: Import, t: TFunction, format: Format): string {
  const { counts } = one
  if (!counts) return ''
  const parts: string[] = []
  const conversations = counts.inspected + counts.unchanged
  if (conversations > 0) parts.push(t('import.brought_conversations', { count: conversations, number: format.count(conversations) }))
  const records = counts.records ? counts.records.new + counts.records.changed + counts.records.unchanged : 0
  if (records > 0) parts.push(t('import.brought_records', { count: records, number: format.count(records) }))
  return parts.length > 0 ? parts.join(t('app.separator')) : t('import.brought_nothing')
}

/** Bytes as people say them. */
export function sizeWords(bytes: number, format: Format): string {
  if (bytes < 1000) return `${format.count(bytes)} B`
  for (const [unit, size] of [['kB', 1e3], ['MB', 1e6], ['GB', 1e9]] as const) {
    const value = bytes / size
    if (value < 999.5 || unit === 'GB') return `${value < 9.95 ? format.mean(value) : format.count(value)} ${unit}`
  }
  return ''
}

/** Something of it is in the store. One that was interrupted and read again knows all that it made itself. */
export function canUndo({ can_undo: isOver, state, counts }: Import): boolean {
  return isOver && state !== 'undone' && !!counts && (counts.inspected > 0 || counts.unchanged > 0 || counts.recordings > 0 || (counts.records?.read ?? 0) > 0)
}

/** "line 12, column 4" in the reader's language; any other place as it is. */
export function placeWords(place: string | null | undefined, t: TFunction): string {
  return (place ?? '').replace(/\b(?:line|row) (\d+)\b/g, (_, line: string) => t('joins.line', { line })).replace(/\bcolumn (\d+)\b/g, (_, number: string) => t('import.column_number', { number }))
}

/** The list of conversations in the time that an import covers. */
export function listOf(one: Import): string {
  if (typeof one.from_ms === 'number' && typeof one.to_ms === 'number') return `/?from=${one.from_ms}&to=${one.to_ms + 1}`
  return '/'
}
