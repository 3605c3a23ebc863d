import type { Condition } from '../../../api/rules'
import { phrasesOf, type Grammar, type Saying, type Speech } from './grammar'
import { spokenOf, type Names } from './names'

const ROLES: Record<string, string> = { agent: '坐席', customer: '客户', bot: '机器人', system: '系统', anyone: '任何一方', 'first agent': '首位接待的坐席', undecided: '身份不明者' }
const roleOf = (role: unknown) => ROLES[String(role)] ?? String(role)
const COMPARE: Record<string, string> = { '>': '超过', '>=': '不少于', '<': '不到', '<=': '不超过', '=': '等于', '!=': '不等于' }
const compareOf = (sign: unknown) => COMPARE[String(sign)] ?? String(sign)
const UNITS: Record<string, string> = { ms: '毫秒', s: '秒', m: '分钟', h: '小时', d: '天' }
export const durationOf = (text: unknown) => String(text).replace(/^([\d.]+)(ms|s|m|h|d)$/, (_, number: string, unit: string) => `${number} ${UNITS[unit]}`)
/** An expression of more characters says nothing to its reader. */
const LONGEST = 24
const quote = (text: string) => `「${text}」`

function words(value: unknown, names: Names, most = 3): string {
  const { examples, count, isAnything, expressions } = spokenOf(phrasesOf(value), names, most)
  if (isAnything) return ''
  if (examples.length === 0) return count === 1 ? (expressions[0]!.length > LONGEST ? '符合一个句式的话' : `符合 /${expressions[0]}/ 的话`) : `符合 ${count} 个句式之一的话`
  const said = examples.map(quote).join('')
  return count > examples.length ? `${said}等 ${count} 种说法` : examples.length > 1 ? `${examples.map(quote).join('或')}` : said
}

function excuse(value: unknown, { names, excuses }: Speech) {
  if (!Array.isArray(value)) return
  const said = `${words(value, names, 2)}不算`
  if (!excuses.includes(said)) excuses.push(said)
}

function quorum(condition: Condition, names: Names, verb: string): string {
  const said = words(condition.phrases, names)
  const near = condition.near ? `，前后相距不超过 ${Number(condition.near)} 个字` : ''
  const few = String(condition.quorum ?? 'any')
  const least = few.match(/^at least (\d+)$/)
  if (!said) return '开口说话'
  if (few === 'all') return `把${said}都${verb}到${near}`
  if (few === 'none') return `没有${verb}${said}`
  return least ? `至少${verb}到${said}中的 ${least[1]} 种${near}` : `${verb}${said}${near}`
}

/** "> 220", "> 30% over own start" */
function level(condition: Condition, what: string, unit: string): string {
  const number = String(condition.number)
  const compared = number.endsWith('%') ? number : `${number} ${unit}`
  const isLess = String(condition.compare).startsWith('<')
  const more = what === '语速' ? (isLess ? '慢' : '快') : isLess ? '低' : '高'
  if (condition.over_own_start) return `${what}比自己开头${more}出 ${compared}以上`
  return `${condition.average ? '平均' : ''}${what}${compareOf(condition.compare)}${unit === '字' ? `每分钟 ${number} 字` : ` ${compared}`}`
}

function operator(condition: Condition, speech: Speech, isBan: boolean): Saying | null {
  const { names, say } = speech
  const subject = condition.role ? roleOf(condition.role) : undefined
  const does = (verb: string): Saying => ({ subject, verb })
  excuse(condition.unless_in, speech)
  const phrases = () => words(condition.phrases, names)
  switch (condition.operator ?? (isBan ? 'asserts' : 'says')) {
    case 'says': return does(`${quorum(condition, names, '说')}`)
    case 'asserts': return does(`${quorum(condition, names, '明确说')}`)
    case 'sounds': return does(`${quorum(condition, names, '说')}(读音相近也算)`)
    case 'plain': return does(`用大白话解释术语(对照表${quote(String(condition.pairs))})`)
    case 'similar': return does(`说出与${phrases()}相似${condition.likeness ? ` ${String(condition.likeness)} 以上` : ''}的话`)
    case 'fact': return does(`就${phrases()}所作的说明${condition.agrees ? '与政策手册一致' : '与政策手册不符'}`)
    case 'entity': return does(`提到${quote(String(condition.name))}${condition.compare ? `，且${compareOf(condition.compare)} ${valueOf(condition.value)}` : ''}`)
    case 'intent': return does(names.lists.has(String(condition.name)) ? `提出${words([{ list: String(condition.name) }], names)}的诉求` : `提出${quote(String(condition.name))}的诉求`)
    case 'topic': return does(`谈到${quote(String(condition.name))}`)
    case 'emotion': return does(`情绪为${quote(String(condition.name))}${condition.improving ? '且在好转' : condition.worsening ? '且在恶化' : ''}`)
    case 'answers': return does(`答到了所问的问题${condition.article ? `(知识条目${quote(String(condition.article))})` : ''}`)
    case 'model': return does(`被语言模型判定为${phrases()}`)
    case 'repeats': return does(`把差不多的话${condition.in_a_row ? '连续' : ''}说 ${Number(condition.count)} 次${condition.of_at_least ? `(每句至少 ${Number(condition.of_at_least)} 个字)` : ''}${condition.likeness ? `(相似 ${String(condition.likeness)} 以上)` : ''}${condition.unless ? `，而中间没有“${say(condition.unless as Condition, 'fact')}”` : ''}`.trim())
    case 'asks': return does(`再次追问${phrases()}${condition.given ? `，而对方已经说过${words(condition.given, names)}` : ''}${condition.or_field ? `，或系统里已有字段${quote(String(condition.or_field))}` : ''}`)
    case 'silence': return { verb: `${compareOf(condition.compare)} ${durationOf(condition.duration)}的沉默${condition.owed_by ? `(轮到${roleOf(condition.owed_by)}说话时)` : ''}${condition.not_on_hold ? '(保持期间不算)' : ''}${Array.isArray(condition.excused_by) ? `(事先说过${words(condition.excused_by, names, 2)}的不算)` : ''}` }
    case 'response': return does(`${condition.for_first_reply ? '首次' : ''}回应用时${compareOf(condition.compare)} ${durationOf(condition.duration)}`)
    case 'overlap': return subject ? does(`与对方同时说话${compareOf(condition.compare)} ${durationOf(condition.duration)}`) : { verb: `双方同时说话${compareOf(condition.compare)} ${durationOf(condition.duration)}` }
    case 'interrupts': return does(`打断对方${condition.duration ? `(抢话${compareOf(condition.compare)} ${durationOf(condition.duration)})` : ''}${condition.of_at_least ? `(对方还有至少 ${Number(condition.of_at_least)} 个字没说完)` : ''}`)
    case 'pace': return does(level(condition, '语速', '字'))
    case 'loudness': return does(level(condition, '音量', '分贝'))
    case 'pitch': return does(level(condition, '音高', '赫兹'))
    case 'hold': return { subject: condition.by ? roleOf(condition.by) : undefined, verb: `${condition.by ? '让通话' : '通话'}保持${condition.duration ? `${compareOf(condition.compare)} ${durationOf(condition.duration)}` : ''}` }
    case 'transfer': return condition.by ? { subject: roleOf(condition.by), verb: '转接' } : { verb: '转接' }
    case 'hang-up': return { subject: condition.by ? roleOf(condition.by) : undefined, verb: `挂断电话${condition.duration ? `(距最后一句话${compareOf(condition.compare)} ${durationOf(condition.duration)})` : ''}` }
    case 'event': return { verb: `${condition.by ? `由${roleOf(condition.by)}引起的` : ''}${quote(String(condition.name))}事件` }
    case 'duration': return { verb: `总时长${compareOf(condition.compare)} ${durationOf(condition.duration)}` }
    case 'turns': return { verb: `${subject ?? '全部'}发言${compareOf(condition.compare)} ${Number(condition.count)} 轮` }
    case 'talk': return { verb: `${subject}说话占比${compareOf(condition.compare)} ${String(condition.percent)}` }
    case 'field': return { verb: `记录里的${quote(String(condition.name))}${compareOf(condition.compare)} ${valueOf(condition.value)}` }
    default: return null
  }
}

function valueOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'field' in value ? `字段${quote(String(value.field))}` : quote(String(value))
}

/** "2 agent turns", "30s", "20%", "2 workdays" */
export function extentOf(text: string): string {
  const turns = text.match(/^([\d.]+) (?:(\w+) )?turns?$/)
  if (turns) return `${turns[1]} 句${turns[2] ? `${roleOf(turns[2])}话` : '话'}`
  const workdays = text.match(/^([\d.]+) workdays?$/)
  return workdays ? `${workdays[1]} 个工作日` : durationOf(text)
}

export function dueOf(text: string): string {
  const day = text.match(/^end of (workday|day) ([\d.]+)(?: after)?$/)
  if (day) return Number(day[2]) === 0 ? '当天结束前' : `之后第 ${day[2]} ${day[1] === 'day' ? '天' : '个工作日'}结束前`
  return `开始后 ${extentOf(text)}之内`
}

const SIDES: Record<string, string> = { after: '接下来', before: '此前', around: '前后' }

export const chinese: Grammar = {
  operator,
  window(window, say) {
    const [kind, value] = Object.entries(window)[0] ?? []
    if (kind === 'anywhere') return '在任意处(此前也算)'
    if (kind === 'between' && Array.isArray(value)) return `从“${say(value[0], 'fact')}”到“${say(value[1], 'fact')}”之间`
    if (typeof value === 'string') {
      const within = value.match(/^(.*?)(?: (after|before|around))?$/)
      if (kind === 'within' && within) return `在${SIDES[within[2] ?? 'after']} ${extentOf(within[1]!)}之内`
      if (kind === 'first') return `在开头 ${extentOf(value)}内`
      if (kind === 'last') return `在最后 ${extentOf(value)}内`
      if (kind === 'by') return `在${dueOf(value)}`
    }
    if (typeof value !== 'object' || value === null) return null
    const mark = say(value as Condition, 'fact')
    return kind === 'before' ? `在${mark}之前` : kind === 'after' ? `在${mark}之后` : kind === 'until' ? `直到${mark}为止` : null
  },
  compose({ subject, verb }, mood, windows) {
    const when = windows.join('、').replaceAll(subject ? `句${subject}话` : '\0', '句话')
    if (mood === 'lack') return subject ? `${subject}${when}没有${verb}` : `${when}${when && '，'}没有${verb}`
    if (subject) return `${subject}${mood === 'duty' ? '要' : mood === 'ban' ? '不得' : ''}${when}${verb}`
    return mood === 'fact' ? `${when}${when && '，'}出现${verb}`.replace(/^出现(?=总时长|记录里|双方|通话|挂断|坐席|客户|机器人|系统|任何|全部|转接)/, '') : `${when}${when && '，'}${mood === 'duty' ? '要满足：' : '不得出现：'}${verb}`
  },
  around: (inner, windows) => `${windows.join('、')}，${inner}`,
  join: (parts, word) => parts.join(word === 'and' ? '，并且' : '，或者'),
  brackets: (inner) => `（${inner}）`,
  deny: (inner) => `没有出现“${inner}”`,
  count: (inner, compare, number, mood) => `${inner}${mood === 'ban' ? '，不得' : mood === 'duty' ? '，要' : ''}${compare === '>=' ? '达到' : compareOf(compare)} ${number} 次`,
  nth: (inner, number, mood) => `${mood === 'ban' ? '不得' : mood === 'duty' ? '要' : ''}第 ${number} 次${inner}`,
  inOrder: (parts, mood) => `${mood === 'ban' ? '不得' : mood === 'duty' ? '要' : ''}依次发生：${parts.join(' → ')}`,
  reply: (inner, to) => `${inner}，作为对“${to}”的回应`,
  steps: (steps) => `坐席要按顺序做到：${steps.map((step, index) => `${index + 1}) ${step.name}：${step.what}${step.if ? `(仅当${step.if})` : ''}`).join('；')}`,
  named: (name, mood) => `${mood === 'duty' ? '要满足' : mood === 'ban' ? '不得出现' : ''}${quote(name)}`,
  field(condition) {
    const name = quote(String(condition.field))
    if (Array.isArray(condition.in)) return `${name}为${(condition.in as string[]).join('、')}`
    return condition.compare === '=' ? `${name}为${String(condition.value)}` : `${name}${compareOf(condition.compare)} ${String(condition.value)}`
  },
}
