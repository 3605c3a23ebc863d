import type { Clause, Condition, Effect, Form, RuleStatement } from '../../../api/rules'
import type { Language } from '../../../i18n/language'
import { chinese, dueOf as dueZh } from './chinese'
import { dueOf as dueEn, english } from './english'
import { sayCondition, sayFields, Unsayable, type Mood } from './grammar'
import type { Names } from './names'

/** A rule in plain words: what it asks for, and what else is to know about it. */
export interface Sentences { main: string; more: string[]; isWhole: boolean }

const CHANNELS: Record<Language, Record<string, string>> = {
  zh: { call: '电话', chat: '在线', email: '邮件', ticket: '工单', survey: '问卷', video: '视频' },
  en: { call: 'calls', chat: 'chats', email: 'e-mails', ticket: 'tickets', survey: 'surveys', video: 'video calls' },
}
const SCORES: Record<Language, Record<string, string>> = {
  zh: { compliance: '合规分', experience: '体验分', risk: '风险分' },
  en: { compliance: 'compliance', experience: 'experience', risk: 'risk' },
}
const ACTS: Record<Language, Record<string, string>> = {
  zh: { mark: '标为', tag: '打上标签', alert: '告警', list: '列入', open: '开立' },
  en: { mark: 'marked', tag: 'tagged', alert: 'alerts', list: 'listed as', open: 'opens' },
}
const SPECIAL: Record<Language, Record<string, string>> = { zh: { 'high-risk': '高风险', supervisor: '主管' }, en: { 'high-risk': 'high-risk' } }

export function ruleOf(form: Form | null, name?: string): RuleStatement | null {
  const rules = form?.statements.filter((one): one is RuleStatement => one.kind === 'rule' || one.kind === 'flag') ?? []
  return rules.find((one) => one.name === name) ?? rules[0] ?? null
}

/** The lines of a clause as they stand in the text, for what has no words. */
function clauseAsWritten(text: string, rule: string, words: string[]): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^(rule|flag|规则|标记)\s/.test(line) && line.split(/\s+/)[1] === rule)
  const from = lines.findIndex((line, index) => index > start && words.some((word) => new RegExp(`^\\s+${word}(\\s|$)`).test(line)))
  if (from < 0) return ''
  const indent = lines[from]!.match(/^\s*/)![0].length
  let to = from + 1
  while (to < lines.length && lines[to]!.trim() && lines[to]!.match(/^\s*/)![0].length > indent) to++
  return lines.slice(from, to).map((line) => line.trim()).join(' ')
}

const WRITTEN = { when: ['when', '当'], expect: ['expect', '应当'], never: ['never', '不得'], waived_by: ['waived by', '豁免'] } as const

export function effectWords(effect: Effect, language: Language): string {
  const isZh = language === 'zh'
  const score = SCORES[language][effect.effect]
  if (score && effect.fatal) return isZh ? `${score}一票否决` : `${score} fails altogether`
  if (score && effect.points !== undefined) {
    const points = `${effect.points < 0 ? '−' : '+'}${Math.abs(effect.points)}`
    const each = effect.each ? (isZh ? `，每次都计${effect.max ? `，最多 ${Math.abs(effect.max)}` : ''}` : ` each time${effect.max ? `, ${Math.abs(effect.max)} at most` : ''}`) : ''
    return isZh ? `${score} ${points}${each}` : `${score} ${points}${each}`
  }
  const words = SPECIAL[language][effect.words ?? ''] ?? effect.words ?? ''
  const act = ACTS[language][effect.effect] ?? effect.effect
  return isZh ? (effect.effect === 'tag' ? `${act}「${words}」` : `${act}${words}`) : `${act} ${effect.effect === 'tag' ? `"${words}"` : words}`
}

/** Events between conversations: what happened, about what, until when. */
function sayAcross(clause: Record<string, unknown>, mood: Mood, language: Language): string {
  const isZh = language === 'zh'
  const grammar = isZh ? chinese : english
  const side = clause.to ? 'to' : clause.from ? 'from' : null
  const where = clause.where ? (isZh ? `(${sayFields(clause.where as Condition, grammar)})` : ` (${sayFields(clause.where as Condition, grammar)})`) : ''
  const about = clause.about === 'ticket' ? (isZh ? '就同一工单' : ' about the same ticket') : clause.about === 'customer' ? (isZh ? '对同一客户' : ' about the same customer') : ''
  const [kind, text] = Object.entries((clause.window as Record<string, string> | undefined) ?? {})[0] ?? []
  const due = !kind ? '' : kind === 'within' ? (isZh ? `在 ${text!.replace(/ after$/, '').replace(/ workdays?/, ' 个工作日').replace(/^([\d.]+)h$/, '$1 小时').replace(/^([\d.]+)d$/, '$1 天')} 之内` : ` within ${text}`) : isZh ? `在${dueZh(text!)}` : ` ${dueEn(text!)}`
  const call = clause.call === 'answered' ? (isZh ? '接通的电话' : 'an answered call') : isZh ? '来电' : 'an offered call'
  const what = clause.call ? (isZh ? `${side === 'to' ? '打给客户的' : side === 'from' ? '客户打来的' : ''}${call}` : `${call}${side ? ` ${side} the customer` : ''}`) : isZh ? `「${String(clause.event)}」事件` : `the event "${String(clause.event)}"`
  const verb = { fact: isZh ? '出现' : 'there is ', lack: isZh ? '没有' : 'there is no ', duty: isZh ? '要有' : 'there must be ', ban: isZh ? '不得有' : 'there must not be ' }[mood]
  return isZh ? `${about}${due}${verb}${what}${where}` : `${verb}${what}${where}${about}${due}`
}

export function sentencesOf(rule: RuleStatement, text: string, names: Names, language: Language): Sentences {
  const isZh = language === 'zh'
  const grammar = isZh ? chinese : english
  let isWhole = true
  const excuses: string[] = []
  const clause = (key: keyof typeof WRITTEN, mood: Mood): string | null => {
    const found = rule[key] as (Clause & Record<string, unknown>) | undefined
    if (!found) return null
    try {
      return found.condition ? sayCondition(found.condition, mood, names, grammar, excuses) : sayAcross(found, mood, language)
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error
      isWhole = false
      return clauseAsWritten(text, rule.name, [...WRITTEN[key]])
    }
  }
  const when = clause('when', 'fact')
  const owed = clause('expect', 'duty') ?? clause('never', 'ban')
  const waived = clause('waived_by', 'fact')
  const once = rule.when?.once
  const more: string[] = []
  const channels = rule.for?.channels?.map((one) => CHANNELS[language][one] ?? one)
  const where = rule.for?.where ? sayFields(rule.for.where, grammar) : null
  const effects = (rule.else ?? rule.then ?? []).map((one) => effectWords(one, language))
  if (isZh) {
    if (excuses.length > 0) more.push(`${excuses.join('；')}。`)
    if (channels || where) more.push(`只看${channels ? channels.join('、') : '所有渠道'}${where ? `，且${where}` : ''}。`)
    if (waived) more.push(`${waived}的，不再要求。`)
    if (rule.expect?.strict) more.push('没有机会说话也算未达。')
    if (rule.prompt) more.push(`${rule.prompt.at ? `${rule.prompt.at.replace(/^([\d.]+)s$/, '$1 秒').replace(/^([\d.]+)m$/, '$1 分钟')}后还没做到，` : ''}提示坐席「${rule.prompt.text}」。`)
    if (effects.length > 0) more.push(`${rule.kind === 'flag' ? '记下后：' : rule.never ? '违反则：' : '没做到则：'}${effects.join('；')}。`)
    const opening = when && `${once === true ? '首次：' : once ? '每个诉求首次：' : ''}${when}`
    const main = rule.kind === 'flag' ? `${opening ?? ''}时，记为提示。` : opening ? `${opening}后，${owed ?? ''}。` : `${owed ?? ''}。`
    return { main, more, isWhole }
  }
  if (excuses.length > 0) more.push(`Not counting ${excuses.join('; ')}.`)
  if (channels || where) more.push(`Only ${channels ? channels.join(', ') : 'conversations'}${where ? ` where ${where}` : ''}.`)
  if (waived) more.push(`No longer owed once ${waived}.`)
  if (rule.expect?.strict) more.push('Having had no chance to speak is no excuse.')
  if (rule.prompt) more.push(`${rule.prompt.at ? `Still open after ${rule.prompt.at.replace(/^([\d.]+)s$/, '$1 seconds').replace(/^([\d.]+)m$/, '$1 minutes')}: the` : 'The'} agent is shown "${rule.prompt.text}".`)
  if (effects.length > 0) more.push(`${rule.kind === 'flag' ? 'Then' : 'Otherwise'}: ${effects.join('; ')}.`)
  const first = once === true ? 'The first time that ' : once ? 'For each demand, the first time that ' : 'When '
  const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
  const main = rule.kind === 'flag' ? `${first}${when ?? ''}, this is noted.` : when ? `${first}${when}, ${owed ?? ''}.` : `${capital(owed ?? '')}.`
  return { main, more, isWhole }
}
