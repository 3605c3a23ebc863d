/* decoder.h - a recording's samples, streamed: wav (PCM, float, A-law, µ-law, GSM, ADPCM), aiff, au, flac, ogg opus,
 * mp3, by libsndfile. Floor: audio. Memory: fixed, however long the recording is; the bytes must outlive the decoder.
 * Threads: one a decoder. Example: decoder_open(&bytes, &d, &m); decoder_read(d, block, 4096, &got, &m); decoder_close(d);
 */
#ifndef CS_AUDIO_DECODER_H
#define CS_AUDIO_DECODER_H

#include "audio/bytes.h"

enum { CS_MOST_CHANNELS = 2, CS_LEAST_RATE_HZ = 4000, CS_MOST_RATE_HZ = 192000 };

typedef struct cs_audio_format {
    char container[16], encoding[24]; /* "wav", "mu-law"; for people */
    int rate_hz;
    int channels; /* as given: 1 or 2; more than two are mixed into one */
    int channels_in_file;
    int64_t frames; /* samples a channel; CS_NO_FRAMES: not known before the end. What the
                       header says: nothing to reserve memory by; of an mp3 without a table an estimate */
    int64_t missing_ms; /* that the header promises and the file has not: it was cut off on its way; 0: none */
} cs_audio_format;
#define CS_NO_FRAMES INT64_MAX

typedef struct cs_decoder cs_decoder;

/* CS_ERR_PARSE: no recording, or a broken one; CS_ERR_NOT_FOUND: a recording that needs the converter (amr, video, but also MP3,
 * G.729 or AMR inside a WAV, Vorbis or Speex in Ogg - so ask the decoder first, whatever sniff_audio says); CS_ERR_LIMIT: more than 64
 * channels or a rate out of range; CS_ERR_IO: the bytes can't be read. */
cs_error decoder_open(const cs_audio_bytes *bytes, cs_decoder **out, cs_message *message);
const cs_audio_format *decoder_format(const cs_decoder *decoder);
/* frames samples of each channel, interleaved, -1 to 1 (never NaN, never beyond). *got less than frames only at the end or
 * before damage: a damaged file gives what stands before it, then CS_ERR_PARSE with the second in its place, again at each call
 * until decoder_seek. A WAV whose length lies (its recorder was killed) is not damaged: it gives all that is there. An mp3 with foreign bytes between its
 * frames is read on behind them, with silence for what is lost; where that can't be, it is damaged. */
cs_error decoder_read(cs_decoder *decoder, float *out, uint32_t frames, uint32_t *got, cs_message *message);
/* The next sample read is that of frame: in every format the same samples as reading there would have given,
 * mp3 and opus included (tests/unit/audio/decoder_test.c holds it so). CS_ERR_USAGE: behind the end. */
cs_error decoder_seek(cs_decoder *decoder, int64_t frame, cs_message *message);
void decoder_close(cs_decoder *decoder);

#endif
