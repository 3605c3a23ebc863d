/* envelope.h - a recording as the decoding library is to see it: a short header made anew, then the body of the file.
 * Floor: audio, private to decoder.c. What a header holds besides the format - pictures, texts, markers, lies about its length -
 * never reaches the library: what it allocates for them and how it trips over them costs nothing here. A recorder that was
 * killed leaves no length: the body then reaches to the end of the file.
 * Memory: a plain value; the bytes must outlive it. Threads: one reader at a time.
 * Example: envelope_open(&bytes, &e, &m); envelope_read(&e, 0, block, sizeof block);
 */
#ifndef CS_AUDIO_ENVELOPE_H
#define CS_AUDIO_ENVELOPE_H

#include "audio/bytes.h"

#include <stdbool.h>

enum {
    CS_ENVELOPE_HEAD_BYTES = 512,
    CS_ENVELOPE_MOST_CHUNKS = 4096,
    CS_ENVELOPE_MOST_TAGS = 16,
    CS_MOST_CHANNELS_IN_FILE = 64
};

typedef struct cs_envelope {
    const cs_audio_bytes *bytes;
    const char *container; /* a constant */
    unsigned char head[CS_ENVELOPE_HEAD_BYTES];
    uint32_t head_length;
    int64_t body_offset, body_length;
    int64_t missing_bytes; /* that the header promises and the file has not */
    int64_t told_length; /* what the library hears of the length; 0: the truth. See envelope_mp3 */
} cs_envelope;

/* CS_ERR_PARSE: no recording, or a broken header; CS_ERR_NOT_FOUND: a recording, but the converter must make it readable. */
cs_error envelope_open(const cs_audio_bytes *bytes, cs_envelope *out, cs_message *message);
int64_t envelope_length(const cs_envelope *envelope); /* as the library is to hear it */
double envelope_length_truth(const cs_envelope *envelope); /* the part of that which is there, 0 to 1 */
int64_t envelope_read(const cs_envelope *envelope, int64_t offset, void *out,
                      int64_t most); /* as cs_audio_bytes.read */

/* An Opus recording as if it began at a page somewhat before sample (of 48,000 a second): some seconds at most in an orderly file,
 * anywhere before or behind in another, so the caller compares what is left. False: from the beginning only. */
bool envelope_opus_from(const cs_envelope *whole, int64_t sample, cs_envelope *out);

typedef struct cs_mp3_seam {
    int64_t offset; /* in the file: the next two frames that follow each other and are like the recording's first */
    int64_t lost_frames; /* samples a channel that stood between, as far as the bytes tell; tags count for nothing */
} cs_mp3_seam;

/* An mp3 behind damage, as if it began at the next frames behind offset (in the file). False: there are none.  *is_foreign is
 * then true when frames of another kind (rate, channels) stand there. */
bool envelope_mp3_from(const cs_envelope *whole, int64_t offset, cs_envelope *out, cs_mp3_seam *seam, bool *is_foreign);

/* For the files that know one container each: they fill head and body. */
cs_error envelope_riff(cs_envelope *envelope, cs_message *message);
cs_error envelope_wave64(cs_envelope *envelope, cs_message *message);
cs_error envelope_aiff(cs_envelope *envelope, cs_message *message);
cs_error envelope_mp3(cs_envelope *envelope, cs_message *message);
cs_error envelope_opus(cs_envelope *envelope, cs_message *message);
cs_error envelope_caf(cs_envelope *envelope, cs_message *message);
bool envelope_bytes_at(const cs_envelope *envelope, int64_t offset, void *out, int64_t length); /* all, or false */
void envelope_put(cs_envelope *envelope, const void *bytes, size_t length);
void envelope_put_big(cs_envelope *envelope, uint64_t value, int bytes);
void envelope_put_little(cs_envelope *envelope, uint64_t value, int bytes);
uint64_t envelope_big(const unsigned char *bytes, int count);
uint64_t envelope_little(const unsigned char *bytes, int count);
cs_error envelope_broken(const cs_envelope *envelope, int64_t offset, const char *reason, cs_message *message);
cs_error envelope_needs_converter(const char *container, const char *codec, cs_message *message);
cs_error envelope_check_size(uint64_t channels, uint64_t rate_hz,
                             cs_message *message); /* CS_ERR_LIMIT: nobody records so */
/* The body from offset on, of the declared length as far as that can be true. */
void envelope_set_body(cs_envelope *envelope, int64_t offset, uint64_t declared);

#endif
