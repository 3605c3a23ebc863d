/* joins.h - the report of what joined and what did not: every row of a list with the reason in words.
 * Floor: records. Memory: none kept. Threads: whoever owns the cs_db.
 * Example: joins_write(db, &(cs_joins_filter){.state = "doubtful", .limit = 50}, &out, &m);
 */
#ifndef CS_RECORDS_JOINS_H
#define CS_RECORDS_JOINS_H

#include "base/json.h"
#include "store/db.h"

enum { CS_MOST_JOINS = 200 };

typedef struct cs_joins_filter {
    const char *state; /* matched, doubtful, unmatched; NULL: doubtful and unmatched */
    const char *kind; /* calls, tickets, satisfaction, roster; NULL: all */
    int limit; /* 1 to CS_MOST_JOINS */
    int64_t after; /* the number of the last one of the page before; 0: from the beginning */
} cs_joins_filter;

/* {"counts": {"calls": {"matched", "doubtful", "unmatched"}, …}, "items": […], "next", "conversations_without": {"calls": n}} of
 * docs/api.md. CS_ERR_USAGE: no such state or kind. */
cs_error joins_write(cs_db *db, const cs_joins_filter *filter, cs_json_writer *out, cs_message *message);

#endif
