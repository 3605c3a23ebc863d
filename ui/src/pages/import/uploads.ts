// Files on their way to the server. They go on while other pages are open, and end with the window.
import { useSyncExternalStore } from 'react'
import { ApiError, errorOf } from '../../api/client'
import { fileAddress } from '../../api/imports'
import type { DroppedFile } from './dropped'

const AT_ONCE = 3
/** A page draws often enough for a bar to move, and no oftener. */
const TELL_MS = 150

export type UploadState = 'waiting' | 'sending' | 'sent' | 'failed'
export interface Upload { path: string; bytes: number; sent: number; state: UploadState; error: ApiError | null }

interface Job { number: number; path: string; file: File; request: XMLHttpRequest | null }
/** What a page sees: how it stood when it was told last. */
export interface UploadList { items: ReadonlyMap<string, Upload> }

const lists = new Map<number, Map<string, Upload>>()
const frames = new Map<number, UploadList>()
const jobs: Job[] = []
const files = new Map<string, File>()
const listeners = new Set<() => void>()
const none: UploadList = { items: new Map() }
const keyOf = (number: number, path: string) => `${number}/${path}`
let timer: number | undefined
let running = 0

function tell() {
  window.clearTimeout(timer)
  timer = undefined
  for (const [number, items] of lists) frames.set(number, { items: new Map(items) })
  listeners.forEach((listener) => listener())
}

function change(number: number, path: string, changes: Partial<Upload>) {
  const before = lists.get(number)?.get(path)
  if (before) lists.get(number)!.set(path, { ...before, ...changes })
  timer ??= window.setTimeout(tell, TELL_MS)
}

function beforeUnload(event: BeforeUnloadEvent) {
  event.preventDefault()
}

function go() {
  while (running < AT_ONCE) {
    const job = jobs.find((one) => one.request === null)
    if (!job) break
    send(job)
  }
  if (jobs.length > 0) window.addEventListener('beforeunload', beforeUnload)
  else window.removeEventListener('beforeunload', beforeUnload)
}

function send(job: Job) {
  const { number, path, file } = job
  const request = new XMLHttpRequest()
  job.request = request
  running++
  const finish = (changes: Partial<Upload>) => {
    running--
    jobs.splice(jobs.indexOf(job), 1)
    change(number, path, changes)
    go()
    if (jobs.length === 0) tell()
  }
  request.open('PUT', fileAddress(number, path))
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.upload.onprogress = (event) => change(number, path, { sent: event.loaded })
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) return finish({ state: 'sent', sent: file.size })
    let body: unknown = null
    try {
      body = JSON.parse(request.responseText)
    } catch {
      // What is no JSON says nothing that could be shown; its status does.
    }
    finish({ state: 'failed', error: errorOf(request, body) })
  }
  // Also when the file has vanished or may not be read: the browser does not tell which.
  request.onerror = () => finish({ state: 'failed', error: new ApiError(0, 'unreachable', path, null) })
  request.onabort = () => finish({})
  change(number, path, { state: 'sending', sent: 0, error: null })
  request.send(file)
}

/** A file of a path that is there already takes its place. */
export function addUploads(number: number, added: DroppedFile[]) {
  const items = lists.get(number) ?? new Map<string, Upload>()
  lists.set(number, items)
  const busy = new Set(jobs.map((job) => keyOf(job.number, job.path)))
  for (const { path, file } of added) {
    if (busy.has(keyOf(number, path))) continue
    items.set(path, { path, bytes: file.size, sent: 0, state: 'waiting', error: null })
    files.set(keyOf(number, path), file)
    const job = { number, path, file, request: null }
    // A mapping goes first: the files beside it are looked at as soon as they arrive.
    if (/mapping\.json$/i.test(path)) jobs.unshift(job)
    else jobs.push(job)
  }
  tell()
  go()
}

export function retryUpload(number: number, path: string) {
  const file = files.get(keyOf(number, path))
  if (file) addUploads(number, [{ path, file }])
}

export function dropUpload(number: number, path: string) {
  lists.get(number)?.delete(path)
  files.delete(keyOf(number, path))
  const job = jobs.find((one) => one.number === number && one.path === path)
  if (job?.request) job.request.abort()
  else if (job) jobs.splice(jobs.indexOf(job), 1)
  tell()
  go()
}

export function dropUploads(number: number) {
  for (const path of [...lists.get(number)?.keys() ?? []]) dropUpload(number, path)
}

function listen(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export function useUploads(number: number): UploadList {
  return useSyncExternalStore(listen, () => frames.get(number) ?? none)
}
