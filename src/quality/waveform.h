/* waveform.h - what a recording looks like, prepared once: its levels every 10 ms, and the highest of each second.
 * Floor: quality. The blob: every cs_audio_frame as the listener gave it (channels interleaved), then one byte a channel and
 * second, then 24 bytes: "CSWAVE1" NUL, channels (8 bytes), frames (8 bytes), lowest byte first.
 * Memory: the writer a block and a byte a channel and second (CS_MOST_WAVEFORM_SECONDS); the reader a block on the stack.
 * Threads: one each. Example: waveform_begin(keys, folder, 2, &w, &m); waveform_push(w, frames, n, &m); waveform_finish(w, name, &m);
 */
#ifndef CS_QUALITY_WAVEFORM_H
#define CS_QUALITY_WAVEFORM_H

#include "audio/bytes.h"
#include "audio/listener.h"
#include "store/blob.h"

enum { CS_MOST_WAVEFORM_SECONDS = 7 * 24 * 3600, CS_MOST_WAVEFORM_POINTS = 4000 };

typedef struct cs_waveform_writer cs_waveform_writer;
cs_error waveform_begin(const cs_keys *keys, const char *folder, int channels, cs_waveform_writer **out,
                        cs_message *message);
/* count frames of each channel, interleaved, as cs_listener_sink.on_frames gives them. */
cs_error waveform_push(cs_waveform_writer *writer, const cs_audio_frame *frames, uint32_t count, cs_message *message);
cs_error waveform_finish(cs_waveform_writer *writer, char name[CS_BLOB_NAME_CHARS + 1],
                         cs_message *message); /* frees the writer, also when it fails */
void waveform_abort(cs_waveform_writer *writer); /* NULL is allowed */

typedef struct cs_waveform {
    const cs_audio_bytes *bytes; /* must live longer */
    int channels;
    int64_t frames; /* of CS_FRAME_MS */
} cs_waveform;
cs_error waveform_open(const cs_audio_bytes *bytes, cs_waveform *out, cs_message *message);
/* The highest level in each of points equal parts of from_ms to to_ms: out[channel * points + point]; 0 behind the end. A
 * part of two seconds or more is rounded outwards to whole seconds, a shorter one to whole frames. from_ms < to_ms;
 * points 1 to CS_MOST_WAVEFORM_POINTS. */
cs_error waveform_levels(const cs_waveform *waveform, int64_t from_ms, int64_t to_ms, int points, uint8_t *out,
                         cs_message *message);

#endif
