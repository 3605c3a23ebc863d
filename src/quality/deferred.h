/* deferred.h - obligations that outlive a conversation: opened by one event of the log, met, missed or waived by others.
 * Floor: quality. They never change a conversation's score. What they come to is a function of the log alone: due-timers
 * are events of the log, too. A verdict that a later arrival changes is superseded and stays.
 * Memory: flat in the size of the log. Threads: whoever owns the cs_db; two processes may run it at once.
 * Example: deferred_run(db, rules, clock_now_ms(), &counts, &m);
 */
#ifndef CS_QUALITY_DEFERRED_H
#define CS_QUALITY_DEFERRED_H

#include "base/json.h"
#include "rules/ruleset.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* code, word in the store and in JSON, of expect, of never, 中文 */
#define CS_DEFERRED_TABLE(X)                                                                                           \
    X(PENDING, "pending", "pending", "pending", "未到期")                                                              \
    X(MET, "met", "met", "clean", "达成")                                                                              \
    X(MISSED, "missed", "missed", "hit", "未达")                                                                       \
    X(WAIVED, "waived", "not_applicable", "not_applicable", "豁免")                                                    \
    X(UNDECIDED, "undecided", "undecided", "undecided", "待定")

typedef enum cs_deferred_state {
#define X(code, name, expect, never, zh) CS_DEFERRED_##code,
    CS_DEFERRED_TABLE(X)
#undef X
        CS_DEFERRED_COUNT
} cs_deferred_state;

const char *deferred_state_name(cs_deferred_state state);
cs_deferred_state deferred_state_parse(const char *name); /* CS_DEFERRED_COUNT: no such state */

typedef struct cs_deferred_counts {
    int64_t read; /* rows of the log, once a rule */
    int64_t timers; /* that went off */
    int64_t opened, decided, superseded;
} cs_deferred_counts;

/* Takes in what the log holds since the last run and lets timers go off that are past due and grace at now_ms. Each step is
 * a transaction: it may be killed at any moment, and the next run goes on. Does nothing when ruleset isn't the store's
 * current one. Timers wait while the store's conversations are not all inspected under it. */
cs_error deferred_run(cs_db *db, const cs_ruleset *ruleset, int64_t now_ms, cs_deferred_counts *counts,
                      cs_message *message);
/* Whether a run would do anything; needs only a reading handle. */
cs_error deferred_has_work(cs_db *db, const cs_ruleset *ruleset, int64_t now_ms, bool *has_work, cs_message *message);
/* The conversations of the store are all inspected under its current rules: their events are in the log. */
cs_error deferred_mark_complete(cs_db *db, cs_message *message);

/* How long after its time an event may arrive before an obligation is called missed. */
enum { CS_DEFAULT_GRACE_MS = 3600000 };
cs_error deferred_grace(cs_db *db, int64_t *grace_ms, cs_message *message);
cs_error deferred_set_grace(cs_db *db, int64_t grace_ms, cs_message *message);

/* ---- the list ---- */

typedef struct cs_obligation_filter {
    cs_deferred_state state; /* CS_DEFERRED_COUNT: all */
    const char *rule; /* NULL: all */
    bool has_history; /* superseded verdicts too */
} cs_obligation_filter;

typedef struct cs_obligation {
    int64_t number, opened_ms, due_ms, decided_ms; /* decided_ms CS_NO_TIME while it is pending */
    int64_t supersedes; /* 0: none */
    const char *rule, *ticket, *customer, *opened_event, *state, *reason, *evidence; /* evidence: JSON */
    bool is_current;
} cs_obligation;

/* In the order of due times. The strings live during the call; returning false ends the list. */
typedef bool (*cs_on_obligation)(void *context, const cs_obligation *obligation);
cs_error deferred_list(cs_db *db, const cs_obligation_filter *filter, cs_on_obligation on_obligation, void *context,
                       cs_message *message);
/* One obligation as JSON; rule may be NULL. */
void obligation_write(cs_json_writer *out, const cs_obligation *obligation, const cs_rule *rule);

#endif
