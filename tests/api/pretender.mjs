// Models that pretend, for a library that does (tests/unit/speech/recogniser_pretender.c): the name of a file says how it behaves.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { program, run } from './callscope.mjs'

// It lies where the program was built; tools/test says where that is when another one starts it.
export const library = process.env.CALLSCOPE_PRETENDER ?? path.join(path.dirname(program), 'libpretender.so')
export const skip = existsSync(library) ? false : `built without sherpa-onnx, or without tests: no ${library}`

/** A model of one's own in the folder. */
export async function model(models, name, kind, file, tokens = 'tokens.txt') {
  const files = kind === 'sense-voice' ? { model: file, tokens }
    : kind === 'online-transducer' ? { encoder: 'encoder.onnx', decoder: 'decoder.onnx', joiner: 'joiner.onnx', tokens: file } : { model: file }
  const place = path.join(models, name)
  await mkdir(place, { recursive: true })
  for (const one of Object.values(files)) await writeFile(path.join(place, one), 'x')
  await writeFile(path.join(place, 'model.json'), JSON.stringify({
    name, upstream: name, kind, about: 'A pretender.', languages: 'zh en', licence: { name: '-', address: '-' }, memory_bytes: 300 << 20,
    files: Object.entries(files).map(([role, at]) => ({ role, path: at })), sources: [],
  }))
}

/** Runs the program with the models of the folder and the library that pretends. */
export async function runWith(models, ...parameters) {
  process.env.CALLSCOPE_MODELS = models
  process.env.CALLSCOPE_SPEECH_LIBRARY = library
  try {
    return await run(...parameters)
  } finally {
    delete process.env.CALLSCOPE_MODELS
    delete process.env.CALLSCOPE_SPEECH_LIBRARY
  }
}
