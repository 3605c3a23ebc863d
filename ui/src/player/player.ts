import { askWhyAudioFailed, audioAddress, type ApiError, type Side } from '../api/client'
import { keepChoices, RATES, readChoices, type Rate } from './choices'
import { spanAt, type Span } from './spans'

/** What is needed to play a recording. */
export interface Track { id: string; durationMs: number; skipped: Span[] }

export type Status = 'closed' | 'loading' | 'paused' | 'playing' | 'waiting' | 'failed'
/** `error` is the server's word; without it the browser could not read what the server gave. */
export interface Failure { error: ApiError | null; detail: string }

export interface PlayerState {
  id: string | null
  side: Side
  status: Status
  durationMs: number
  rate: Rate
  isSkipping: boolean
  failure: Failure | null
}

/** Playing starts so long before the moment that matters. */
export const LEAD_MS = 3_000
/** Nothing has come for so long: the server is asked whether it is there, and again while it is not. */
const PATIENCE_MS = 2_000

/**
 * The one player of the page: an element that sounds and a spare that holds the recording which comes next, at the place
 * where it will start. Nothing is decoded here; the server gives byte ranges and the element seeks in them.
 */
class Player {
  private active = this.makeElement()
  private spare = this.makeElement()
  private spareId: string | null = null
  private track: Track | null = null
  /** Up to here silence is not skipped: what was asked to be heard may be a silence. */
  private heardUntil = 0
  private frame = 0
  private watch = 0
  /** Somebody wants to hear it, whether it sounds or not. */
  private isWanted = false
  private readonly changed = new Set<() => void>()
  private readonly moved = new Set<(ms: number) => void>()
  private state: PlayerState = {
    id: null, side: 'both', status: 'closed', durationMs: 0, failure: null, ...readChoices(),
  }

  subscribe = (listener: () => void) => {
    this.changed.add(listener)
    return () => void this.changed.delete(listener)
  }

  snapshot = () => this.state

  /** Told the position on every frame while it plays, and after every jump. */
  onMove(listener: (ms: number) => void) {
    this.moved.add(listener)
    return () => void this.moved.delete(listener)
  }

  get positionMs() {
    return this.track ? this.active.currentTime * 1000 : 0
  }

  get isPlaying() {
    return !this.active.paused && !this.active.error
  }

  /** Makes a recording the one that plays. One that is open already goes on where it is. */
  open(track: Track, atMs = 0) {
    if (this.state.id === track.id) {
      this.track = track
      return
    }
    this.pause()
    this.track = track
    this.heardUntil = 0
    if (this.spareId === track.id && !this.spare.error) {
      [this.active, this.spare] = [this.spare, this.active]
      this.clear(this.spare)
      this.active.dataset.testid = 'sound'
      delete this.spare.dataset.testid
      this.spareId = null
    } else {
      this.load(this.active, track.id, 'both', atMs)
    }
    this.set({ id: track.id, side: 'both', durationMs: track.durationMs, failure: null })
    this.seek(atMs)
  }

  /** Reads the beginning of what will probably be opened next, at the place where it will start. */
  preload(id: string, atMs: number) {
    if (this.state.id === id || this.spareId === id) return
    this.spareId = id
    this.load(this.spare, id, 'both', atMs)
  }

  close() {
    if (!this.track && !this.spareId) return
    this.pause()
    this.clear(this.active)
    this.clear(this.spare)
    this.track = null
    this.spareId = null
    this.set({ id: null, durationMs: 0, failure: null })
  }

  play() {
    if (!this.track) return
    this.isWanted = true
    if (this.state.failure) this.reload()
    // The reason of a refusal comes as the element's error; a browser that wants a gesture first stays paused.
    this.active.play().catch(() => this.refresh())
  }

  pause() {
    this.isWanted = false
    this.active.pause()
  }

  toggle() {
    if (this.isPlaying && !this.state.failure) this.pause()
    else this.play()
  }

  seek(ms: number) {
    if (!this.track) return
    this.heardUntil = 0
    this.jump(Math.min(Math.max(ms, 0), this.track.durationMs))
  }

  /** To shortly before a moment, so that what leads to it is heard. */
  listenTo(momentMs: number) {
    this.seek(momentMs - LEAD_MS)
    this.heardUntil = momentMs
  }

  setSide(side: Side) {
    if (!this.track || side === this.state.side) return
    const [at, wasPlaying] = [this.positionMs, this.isPlaying]
    this.set({ side, failure: null })
    this.load(this.active, this.track.id, side, at)
    if (wasPlaying) this.play()
  }

  setRate(rate: Rate) {
    for (const element of [this.active, this.spare]) element.defaultPlaybackRate = element.playbackRate = rate
    this.set({ rate })
    keepChoices(this.state)
  }

  stepRate(by: number) {
    const next = RATES[RATES.indexOf(this.state.rate) + by]
    if (next) this.setRate(next)
  }

  setSkipping(isSkipping: boolean) {
    this.set({ isSkipping })
    keepChoices(this.state)
  }

  private makeElement() {
    const element = document.createElement('audio')
    element.hidden = true
    element.preservesPitch = true
    element.defaultPlaybackRate = element.playbackRate = readChoices().rate
    for (const name of ['play', 'pause', 'playing', 'waiting', 'seeking', 'seeked', 'loadedmetadata', 'canplay', 'ended', 'timeupdate', 'emptied']) {
      element.addEventListener(name, () => element === this.active && this.refresh())
    }
    element.addEventListener('error', () => element === this.active && void this.explain())
    document.body.append(element)
    return element
  }

  private load(element: HTMLAudioElement, id: string, side: Side, atMs: number) {
    if (element === this.active) element.dataset.testid = 'sound'
    element.preload = 'auto'
    element.src = audioAddress(id, side)
    // Before anything is known of the file this is where it will start, and where reading begins.
    element.currentTime = atMs / 1000
  }

  private reload() {
    if (!this.track) return
    const at = this.positionMs
    this.set({ failure: null })
    this.load(this.active, this.track.id, this.state.side, at)
  }

  private clear(element: HTMLAudioElement) {
    element.pause()
    if (!element.hasAttribute('src')) return
    element.removeAttribute('src')
    element.load()
  }

  private jump(ms: number) {
    if (Math.abs(ms - this.positionMs) >= 1) this.active.currentTime = ms / 1000
    this.tellMoved()
  }

  private skip() {
    if (!this.state.isSkipping || !this.track || this.active.seeking || this.active.paused) return
    const at = this.positionMs
    if (at < this.heardUntil) return
    const span = spanAt(this.track.skipped, at)
    if (span) this.jump(span.to_ms)
  }

  private tellMoved() {
    const at = this.positionMs
    for (const listener of this.moved) listener(at)
  }

  private onFrame = () => {
    this.frame = 0
    this.skip()
    this.tellMoved()
    if (this.isPlaying) this.frame = requestAnimationFrame(this.onFrame)
  }

  /** Whatever the element tells, the state follows from what it is now. */
  private refresh() {
    this.set({})
    this.skip()
    this.tellMoved()
    if (this.isPlaying && !this.frame) this.frame = requestAnimationFrame(this.onFrame)
  }

  private statusNow(failure: Failure | null): Status {
    const { active } = this
    if (!this.track) return 'closed'
    if (failure) return 'failed'
    if (active.paused) return active.readyState < HTMLMediaElement.HAVE_METADATA ? 'loading' : 'paused'
    return active.seeking || active.readyState < HTMLMediaElement.HAVE_FUTURE_DATA ? 'waiting' : 'playing'
  }

  private set(changes: Partial<PlayerState>) {
    const next = { ...this.state, ...changes }
    next.status = this.statusNow(next.failure)
    const names = Object.keys(next) as (keyof PlayerState)[]
    if (names.every((name) => next[name] === this.state[name])) return
    this.state = next
    this.keepWatch()
    for (const listener of this.changed) listener()
  }

  /** While it waits, or while the server is away, the server is asked every now and then. */
  private keepWatch() {
    const { status, failure } = this.state
    const isDue = status === 'waiting' || status === 'loading' || failure?.error?.status === 0
    if (isDue && !this.watch) this.watch = window.setTimeout(() => void this.askAgain(), PATIENCE_MS)
    if (!isDue && this.watch) {
      window.clearTimeout(this.watch)
      this.watch = 0
    }
  }

  private async askAgain() {
    const { watch, track, active } = this
    const error = track && await askWhyAudioFailed(track.id, this.state.side)
    // It has come by itself, or something else plays.
    if (this.watch !== watch) return
    this.watch = 0
    if (this.track !== track || this.active !== active) return this.keepWatch()
    const { failure } = this.state
    if (error && error.code !== failure?.error?.code) return this.set({ failure: { error, detail: '' } })
    if (!error && failure) {
      this.reload()
      if (this.isWanted) this.play()
    }
    this.keepWatch()
  }

  private async explain() {
    const { track, active, state } = this
    if (!track || !active.hasAttribute('src')) return
    const detail = active.error?.message || `MediaError ${active.error?.code ?? ''}`
    const error = await askWhyAudioFailed(track.id, state.side)
    if (this.track?.id === track.id && this.active === active && active.error) this.set({ failure: { error, detail } })
  }
}

export const player = new Player()
