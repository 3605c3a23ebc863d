// What is wrong with some of the demo's recordings, or unusual in their files, so that there is something to find.
// demo/README.md tells the same to people ("Recording traps"). A dialogue not named here gets a plain two-channel WAV.
//   signal  swapped: the customer on the first channel     mono: one channel with both       same: both on either channel
//           one-sided: nothing on the customer's channel   echo: the agent, heard again on the customer's channel
//           noisy: noise 10 dB below either voice          clipped: the agent far beyond full scale
//   file    mp3, opus, flac, m4a (by ffmpeg)               two: a file a side                broken: cut inside a sample
export const TRAPS = {
  'D-WM-0202-01': { signal: 'swapped' },
  'D-RF-0127-01': { signal: 'mono' },
  'D-EN-HD-0115-01': { signal: 'same' },
  'D-WH-0205-01': { signal: 'one-sided' },
  'D-GS-0129-01': { signal: 'echo' },
  'D-DR-0207-01': { signal: 'noisy' },
  'D-DW-0123-01': { signal: 'clipped' },
  'D-EN-DW-0108-01': { file: 'mp3' },
  'D-EC-0130-01': { file: 'opus' },
  'D-WM-0130-01': { file: 'flac' },
  'D-EN-OV-0120-01': { file: 'm4a' },
  'D-EN-AC-0112-01': { file: 'two' },
  'D-EN-FR-0109-01': { file: 'broken' },
}

export const ECHO = { loss_db: 14, lag_ms: 130 }
export const NOISY_DB = 10 // the noise lies so far below the voice
export const CLIPPED_DB = 16 // the agent's voice is raised by so much, and cut off at full scale

// Spoken like the others, but its dialogue stays here: a recording without any transcript.
export const UNWRITTEN = { source: 'D-XX-0301-01.json', folder: 'appliances' }
