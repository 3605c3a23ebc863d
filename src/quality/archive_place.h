/* archive_place.h - where a list goes on: the row that was looked at last, and as a cursor.
 * Floor: quality. Lists go by time and number; sorted by a score, by the score first, and all in the same direction. What is
 * unknown comes last. A cursor also holds what the first page said of the total, so that later pages needn't count again.
 * Memory: none. Threads: any. Only archive*.c and search*.c.
 * Example: char next[PLACE_CHARS + 1]; place_encode(&last, sort, next); place_decode(next, sort, &from);
 */
#ifndef CS_QUALITY_ARCHIVE_PLACE_H
#define CS_QUALITY_ARCHIVE_PLACE_H

#include "store/db.h"

enum { PLACE_BYTES = 33, PLACE_CHARS = 2 * PLACE_BYTES };

typedef struct cs_place {
    bool is_set;
    bool has_no_score; /* of a list by a score: it is unknown */
    bool has_no_time;
    int score; /* 0 where unknown, and in lists by time */
    int64_t started_ms, seq;
    int64_t total; /* of a cursor: that many match, or at least */
    bool is_exact;
} cs_place;

void place_encode(const cs_place *place, unsigned sort, char out[PLACE_CHARS + 1]);
bool place_decode(const char *text, unsigned sort, cs_place *out); /* false: cut, edited, or of another sorting */
cs_place place_of(cs_stmt *stmt,
                  int column); /* of a row: score (0 in lists by time), time and number from this column on */
/* Below 0: a comes before b in the sorting. */
int place_order(const cs_place *a, const cs_place *b, bool is_descending);

#endif
