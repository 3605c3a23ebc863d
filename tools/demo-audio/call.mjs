// One call: its dialogue becomes two channels, agent and customer, and whatever its trap makes of them.
import { CLIPPED_DB, ECHO, NOISY_DB } from './traps.mjs'
import { amplitude, mixIn, music, noise, samplesOf } from './sound.mjs'
import { speak } from './speech.mjs'
import { numberOf, spoken, voiceInMood, voicesOf } from './voices.mjs'

const MUSIC_DB = -26
const LIMIT = 0.98

/** { channels: [Float32Array, ...], cuts: [text] } */
export function callRender(dialogue, signal) {
  const length = samplesOf(dialogue.end_ms), voices = voicesOf(dialogue), cuts = []
  const agent = new Float32Array(length), customer = new Float32Array(length)

  for (const { side, start_ms, end_ms, text, mood } of dialogue.turns) {
    const from = samplesOf(start_ms)
    const said = speak(spoken(text, dialogue.language), dialogue.language, voiceInMood(voices[side], mood), samplesOf(end_ms) - from)
    mixIn(side === 'customer' ? customer : agent, said.samples, from)
    if (said.cut) cuts.push(`${dialogue.id}: "${text}" takes ${Math.round(said.cut / 8)} ms more than it has`)
  }
  for (const { start_ms, end_ms } of dialogue.holds) mixIn(agent, music(samplesOf(end_ms - start_ms), MUSIC_DB), samplesOf(start_ms))

  if (signal === 'one-sided') customer.fill(0)
  if (signal === 'echo') mixIn(customer, agent, samplesOf(ECHO.lag_ms), amplitude(-ECHO.loss_db))
  if (signal === 'clipped') for (let i = 0; i < length; i++) agent[i] *= amplitude(CLIPPED_DB)
  if (signal !== 'one-sided') addNoise(customer, voices.customer, `customer ${dialogue.id}`, signal)
  addNoise(agent, voices.agent, `agent ${dialogue.id}`, signal)
  return { channels: arranged(agent, customer, signal).map(limited), cuts }
}

function addNoise(channel, { level_db }, name, signal) {
  const seed = numberOf(name, 2 ** 31)
  mixIn(channel, noise(channel.length, signal === 'noisy' ? level_db - NOISY_DB : -62 + (seed % 6), seed), 0)
}

function arranged(agent, customer, signal) {
  if (signal === 'swapped') return [customer, agent]
  if (signal !== 'mono' && signal !== 'same') return [agent, customer]
  const mix = agent.map((sample, i) => sample + customer[i])
  return signal === 'mono' ? [mix] : [mix, mix]
}

const limited = (channel) => channel.map((sample) => Math.max(-LIMIT, Math.min(LIMIT, sample)))
