/* speech_piece.h - which stretches of a recording are sent to a recogniser: each side's voices, joined over short gaps.
 * Floor: quality. Music, tones, announcements and the other side's echo are not among them; of two channels that are one
 * signal only one is. Memory: the arena given. Threads: any.
 * Example: speech_pieces_of(&heard, arena, &pieces, &count, &m);
 */
#ifndef CS_QUALITY_SPEECH_PIECE_H
#define CS_QUALITY_SPEECH_PIECE_H

#include "conversation/sides.h"

enum {
    CS_PIECE_GAP_MS = 500, /* voices closer than this are one piece */
    CS_PIECE_AROUND_MS = 200, /* of the sound before and after: the first and last syllables are faint */
    CS_PIECE_MOST_MS = 30000, /* what every model takes at once */
};

typedef struct cs_speech_piece {
    int side; /* channel of the recording, 0 or 1 */
    int64_t from_ms, to_ms;
} cs_speech_piece;

/* In the order of their starts; those of one side do not overlap. The sounds of each side must be in the order of theirs. */
cs_error speech_pieces_of(const cs_heard *heard, cs_arena *arena, cs_speech_piece **out, uint32_t *count,
                          cs_message *message);
/* Whether anything of this channel is recognised: of two channels that are one signal only one is. */
bool speech_side_is_sent(const cs_audio_report *report, int side);
int64_t speech_pieces_ms(const cs_speech_piece *pieces, uint32_t count);

#endif
