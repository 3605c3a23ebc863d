import type { Condition } from '../../../api/rules'
import { phrasesOf, type Grammar, type Saying, type Speech } from './grammar'
import { spokenOf, type Names } from './names'

const ROLES: Record<string, string> = { agent: 'the agent', customer: 'the customer', bot: 'the bot', system: 'the system', anyone: 'anyone', 'first agent': 'the agent who spoke first', undecided: 'somebody of unknown role' }
const roleOf = (role: unknown) => ROLES[String(role)] ?? String(role)
const COMPARE: Record<string, string> = { '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most', '=': 'exactly', '!=': 'other than' }
const compareOf = (sign: unknown) => COMPARE[String(sign)] ?? String(sign)
const FIELD: Record<string, string> = { '>': 'is above', '>=': 'is at least', '<': 'is below', '<=': 'is at most', '=': 'is', '!=': 'is not' }
const UNITS: Record<string, string> = { ms: 'milliseconds', s: 'seconds', m: 'minutes', h: 'hours', d: 'days' }
const plural = (number: string, words: string) => `${number} ${Number(number) === 1 ? words.replace(/s$/, '') : words}`
export const durationOf = (text: unknown) => String(text).replace(/^([\d.]+)(ms|s|m|h|d)$/, (_, number: string, unit: string) => plural(number, UNITS[unit]!))
/** An expression of more characters says nothing to its reader. */
const LONGEST = 24
const quote = (text: string) => `"${text}"`

function words(value: unknown, names: Names, most = 3): string {
  const { examples, count, isAnything, expressions } = spokenOf(phrasesOf(value), names, most)
  if (isAnything) return ''
  if (examples.length === 0) return count === 1 ? (expressions[0]!.length > LONGEST ? 'words of a certain pattern' : `words like /${expressions[0]}/`) : `words of one of ${count} patterns`
  const rest = count - examples.length
  if (rest > 0) return `${examples.map(quote).join(', ')} or one of ${rest} more`
  return examples.length > 1 ? `${examples.slice(0, -1).map(quote).join(', ')} or ${quote(examples[examples.length - 1]!)}` : quote(examples[0]!)
}

function excuse(value: unknown, { names, excuses }: Speech) {
  if (!Array.isArray(value)) return
  const said = words(value, names, 2)
  if (!excuses.includes(said)) excuses.push(said)
}

type Forms = [base: string, third: string]

function quorum(condition: Condition, names: Names, [base, third]: Forms): Forms {
  const said = words(condition.phrases, names)
  const near = condition.near ? ` within ${plural(String(condition.near), 'characters')} of each other` : ''
  const few = String(condition.quorum ?? 'any')
  const least = few.match(/^at least (\d+)$/)
  const tail = !said ? '' : few === 'all' ? ` all of ${said}` : few === 'none' ? ` none of ${said}` : least ? ` at least ${least[1]} of ${said}` : ` ${said}`
  return said ? [`${base}${tail}${near}`, `${third}${tail}${near}`] : ['speak', 'speaks']
}

/** "at more than 220 words a minute", "faster than at the own start by more than 30%" */
function level(condition: Condition, unit: string, [more, less]: Forms): string {
  const number = String(condition.number)
  const compared = number.endsWith('%') ? number : `${number} ${unit}`
  const over = String(condition.compare).startsWith('<') ? less : more
  if (condition.over_own_start) return ` ${over} than at the own start, by more than ${compared}`
  return ` at ${compareOf(condition.compare)} ${compared}${condition.average ? ' on average' : ''}`
}

function operator(condition: Condition, speech: Speech, isBan: boolean): Saying | null {
  const { names, say } = speech
  const subject = condition.role ? roleOf(condition.role) : undefined
  excuse(condition.unless_in, speech)
  const does = ([base, third]: Forms, tail = ''): Saying => ({ subject, verb: base + tail, third: third + tail })
  const both = (base: string, third: string, tail: string) => does([base, third], tail)
  const phrases = () => words(condition.phrases, names)
  const lasting = condition.duration ? ` ${compareOf(condition.compare)} ${durationOf(condition.duration)}` : ''
  switch (condition.operator ?? (isBan ? 'asserts' : 'says')) {
    case 'says': return does(quorum(condition, names, ['say', 'says']))
    case 'asserts': return does(quorum(condition, names, ['state', 'states']))
    case 'sounds': return does(quorum(condition, names, ['say', 'says']), `, or what sounds like it`)
    case 'plain': return both('explain', 'explains', ` the term in plain words (table ${quote(String(condition.pairs))})`)
    case 'similar': return both('say', 'says', ` something${condition.likeness ? ` ${String(condition.likeness)}` : ''} like ${phrases()}`)
    case 'fact': return both('state', 'states', ` about ${phrases()} what ${condition.agrees ? 'agrees with' : 'differs from'} the policy book`)
    case 'entity': return both('name', 'names', ` ${quote(String(condition.name))}${condition.compare ? ` that ${FIELD[String(condition.compare)]} ${valueOf(condition.value)}` : ''}`)
    case 'intent': return both('ask', 'asks', names.lists.has(String(condition.name)) ? ` for it: ${words([{ list: String(condition.name) }], names)}` : ` for ${quote(String(condition.name))}`)
    case 'topic': return both('talk', 'talks', ` about ${quote(String(condition.name))}`)
    case 'emotion': return both('show', 'shows', ` ${quote(String(condition.name))}${condition.improving ? ', improving' : condition.worsening ? ', worsening' : ''}`)
    case 'answers': return both('answer', 'answers', ` what was asked${condition.article ? ` (article ${quote(String(condition.article))})` : ''}`)
    case 'model': return both('be', 'is', ` judged by the language model as ${phrases()}`)
    case 'repeats': return both('say', 'says', ` much the same ${plural(String(condition.count), 'times')}${condition.in_a_row ? ' in a row' : ''}${condition.likeness ? `, ${String(condition.likeness)} alike` : ''}${condition.of_at_least ? `, each of at least ${plural(String(condition.of_at_least), 'characters')}` : ''}${condition.unless ? `, unless in between ${say(condition.unless as Condition, 'fact')}` : ''}`)
    case 'asks': return both('ask', 'asks', ` again for ${phrases()}${condition.given ? ` after the other side said ${words(condition.given, names)}` : ''}${condition.or_field ? `, or although the record holds ${quote(String(condition.or_field))}` : ''}`)
    case 'silence': return { verb: `silence of ${compareOf(condition.compare)} ${durationOf(condition.duration)}${condition.owed_by ? ` when it is ${roleOf(condition.owed_by)}'s turn` : ''}${condition.not_on_hold ? ' (not counting holds)' : ''}${Array.isArray(condition.excused_by) ? ` (excused by ${words(condition.excused_by, names, 2)})` : ''}` }
    case 'response': return both('take', 'takes', `${lasting} to give ${condition.for_first_reply ? 'the first reply' : 'a reply'}`)
    case 'overlap': return subject ? both('speak', 'speaks', ` over the other side for${lasting}`) : { verb: `both sides speaking at once for${lasting}` }
    case 'interrupts': return both('interrupt', 'interrupts', ` the other side${lasting ? ` by${lasting}` : ''}${condition.of_at_least ? ` with at least ${plural(String(condition.of_at_least), 'characters')} to go` : ''}`)
    case 'pace': return both('speak', 'speaks', level(condition, 'words or characters a minute', ['faster', 'slower']))
    case 'loudness': return both('speak', 'speaks', level(condition, 'decibels', ['louder', 'more quietly']))
    case 'pitch': return both('speak', 'speaks', level(condition, 'hertz of pitch', ['higher', 'lower']))
    case 'hold': return { ...(condition.by ? { subject: roleOf(condition.by) } : {}), verb: condition.by ? `hold the call${lasting && ` for${lasting}`}` : `a hold${lasting && ` of${lasting}`}`, third: `holds the call${lasting && ` for${lasting}`}` }
    case 'transfer': return condition.by ? { subject: roleOf(condition.by), verb: 'transfer the call', third: 'transfers the call' } : { verb: 'a transfer' }
    case 'hang-up': {
      const tail = lasting && `${lasting} after the last word`
      return condition.by ? { subject: roleOf(condition.by), verb: `hang up${tail}`, third: `hangs up${tail}` } : { verb: `a hang-up${tail}` }
    }
    case 'event': return { verb: `the event ${quote(String(condition.name))}${condition.by ? ` by ${roleOf(condition.by)}` : ''}` }
    case 'duration': return { verb: `a length of ${compareOf(condition.compare)} ${durationOf(condition.duration)}` }
    case 'turns': return { verb: `${compareOf(condition.compare)} ${plural(String(condition.count), 'speaking turns')}${subject ? ` of ${subject}` : ''}` }
    case 'talk': return both('speak', 'speaks', ` ${compareOf(condition.compare)} ${String(condition.percent)} of the time`)
    case 'field': return { verb: `a record in which ${quote(String(condition.name))} ${FIELD[String(condition.compare)]} ${valueOf(condition.value)}` }
    default: return null
  }
}

function valueOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'field' in value ? `the field ${quote(String(value.field))}` : quote(String(value))
}

export function extentOf(text: string): string {
  const turns = text.match(/^([\d.]+) (?:(\w+) )?turns?$/)
  if (turns) return plural(turns[1]!, turns[2] ? `${turns[2]} turns` : 'turns')
  const workdays = text.match(/^([\d.]+) workdays?$/)
  return workdays ? plural(workdays[1]!, 'workdays') : durationOf(text)
}

export function dueOf(text: string): string {
  const day = text.match(/^end of (workday|day) ([\d.]+)(?: after)?$/)
  if (day) return Number(day[2]) === 0 ? 'by the end of the same day' : `by the end of ${day[1]} ${day[2]} after`
  return `within ${extentOf(text)} of the start`
}

export const english: Grammar = {
  operator,
  window(window, say) {
    const [kind, value] = Object.entries(window)[0] ?? []
    if (kind === 'anywhere') return 'anywhere, also before'
    if (kind === 'between' && Array.isArray(value)) return `from when ${say(value[0], 'fact')} to when ${say(value[1], 'fact')}`
    if (typeof value === 'string') {
      const within = value.match(/^(.*?)(?: (after|before|around))?$/)
      if (kind === 'within' && within) return `within ${extentOf(within[1]!)}${within[2] === 'around' ? ' before or after' : within[2] ? ` ${within[2]}` : ''}`
      if (kind === 'first') return `in the first ${extentOf(value).replace(/^1 /, '')}`
      if (kind === 'last') return `in the last ${extentOf(value).replace(/^1 /, '')}`
      if (kind === 'by') return dueOf(value)
    }
    if (typeof value !== 'object' || value === null) return null
    const mark = say(value as Condition, 'fact')
    return kind === 'before' || kind === 'after' || kind === 'until' ? `${kind} ${mark}` : null
  },
  compose({ subject, verb, third }, mood, windows) {
    const when = windows.map((one) => ` ${one}`).join('')
    if (mood === 'lack') return subject ? `${subject} does not ${verb}${when}` : `there is no ${verb.replace(/^an? /, '')}${when}`
    if (subject) return `${subject} ${mood === 'duty' ? `must ${verb}` : mood === 'ban' ? `must not ${verb}` : third ?? verb}${when}`
    return `${mood === 'ban' ? 'there must be no ' : mood === 'duty' ? 'there must be ' : 'there is '}${mood === 'ban' ? verb.replace(/^an? /, '') : verb}${when}`
  },
  around: (inner, windows) => `${inner}, ${windows.join(' and ')}`,
  join: (parts, word) => parts.join(`, ${word} `),
  brackets: (inner) => `(${inner})`,
  deny: (inner) => `not (${inner})`,
  count: (inner, compare, number, mood) => `${mood === 'ban' ? 'it must not happen that ' : mood === 'duty' ? 'it must happen that ' : ''}${inner} ${compareOf(compare)} ${plural(String(number), 'times')}`,
  nth: (inner, number, mood) => `${mood === 'ban' ? 'it must not happen that ' : mood === 'duty' ? 'it must happen that ' : ''}for time ${number}, ${inner}`,
  inOrder: (parts, mood) => `${mood === 'ban' ? 'these must not come' : mood === 'duty' ? 'these must come' : 'these come'} in order: ${parts.join(' → ')}`,
  reply: (inner, to) => `${inner}, in reply to this: ${to}`,
  steps: (steps) => `the agent must take these steps in order: ${steps.map((step, index) => `${index + 1}) ${step.name}: ${step.what}${step.if ? ` (only if ${step.if})` : ''}`).join('; ')}`,
  named: (name, mood) => `${mood === 'duty' ? 'there must be ' : mood === 'ban' ? 'there must be no ' : ''}${quote(name)}`,
  field(condition) {
    if (Array.isArray(condition.in)) return `${String(condition.field)} is ${(condition.in as string[]).join(' or ')}`
    return `${String(condition.field)} ${FIELD[String(condition.compare)] ?? String(condition.compare)} ${String(condition.value)}`
  },
}
