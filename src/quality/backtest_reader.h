/* backtest_reader.h - all stored conversations in the order they were stored, read in short pieces, writing nothing.
 * Floor: quality. Each piece is its own read: a long one would keep the store's log from being emptied while others write.
 * What is stored meanwhile is seen when its turn comes; none is seen twice.
 * Memory: a row lives until the next one; decoded conversations live in the arena given. Threads: one reader a thread.
 * Example: backtest_reader_piece(r, after, &until, &count, &m); backtest_reader_begin(r, after, until, &m);
 *          while (backtest_reader_next(r, &row, &has_row, &m) == CS_OK && has_row) ...
 */
#ifndef CS_QUALITY_BACKTEST_READER_H
#define CS_QUALITY_BACKTEST_READER_H

#include "conversation/conversation.h"
#include "quality/archive.h"

typedef struct cs_backtest_row {
    int64_t seq, ruleset; /* number of the rule set of its inspection */
    const char *id, *agent, *team; /* agent and team may be NULL */
    const void *frame;
    size_t frame_bytes;
    const unsigned char *verdicts; /* one byte a rule */
    size_t verdict_count;
} cs_backtest_row;

typedef struct cs_backtest_reader cs_backtest_reader;

cs_error backtest_reader_open(const char *data, cs_backtest_reader **out, cs_message *message);
void backtest_reader_close(cs_backtest_reader *reader); /* NULL is allowed */

/* How many conversations there are, and behind which number they begin; limit 0: all, else the last ones stored. */
cs_error backtest_reader_extent(cs_backtest_reader *reader, int64_t limit, int64_t *after, int64_t *count,
                                cs_message *message);
/* Up to where the next piece goes; count 0: nothing is left. */
cs_error backtest_reader_piece(cs_backtest_reader *reader, int64_t after, int64_t *until, int64_t *count,
                               cs_message *message);
cs_error backtest_reader_begin(cs_backtest_reader *reader, int64_t after, int64_t until, cs_message *message);
cs_error backtest_reader_next(cs_backtest_reader *reader, cs_backtest_row *row, bool *has_row, cs_message *message);
void backtest_reader_end(cs_backtest_reader *reader); /* of the piece; also after a failure */

cs_error backtest_reader_decode(cs_backtest_reader *reader, const cs_backtest_row *row, cs_arena *arena,
                                cs_conversation **out, cs_message *message);

/* The numbers under which the store keeps the rule set: one a version of the scorecard. Returns how many. */
enum { CS_MAX_RULESET_NUMBERS = 16 };
cs_error backtest_reader_numbers(cs_backtest_reader *reader, cs_hash ruleset, int64_t *numbers, unsigned *count,
                                 cs_message *message);

#endif
