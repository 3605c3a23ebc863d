/* deferred_judge.h - one obligation across conversations, judged from the log as it stood at one of its rows.
 * Floor: quality, private to deferred*.c. The outcome depends on the log up to that row and on nothing else, so reading the
 * log again gives the same.
 * Memory: outcomes live in the arena of the deferral. Threads: the one of the db.
 * Example: deferred_judge(&d, &opening, &judged, &m);
 */
#ifndef CS_QUALITY_DEFERRED_JUDGE_H
#define CS_QUALITY_DEFERRED_JUDGE_H

#include "quality/deferred.h"
#include "quality/event_log.h"

/* One rule reading the log. */
typedef struct cs_deferral {
    cs_db *db;
    const cs_rule *rule;
    const cs_across *across;
    const cs_calendar *calendar;
    int64_t ruleset; /* its number in the store */
    int64_t upto; /* the row that is taken in: later ones are not seen */
    int64_t arrived_ms; /* when it came: then verdicts are decided */
    cs_arena *arena, *scratch; /* for one obligation while it is judged; for one candidate */
    cs_deferred_counts *counts;
} cs_deferral;

typedef struct cs_judged {
    cs_deferred_state state;
    const char *reason; /* "present", "absent", "waived", or why it is undecided */
    int64_t due_ms;
    int64_t closed_ms; /* further triggers up to here join it */
    const char *closed_event; /* NULL: the window's end closes it */
    const char *evidence; /* JSON */
} cs_judged;

cs_error deferred_judge(cs_deferral *d, const cs_log_row *opening, cs_judged *out, cs_message *message);

/* The value an event has for a subject; NULL: unknown. */
const char *subject_of(const cs_log_event *event, cs_subject subject);
/* The id of the timer's event, so that a timer goes off once. */
void deferred_timer_id(const char *rule, const char *opened_event, int64_t due_ms, char out[CS_HASH_CHARS + 1]);

#endif
