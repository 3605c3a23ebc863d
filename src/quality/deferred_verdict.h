/* deferred_verdict.h - the rows of deferred_obligation: saving, superseding, retiring.
 * Floor: quality, private to deferred*.c. A row that holds a verdict is never changed: another row supersedes it. Only what
 * is pending, and the evidence of a verdict that stands, is written over.
 * Memory: none kept. Threads: the one of the db; in the caller's transaction.
 * Example: obligation_save(&d, "=T-77", &opening, &judged, &m);
 */
#ifndef CS_QUALITY_DEFERRED_VERDICT_H
#define CS_QUALITY_DEFERRED_VERDICT_H

#include "quality/deferred_judge.h"

typedef struct cs_stored_obligation {
    int64_t number, opened_ms;
    char opened_event[CS_MAX_EVENT_ID_BYTES];
    cs_deferred_state state;
} cs_stored_obligation;

/* What the obligation opened by this event comes to now. */
cs_error obligation_save(cs_deferral *d, const char *subject, const cs_log_row *opening, const cs_judged *judged,
                         cs_message *message);
cs_error obligation_is_stored(cs_deferral *d, int64_t opened_seq, bool *is_stored, cs_message *message);
/* The first current obligation of the subject at or behind a place of the log. */
cs_error obligation_from(cs_deferral *d, const char *subject, int64_t at_ms, const char *event_id, bool *is_found,
                         cs_stored_obligation *out, cs_message *message);
/* Its trigger joined an earlier obligation, or was withdrawn: nothing is owed for it any more. */
cs_error obligation_retire(cs_deferral *d, const cs_stored_obligation *stored, cs_message *message);

#endif
