/* transcript_move.h - a recording is recognised anew, and what people decided about its turns moves to where that is said now.
 * Floor: quality. Turns are found again by time and side: judgements, comments and work orders hang on a turn's number, and
 * another model makes other turns. What can't be placed exactly stands at the nearest turn, and is counted.
 * Memory: none is kept. Threads: whoever owns the cs_db, in its transaction.
 * Example: transcript_move(db, seq, 1, newer, &moved, &m);
 */
#ifndef CS_QUALITY_TRANSCRIPT_MOVE_H
#define CS_QUALITY_TRANSCRIPT_MOVE_H

#include "conversation/conversation.h"
#include "store/db.h"

typedef struct cs_transcript_moved {
    int64_t placed; /* decisions that found their words, or their time, again */
    int64_t nearest; /* that stand at the nearest turn, for nobody of their side speaks there now */
} cs_transcript_moved;

/* From the timeline of that version to the newer one, which is stored afterwards. Nothing is read unless somebody decided
 * something about a turn. Timelines without times: turns stay where they are. */
cs_error transcript_move(cs_db *db, int64_t seq, int64_t was_version, const cs_conversation *newer,
                         cs_transcript_moved *out, cs_message *message);

/* The turn (from 1) of newer in which the turn (from 1) of older is said: of the same role, sharing most time; *is_exact
 * false: the nearest one. 0: newer has none, or a side has no times. taken: turns that may not be it, may be NULL. */
uint32_t transcript_turn_again(const cs_conversation *older, uint32_t turn, const cs_conversation *newer,
                               const bool *taken, bool *is_exact);

#endif
