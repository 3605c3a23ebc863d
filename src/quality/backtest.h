/* backtest.h - two rule sets over all stored conversations: what would be found anew, what no longer, how scores would shift.
 * Floor: quality. Reads in one pass and writes nothing; inspecting and serving may go on meanwhile. Only rules that differ are
 * evaluated (backtest_plan.h), so the time goes with the change and not with the rule set.
 * Memory: backtest_free. Threads: it starts its own; on_progress comes from one of them at a time.
 * Example: backtest_run(&options, &test, &m); backtest_write(test, &writer); backtest_free(test);
 */
#ifndef CS_QUALITY_BACKTEST_H
#define CS_QUALITY_BACKTEST_H

#include "base/json.h"
#include "rules/ruleset.h"

#include <signal.h>

typedef struct cs_backtest_options {
    const char *data;
    cs_ruleset *old_rules, *new_rules; /* must live as long as the back-test */
    unsigned workers; /* 0: one a core */
    int64_t limit; /* 0: all conversations; else the last ones stored */
    uint32_t samples; /* of each kind a rule, at most CS_MAX_SAMPLES */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
    void *context;
    void (*on_progress)(void *context, int64_t done, int64_t all); /* may be NULL */
} cs_backtest_options;

typedef struct cs_backtest cs_backtest;

/* When it is stopped, what was seen so far is given, marked as partial. */
cs_error backtest_run(const cs_backtest_options *options, cs_backtest **out, cs_message *message);
bool backtest_is_partial(const cs_backtest *backtest);
int64_t backtest_skipped(const cs_backtest *backtest); /* conversations that could not be judged */
/* The JSON of docs/tools.md. */
void backtest_write(const cs_backtest *backtest, cs_json_writer *out);
void backtest_free(cs_backtest *backtest); /* NULL is allowed */

#endif
