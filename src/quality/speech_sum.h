/* speech_sum.h - how much was recognised in this store, by model: for metrics, the work page and whoever plans machines.
 * Floor: quality. Rows of table speech_sum. Memory: the arena given. Threads: whoever owns the cs_db; adding on the writer's.
 * Example: speech_outcome_save(db, &outcome, &m); speech_sums_list(db, arena, &sums, &count, &m);
 */
#ifndef CS_QUALITY_SPEECH_SUM_H
#define CS_QUALITY_SPEECH_SUM_H

#include "quality/speech_desk.h"

enum { CS_MAX_SPEECH_SUMS = 100 };

typedef struct cs_speech_sum {
    const char *model;
    int64_t recordings, lost; /* recognised; that could not be, after a second try */
    int64_t voice_ms, spent_ms; /* of those that were; wall time of their workers */
    int64_t failures; /* of recognisers: each ended a child process */
} cs_speech_sum;

/* In the transaction that saves the conversation: what was kept of it in pieces goes, and it is counted. */
cs_error speech_outcome_save(cs_db *db, const cs_speech_outcome *outcome, cs_message *message);
cs_error speech_sums_list(cs_db *db, cs_arena *arena, cs_speech_sum **out, uint32_t *count, cs_message *message);

#endif
