/* match_candidate.h - conversations that a record may belong to, and records that are its rivals. Private to match*.c.
 * Floor: records. Memory: the caller's array. Threads: whoever owns the cs_db.
 * Example: candidates_by_number(db, record, &list, &m);
 */
#ifndef CS_RECORDS_MATCH_CANDIDATE_H
#define CS_RECORDS_MATCH_CANDIDATE_H

#include "records/record_store.h"

enum { CS_MAX_CANDIDATES = 20 };

typedef struct cs_candidate {
    int64_t seq, started_ms, duration_ms; /* CS_NO_TIME: unknown */
} cs_candidate;

typedef struct cs_candidates {
    cs_candidate items[CS_MAX_CANDIDATES];
    size_t count;
} cs_candidates;

/* Each adds to the list what is not in it. */
cs_error candidates_by_id(cs_db *db, const char *id, cs_candidates *out, cs_message *message);
/* Of kind ticket or recording. */
cs_error candidates_by_key(cs_db *db, const char *kind, const char *value, cs_candidates *out, cs_message *message);
/* Calls of a telephone number that began in this span. */
cs_error candidates_by_number(cs_db *db, const char *phone, int64_t from_ms, int64_t to_ms, cs_candidates *out,
                              cs_message *message);
/* Calls of a telephone number of which only the day is known, the one of this moment. */
cs_error candidates_by_day(cs_db *db, const char *phone, int64_t at_ms, cs_candidates *out, cs_message *message);
/* Leaves those that are not contradicted by the record's agent. */
cs_error candidates_keep_agent(cs_db *db, const cs_record *record, cs_candidates *list, cs_message *message);
/* How well a call fits: 0 it began in the same second, 1 it lasts as long, 2 it began within the tolerance. */
int candidate_rank(const cs_record *record, const cs_candidate *candidate);
void candidates_keep_best(const cs_record *record, cs_candidates *list); /* leaves those that fit best */

#endif
