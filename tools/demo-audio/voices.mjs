// Who speaks with which voice of espeak-ng, and how a written text is said.
import { createHash } from 'node:crypto'

// Each agent of the demo keeps one voice. pitch: 0-99, espeak-ng's own is 50. level_db: of the speech, below full scale.
const AGENTS = {
  陈默: { variant: 'm3', pitch: 44, level_db: -20 },
  周倩: { variant: 'f2', pitch: 54, level_db: -20 },
  李晓芸: { variant: 'f3', pitch: 60, level_db: -22 },
  韩磊: { variant: 'm7', pitch: 36, level_db: -18 },
  马丽娜: { variant: 'f1', pitch: 46, level_db: -21 },
  孙雨桐: { variant: 'f4', pitch: 62, level_db: -20 },
  郭涛: { variant: 'm1', pitch: 40, level_db: -23 },
  方佳宁: { variant: 'f5', pitch: 66, level_db: -19 },
  'Hannah Brooks': { variant: 'f2', pitch: 50, level_db: -20 },
  'Owen Clarke': { variant: 'm3', pitch: 40, level_db: -22 },
  'Priya Nair': { variant: 'f4', pitch: 58, level_db: -20 },
}
const SYSTEM = { variant: 'm6', pitch: 50, level_db: -19 }
const MEN = ['m1', 'm2', 'm4', 'm5', 'm8'], WOMEN = ['f1', 'f3', 'f4', 'f5']
const MAN = /先生|叔|大爷|\bMr\b|\bsir\b/i, WOMAN = /女士|小姐|阿姨|大姐|\bMrs\b|\bMs\b|\bmadam\b/i

// Louder and higher, by the turn's mood.
const MOOD = { level_db: 3, pitch: 9 }

/** A number that is the same for the same text on every machine, 0 to below most. */
export function numberOf(text, most) {
  return createHash('sha256').update(text).digest().readUInt32LE(0) % most
}

function customerVoice({ customer, turns }, agentVariant) {
  const said = turns.map(({ text }) => text).join('\n')
  const isMan = MAN.test(said) !== WOMAN.test(said) ? MAN.test(said) : numberOf(customer, 2) === 0
  const variants = (isMan ? MEN : WOMEN).filter((variant) => variant !== agentVariant)
  return {
    variant: variants[numberOf(customer, variants.length)],
    pitch: 36 + numberOf(`pitch ${customer}`, 32),
    level_db: -25 + numberOf(`level ${customer}`, 6),
  }
}

/** { agent, customer, system }, each { voice, pitch, level_db }. */
export function voicesOf(dialogue) {
  const agent = AGENTS[dialogue.agent] ?? { variant: [...MEN, ...WOMEN][numberOf(dialogue.agent, 9)], pitch: 50, level_db: -20 }
  const accent = dialogue.language === 'zh' ? 'cmn' : 'en-gb'
  const american = numberOf(`accent ${dialogue.customer}`, 3) === 0 ? 'en-us' : accent
  const named = ({ variant, ...rest }, language) => ({ voice: `${language}+${variant}`, ...rest })
  return {
    agent: named(agent, accent),
    customer: named(customerVoice(dialogue, agent.variant), dialogue.language === 'zh' ? accent : american),
    system: named(SYSTEM, accent),
  }
}

export function voiceInMood(voice, mood) {
  return { ...voice, pitch: Math.min(99, voice.pitch + mood * MOOD.pitch), level_db: voice.level_db + mood * MOOD.level_db }
}

const spelled = (code, digit) => [...code.replace(/-/g, '')].map((one) => (/\d/.test(one) ? digit(one) : one)).join(' ')

/** The text as a voice can say it: codes one sign after the other, [电话] as its word. */
export function spoken(text, language) {
  const open = text.replace(/[[\]［］]/g, ' ')
  if (language === 'en') return open.replace(/\b[A-Z]+-?\d+(-\d+)*\b/g, (code) => spelled(code, (digit) => digit))
  return open
    .replace(/[A-Z]+-?\d+(-\d+)*|\d{4,}(?!年)/g, (code) => spelled(code, (digit) => '零一二三四五六七八九'[digit]))
    .replace(/[A-Z]{2,}/g, (word) => (word.replace(/[^AEIOU]/g, '').length * 2 >= word.length ? word.toLowerCase() : [...word].join(' ')))
}
