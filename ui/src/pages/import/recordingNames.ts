// What the names of recordings tell: "1001_13800138000_20260214.wav" in pieces, each used for something.
// Here a mapping's columns are the numbers of pieces; `nameMapping` makes of it the one that the server takes.
import type { ImportFile, Mapping, MappingKind, PreviewColumn } from '../../api/imports'

/** Which side a file is; the server cuts it off in the same way. */
const SIDE = /[-_. ](agent|customer|caller|坐席|客服|客户)$/i
const DAY_AND_TIME = /(\d{8})[-_ T](\d{6}|\d{4})(?!\d)/
const BETWEEN = /([\s_\-+#@()[\],]+)/
const LOOKED_AT = 300

/** Uses that a piece of a name may have. */
export const NAME_USES = [
  'number', 'time', 'agent_id', 'agent', 'extension', 'customer', 'customer_name', 'account', 'openid', 'direction', 'ticket', 'queue', 'team', 'conversation', 'title',
] as const

export const NAME_TIMES = ['yyyymmddhhmmss', 'yyyymmdd_hhmmss', 'yyyymmdd-hhmmss', 'yyyymmddhhmm', 'yyyymmdd', 'epoch_s', 'epoch_ms'] as const

export interface NameShape {
  /** How many recordings there are, and how many have names of this shape. */
  all: number
  fitting: number
  separators: string[]
  columns: PreviewColumn[]
  /** The pieces of the first names. */
  rows: { file: string; pieces: string[] }[]
  guess: Mapping
  files: string[]
}

const stemOf = (path: string) => path.replace(/^.*\//, '').replace(/\.[^.]*$/, '').replace(SIDE, '')

/** Pieces and what stands between them, in turn. A day and a time beside it are one piece. */
function cut(stem: string): { pieces: string[]; separators: string[] } {
  const whole = stem.match(DAY_AND_TIME)?.[0]
  const kept = whole ? stem.replace(whole, '\u0001') : stem
  const parts = kept.split(BETWEEN).map((part) => part.replace('\u0001', whole ?? ''))
  return { pieces: parts.filter((_, index) => index % 2 === 0), separators: parts.filter((_, index) => index % 2 === 1) }
}

const isDay = (text: string) => /^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/.test(text)

function guessOf(values: string[]): { use: string | null; sure: number; time?: string } {
  const every = (test: (value: string) => boolean) => values.length > 0 && values.every(test)
  if (every((value) => isDay(value) && /^\d{14}$/.test(value))) return { use: 'time', sure: 0.98, time: 'yyyymmddhhmmss' }
  if (every((value) => isDay(value) && /^\d{8}_\d{6}$/.test(value))) return { use: 'time', sure: 0.98, time: 'yyyymmdd_hhmmss' }
  if (every((value) => isDay(value) && /^\d{8}-\d{6}$/.test(value))) return { use: 'time', sure: 0.98, time: 'yyyymmdd-hhmmss' }
  if (every((value) => isDay(value) && /^\d{12}$/.test(value))) return { use: 'time', sure: 0.9, time: 'yyyymmddhhmm' }
  if (every((value) => isDay(value) && /^\d{8}$/.test(value))) return { use: 'time', sure: 0.95, time: 'yyyymmdd' }
  if (every((value) => /^1[5-9]\d{8}$/.test(value))) return { use: 'time', sure: 0.8, time: 'epoch_s' }
  if (every((value) => /^1[5-9]\d{11}$/.test(value))) return { use: 'time', sure: 0.85, time: 'epoch_ms' }
  if (every((value) => /^(\+?86)?1[3-9]\d{9}$|^0\d{9,11}$|^[48]00\d{7}$/.test(value))) return { use: 'number', sure: 0.95 }
  if (every((value) => /^(in|out|inbound|outbound|呼入|呼出)$/i.test(value))) return { use: 'direction', sure: 0.95 }
  if (every((value) => /^\d{3,6}$/.test(value))) return { use: 'agent_id', sure: 0.5 }
  return { use: null, sure: 0 }
}

/** The commonest shape among the names; null where a name has but one piece and tells nothing. */
export function shapeOf(recordings: ImportFile[]): NameShape | null {
  const shapes = new Map<string, { separators: string[]; names: { file: string; pieces: string[] }[] }>()
  for (const { path } of recordings) {
    const { pieces, separators } = cut(stemOf(path))
    if (pieces.some((piece) => piece === '')) continue
    const key = JSON.stringify(separators)
    const shape = shapes.get(key) ?? { separators, names: [] }
    shape.names.push({ file: path, pieces })
    shapes.set(key, shape)
  }
  const best = [...shapes.values()].sort((a, b) => b.names.length - a.names.length)[0]
  const first = best?.names[0]
  if (!best || !first) return null

  const taken = new Set<string>()
  const uses: Record<string, unknown> = {}
  let time: string | undefined
  const columns = first.pieces.map((_, index): PreviewColumn => {
    const values = best.names.slice(0, LOOKED_AT).map(({ pieces }) => pieces[index]!)
    const guess = guessOf(values)
    const isNew = guess.use !== null && !taken.has(guess.use)
    if (isNew) {
      taken.add(guess.use!)
      uses[guess.use!] = index + 1
      time ??= guess.time
    }
    return { number: index + 1, name: null, samples: [...new Set(values)].slice(0, 3), use: isNew ? guess.use : null, sure: guess.sure }
  })
  if (columns.length < 2 && taken.size === 0) return null
  const endings = [...new Set(recordings.map(({ path }) => path.match(/\.[^./]+$/)?.[0]).filter((one) => one !== undefined))]
  return {
    all: recordings.length, fitting: best.names.length, separators: best.separators, columns, rows: best.names.slice(0, 20),
    guess: { format: 'recording', header: false, columns: uses, zone: '+08:00', ...(time ? { time_format: time } : {}) },
    files: endings.slice(0, 20).map((ending) => `*${ending}`),
  }
}

const literal = (text: string) => text.replace(/[{}]/g, (brace) => brace + brace)

/** What the server takes: the pieces as a template. null: no piece is used, and names tell nothing. */
export function nameMapping(shape: NameShape, chosen: Mapping, kind: MappingKind = 'conversations'): Mapping | null {
  const { fields, ...uses } = chosen.columns ?? {}
  const places = new Map<unknown, string>()
  for (const [use, number] of Object.entries(uses)) places.set(number, use === 'time' ? `time:${String(chosen.time_format ?? 'yyyymmdd')}` : use)
  for (const [field, number] of Object.entries(fields ?? {})) places.set(number, `field.${field}`)
  if (places.size === 0) return null
  const name = shape.columns.map(({ number }, index) => `{${places.get(number) ?? '*'}}${literal(shape.separators[index] ?? '')}`).join('')
  return { format: 'recording', kind, name, channel: 'call', zone: chosen.zone ?? '+08:00', files: shape.files }
}

/** The first recording of each folder: a mapping is for the files beside it. */
export function firstOfFolders(recordings: ImportFile[]): string[] {
  const firsts = new Map<string, string>()
  for (const { path } of recordings) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    if (!firsts.has(folder)) firsts.set(folder, path)
  }
  return [...firsts.values()]
}

/** "20260214_103205" as it will be read; null: it is no such time. */
export function nameTime(format: string, text: string): string | null {
  if (format === 'epoch_s' || format === 'epoch_ms') {
    const moment = new Date(Number(text) * (format === 'epoch_s' ? 1000 : 1))
    return /^\d{10,13}$/.test(text) && !Number.isNaN(moment.getTime()) ? moment.toISOString().slice(0, 19).replace('T', ' ') + ' UTC' : null
  }
  const digits = text.replace(/\D/g, '')
  if (format.replace(/\w/g, '0') !== text.replace(/\w/g, '0') || digits.length !== format.replace(/[^a-z]/g, '').length || !isDay(digits)) return null
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) => digits.slice(at, at === 0 ? 4 : at + 2))
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (moment.getUTCDate() !== Number(day)) return null
  if (hour && (Number(hour) > 23 || Number(minute) > 59 || Number(second || 0) > 59)) return null
  return `${year}-${month}-${day}${hour ? ` ${hour}:${minute}${second ? `:${second}` : ''}` : ''}`
}
