// A dialogue as it is spoken: who says what from when to when, when the line is on hold, when it ends. Reads the demo's two
// formats of calls (docs/formats.md); anything else is null.
import { readFileSync } from 'node:fs'
import path from 'node:path'

const SIDES = ['agent', 'customer', 'system']
const UPSET = ['angry', 'impatient', 'disappointed']

/** { id, language, customer, agent, turns: [{ side, start_ms, end_ms, text, mood }], holds: [{ start_ms, end_ms }], end_ms } */
export function dialogueRead(file) {
  const text = readFileSync(file, 'utf8')
  const read = { '.json': fromJson, '.vtt': fromVtt }[path.extname(file)]?.(text)
  if (!read) return null
  read.turns.sort((one, other) => one.start_ms - other.start_ms)
  read.end_ms = Math.max(read.end_ms, ...read.turns.map(({ end_ms }) => end_ms))
  for (const hold of read.holds) hold.end_ms ??= holdEnd(read, hold)
  setMoods(read.turns)
  return read
}

function fromJson(text) {
  const told = JSON.parse(text)
  if (told.channel !== 'call' || !told.turns?.every(({ start_ms, end_ms }) => start_ms < end_ms)) return null
  const roles = new Map(told.participants.map(({ id, role }) => [id, role]))
  const side = (id) => (SIDES.includes(roles.get(id)) ? roles.get(id) : 'agent')
  const events = told.events ?? []
  return {
    id: told.id,
    language: told.language === 'en' ? 'en' : 'zh',
    customer: told.customer ?? told.id,
    agent: told.participants.find(({ role }) => role === 'agent')?.name ?? '',
    turns: told.turns.map(({ from, start_ms, end_ms, text, annotations = [] }) => ({
      side: side(from), start_ms, end_ms, text,
      is_upset: annotations.some(({ kind, label }) => kind === 'emotion' && UPSET.includes(label)),
    })),
    holds: events.filter(({ kind }) => kind === 'hold').map(({ at_ms }) => ({
      start_ms: at_ms, end_ms: events.find((one) => one.kind === 'resume' && one.at_ms > at_ms)?.at_ms,
    })),
    end_ms: Math.max(0, ...events.map(({ at_ms }) => at_ms)),
  }
}

const milliseconds = (time) => time.split(':').reduce((sum, part) => sum * 60 + Math.round(Number(part) * 1000), 0)

function fromVtt(text) {
  const note = Object.fromEntries([...text.matchAll(/^([a-z-]+): (.*)$/gm)].map(([, key, value]) => [key, value]))
  if (note.channel !== 'call') return null
  const cues = [...text.matchAll(/^([\d:.]+) --> ([\d:.]+).*\n<v ([^\s>]+) ?([^>\n]*)>(.*)$/gm)]
  return {
    id: note.id,
    language: /\p{Script=Han}/u.test(cues[0][5]) ? 'zh' : 'en',
    customer: note.customer ?? note.id,
    agent: cues.find(([, , , role]) => role === 'agent')?.[4] ?? '',
    turns: cues.map(([, start, end, role, , said]) => ({
      side: SIDES.includes(role) ? role : 'agent', start_ms: milliseconds(start), end_ms: milliseconds(end), text: said, is_upset: false,
    })),
    holds: note.hold ? [{ start_ms: milliseconds(note.hold.split(' ')[0]), end_ms: note.resume && milliseconds(note.resume.split(' ')[0]) }] : [],
    end_ms: note['hang-up'] ? milliseconds(note['hang-up'].split(' ')[0]) : 0,
  }
}

// A hold that nobody ends is over shortly before the agent speaks again.
function holdEnd({ turns, end_ms }, { start_ms }) {
  const next = turns.find((turn) => turn.side === 'agent' && turn.start_ms > start_ms)
  return next ? Math.max(start_ms, next.start_ms - 300) : end_ms
}

// 0 calm, 1 raised, 2 upset: by the exclamation marks or the annotation. Who was upset does not calm down in one sentence.
function setMoods(turns) {
  const before = { agent: 0, customer: 0, system: 0 }
  for (const turn of turns) {
    const most = turn.side === 'customer' ? 2 : turn.side === 'agent' ? 1 : 0
    const marks = turn.text.match(/[!！]/g)?.length ?? 0
    const mood = Math.max(turn.is_upset ? 2 : Math.min(marks, 2), before[turn.side] - 1)
    before[turn.side] = turn.mood = Math.min(mood, most)
  }
}
