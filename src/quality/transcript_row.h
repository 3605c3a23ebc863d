/* transcript_row.h - which model wrote down which version of a conversation's words: a row beside the timeline.
 * Floor: quality. The timeline itself names the model (conversation.h); the row says when, and finds what an older model wrote.
 * Memory: what is read lives in the arena given. Threads: whoever owns the cs_db.
 * Example: transcript_rows(db, seq, arena, &rows, &count, &m);
 */
#ifndef CS_QUALITY_TRANSCRIPT_ROW_H
#define CS_QUALITY_TRANSCRIPT_ROW_H

#include "base/json.h"
#include "quality/transcript_move.h"

enum { CS_MAX_TRANSCRIPT_ROWS = 20 }; /* that are told of a conversation */

typedef struct cs_transcript_row {
    int64_t timeline_version, recognised_ms; /* CS_NO_TIME: unknown */
    const char *model, *version, *sha256;
    int64_t rate_hz, turns, words, unsure; /* unsure: words below the confidence limit */
    double confidence; /* of its words; below 0: unknown */
    cs_transcript_moved moved; /* what people had decided about the version before */
} cs_transcript_row;

/* In a transaction. A conversation whose words were given has none. */
cs_error transcript_row_write(cs_db *db, int64_t seq, int64_t timeline_version, const cs_conversation *conversation,
                              const cs_transcript_moved *moved, cs_message *message);
/* The newest version first. */
cs_error transcript_rows(cs_db *db, int64_t seq, cs_arena *arena, cs_transcript_row **out, uint32_t *count,
                         cs_message *message);
/* The member "transcript" of GET /conversations/ID: the row of the current version with the earlier ones, or null. */
void transcript_write(cs_json_writer *out, const cs_transcript_row *rows, uint32_t count, int64_t timeline_version);

#endif
