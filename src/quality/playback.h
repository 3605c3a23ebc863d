/* playback.h - a stored recording as one WAV file that was never written: 16 bit, its own rate, one or two channels.
 * Floor: quality. Whatever the parts are (µ-law, mp3, Opus; one file, or one a side), the length is known before the first byte
 * and any byte can be read at once; a part that ends early or is damaged goes on as silence, so that times stay true.
 * Memory: fixed: a decoder and a block, however long it is. Threads: one at a time each.
 * Example: playback_open(&source, CS_PLAYBACK_BOTH, &p, &m); playback_read(p, 44, out, 4096, &got, &m); playback_close(p);
 */
#ifndef CS_QUALITY_PLAYBACK_H
#define CS_QUALITY_PLAYBACK_H

#include "audio/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_MOST_PARTS = 2, CS_WAV_HEADER_BYTES = 44 };

typedef enum cs_playback_side { CS_PLAYBACK_BOTH, CS_PLAYBACK_FIRST, CS_PLAYBACK_SECOND } cs_playback_side;

typedef struct cs_playback_source {
    cs_audio_bytes parts[CS_MOST_PARTS]; /* two: the first is the left, the second the right */
    int part_count;
    int rate_hz; /* of every part */
    int64_t frames[CS_MOST_PARTS]; /* samples a channel of each; every side lasts as long as the longer part */
} cs_playback_source;

typedef struct cs_playback cs_playback;
/* Takes the parts: they are closed with it, and when it fails. CS_ERR_USAGE: there is no such side; CS_ERR_LIMIT: beyond the
 * 4 GB of a WAV file; CS_ERR_STORE: a blob was changed, or is not the recording it was. */
cs_error playback_open(const cs_playback_source *source, cs_playback_side side, cs_playback **out, cs_message *message);
int64_t playback_length(const cs_playback *playback); /* bytes, header included */
/* *got less than most only at the end. Reading on from where the last one ended costs no seeking. */
cs_error playback_read(cs_playback *playback, int64_t offset, void *out, size_t most, size_t *got, cs_message *message);
void playback_close(cs_playback *playback); /* NULL is allowed */

#endif
