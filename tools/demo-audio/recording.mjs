// A signal as a file: WAV (mu-law or 16 bit) written here, other kinds by ffmpeg, the same input giving the same bytes.
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { RATE } from './sound.mjs'

const MU_LAW = 7, PCM = 1
const ENCODERS = {
  mp3: { extension: 'mp3', options: ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3'] },
  opus: { extension: 'opus', options: ['-c:a', 'libopus', '-b:a', '32k', '-application', 'voip', '-f', 'ogg'] },
  flac: { extension: 'flac', options: ['-c:a', 'flac', '-f', 'flac'] },
  m4a: { extension: 'm4a', options: ['-c:a', 'aac', '-ar', '16000', '-b:a', '48k', '-f', 'ipod'] },
}
export const needsFfmpeg = (kind) => kind in ENCODERS

// ITU-T G.711, for each of the 65,536 samples.
const muLaw = Uint8Array.from({ length: 65536 }, (_, i) => {
  const sample = i - 32768, size = Math.min(Math.abs(sample), 32635) + 132
  const exponent = Math.floor(Math.log2(size)) - 7
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((size >> (exponent + 3)) & 0x0f))
})

const whole = (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767)))

/** channels: one Float32Array each, of one length. */
function wavOf(channels, format) {
  const width = format === PCM ? 2 : 1, count = channels.length, frames = channels[0].length
  const body = Buffer.alloc(frames * count * width)
  for (let i = 0, at = 0; i < frames; i++) {
    for (const channel of channels) {
      if (format === PCM) body.writeInt16LE(whole(channel[i]), at)
      else body[at] = muLaw[whole(channel[i]) + 32768]
      at += width
    }
  }
  const head = Buffer.alloc(58)
  head.write('RIFF', 0), head.writeUInt32LE(50 + body.length, 4), head.write('WAVEfmt ', 8), head.writeUInt32LE(18, 16)
  head.writeUInt16LE(format, 20), head.writeUInt16LE(count, 22), head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * count * width, 28), head.writeUInt16LE(count * width, 32), head.writeUInt16LE(8 * width, 34)
  head.write('fact', 38), head.writeUInt32LE(4, 42), head.writeUInt32LE(frames, 46)
  head.write('data', 50), head.writeUInt32LE(body.length, 54)
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
}

// Under a hidden name until it is whole: an interrupted run leaves nothing that looks like a recording.
function put(file, write) {
  const hidden = path.join(path.dirname(file), `.${path.basename(file)}.part`)
  try {
    write(hidden)
    renameSync(hidden, file)
  } finally {
    rmSync(hidden, { force: true })
  }
  return path.basename(file)
}

function encode(wav, options, target) {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'wav', '-i', 'pipe:0', '-map_metadata', '-1', ...options,
    '-threads', '1', '-fflags', '+bitexact', '-flags:a', '+bitexact', target], { input: wav, timeout: 60000, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** Writes stem's recording into folder as the kind says (traps.mjs); gives the names of its files. */
export function recordingWrite(folder, stem, channels, kind) {
  const at = (name) => path.join(folder, name)
  const wav = (name, bytes) => put(at(name), (target) => writeFileSync(target, bytes))
  if (needsFfmpeg(kind)) {
    const { extension, options } = ENCODERS[kind]
    return [put(at(`${stem}.${extension}`), (target) => encode(wavOf(channels, MU_LAW), options, target))]
  }
  if (kind === 'two') return ['agent', 'customer'].map((side, i) => wav(`${stem}-${side}.wav`, wavOf([channels[i]], MU_LAW)))
  if (kind === 'broken') {
    const bytes = wavOf(channels, PCM)
    return [wav(`${stem}.wav`, bytes.subarray(0, (Math.floor(bytes.length * 0.6) & ~3) + 1))]
  }
  return [wav(`${stem}.wav`, wavOf(channels, MU_LAW))]
}
