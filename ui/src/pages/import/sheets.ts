// What the dropped files are: the server looks at each, and files with the same columns become one sheet.
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { fetchPreview, type ImportFile, type Mapping, type Preview } from '../../api/imports'
import { headerKey } from './mapping'

const AT_ONCE = 2
/** Of files that need no mapping, a few tell what the rest is. */
const MOST_PLAIN = 200

const RECORDING = /\.(wav|mp3|flac|ogg|oga|opus|amr|m4a|aac|aiff?|au|caf|wma|mp4|mkv|webm|avi|mov|3gp|gsm)$/i
const TABLE = /\.(csv|tsv|txt|xlsx|jsonl|ndjson)$/i

/** Says how other files are read; it is no data itself. */
const MAPPING = /(^|[/.])mapping\.json$/i

export const isMapping = (path: string) => MAPPING.test(path)
export const isRecording = (path: string) => RECORDING.test(path)

export interface Look { preview: Preview | null; error: Error | null }
/** Files that are read by one mapping. */
export interface Sheet { key: string; files: Preview[]; first: Preview }

const lookKey = (number: number, file: ImportFile) => ['look', number, file.path, file.bytes]

/** Looks at the files that have arrived, a few at a time; and which it has yet to look at. */
export function useLooks(number: number, files: ImportFile[]): { looks: ReadonlyMap<string, Look>; waiting: ReadonlySet<string> } {
  const queries = useQueryClient()
  const [looks, setLooks] = useState<ReadonlyMap<string, Look>>(new Map())
  const asked = useRef(new Map<string, number>())
  const running = useRef(0)

  /** The first that arrived; which are first in the list changes while they arrive. */
  const plain = useRef(new Set<string>())
  const wanted = useMemo(() => files.filter(({ path }) => {
    if (isRecording(path) || isMapping(path)) return false
    if (TABLE.test(path) || plain.current.has(path)) return true
    if (plain.current.size >= MOST_PLAIN) return false
    plain.current.add(path)
    return true
  }), [files])
  const latest = useRef(wanted)
  latest.current = wanted

  const go = useCallback(() => {
    while (running.current < AT_ONCE) {
      const file = latest.current.find(({ path, bytes }) => asked.current.get(path) !== bytes)
      if (!file) return
      asked.current.set(file.path, file.bytes)
      running.current++
      const done = (look: Look) => {
        running.current--
        setLooks((before) => new Map(before).set(file.path, look))
        go()
      }
      queries.fetchQuery({ queryKey: lookKey(number, file), queryFn: ({ signal }) => fetchPreview(number, file.path, null, signal), staleTime: Infinity })
        .then((preview) => done({ preview, error: null }), (error: Error) => done({ preview: null, error }))
    }
  }, [number, queries])
  useEffect(go, [wanted, go])
  const waiting = useMemo(() => new Set(wanted.map(({ path }) => path).filter((path) => !looks.has(path))), [wanted, looks])
  return { looks, waiting }
}

export function sheetsOf(files: ImportFile[], looks: ReadonlyMap<string, Look>): Sheet[] {
  const sheets = new Map<string, Sheet>()
  for (const { path } of files) {
    const preview = looks.get(path)?.preview
    if (!preview || !(preview.needs_mapping || preview.mapping)) continue
    const key = headerKey(preview.format, preview.columns)
    const sheet = sheets.get(key)
    if (sheet) sheet.files.push(preview)
    else sheets.set(key, { key, files: [preview], first: preview })
  }
  return [...sheets.values()]
}

/** Files that need no mapping and hold conversations, by their format. */
export function plainOf(files: ImportFile[], looks: ReadonlyMap<string, Look>): Preview[][] {
  const formats = new Map<string, Preview[]>()
  for (const { path } of files) {
    const preview = looks.get(path)?.preview
    if (!preview || preview.needs_mapping || preview.mapping || !preview.conversations?.length) continue
    formats.set(preview.format, [...formats.get(preview.format) ?? [], preview])
  }
  return [...formats.values()]
}

export type Choices = Readonly<Record<string, Mapping>>

/** What somebody changed survives a reload. */
export function useChoices(number: number): [Choices, (key: string, mapping: Mapping | null) => void] {
  const place = `callscope.import.${number}`
  const [choices, setChoices] = useState<Choices>(() => {
    try {
      return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Choices
    } catch {
      return {}
    }
  })
  const choose = useCallback((key: string, mapping: Mapping | null) => setChoices((before) => {
    const next: Record<string, Mapping> = { ...before }
    if (mapping) next[key] = mapping
    else delete next[key]
    try {
      sessionStorage.setItem(place, JSON.stringify(next))
    } catch {
      // Storage may be full or forbidden: the choice then lasts as long as the page.
    }
    return next
  }), [place])
  return [choices, choose]
}
