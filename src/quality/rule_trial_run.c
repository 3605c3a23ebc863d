/* One thread that does the back-tests that wait, and afterwards gives the queue what was published to inspect again. */
#include "base/clock.h"
#include "base/log.h"
#include "base/ticker.h"
#include "quality/archive.h"
#include "quality/archive_column.h"
#include "quality/backtest.h"
#include "quality/rule_draft.h"
#include "quality/rule_trial.h"
#include "quality/rule_trial_result.h"
#include "quality/rulebook_again.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 500,
    BEAT_MS = 1000, /* how far it is, told to the store */
    LOST_MS = 60000, /* not told for so long: whoever did it is gone */
    MOST_TRIES = 3, /* what ended its server so often is not begun again */
    ARENA_BYTES = 512 << 20,
    MOST_JSON_BYTES = 64 << 20
};

struct cs_trials {
    cs_ticker *ticker;
    char *data;
    cs_db *db; /* of the thread that looks: kept, for it looks often */
};

typedef struct trial {
    const cs_trials *trials;
    const atomic_bool *is_ending;
    cs_db *db; /* for writing */
    cs_arena *arena;
    const char *rule, *text;
    int64_t limit, started_ms, told_ms;
    volatile sig_atomic_t is_stopped;
    bool is_lost; /* cancelled, or asked for anew */
    int64_t tries; /* begun so often before */
} trial;

/* ---- rows ---- */

static cs_error in_transaction(trial *t, cs_error (*write)(trial *t, const void *given, cs_message *message),
                               const void *given, cs_message *message) {
    cs_error code = db_begin(t->db, message);
    if (code != CS_OK) return code;
    code = write(t, given, message);
    if (code == CS_OK) return db_commit(t->db, message);
    db_rollback(t->db);
    return code;
}

static const char BEGIN[] = "UPDATE rule_trial SET state = 'running', started_ms = :now, beat_ms = :now, done = 0, "
                            "tries = tries + 1 WHERE rule = :rule";
static const char GIVE_UP[] =
    "UPDATE rule_trial SET state = 'failed', took_ms = :now - coalesce(started_ms, :now), reason = 'begun ' || tries "
    "|| "
    "' times, and each time the server ended before it was done: take fewer conversations, or look into the server''s "
    "log' WHERE rule = :rule";

/* The oldest that waits becomes ours, or is given up. rule NULL: none does. */
static cs_error claim(trial *t, const void *given, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    (void)given;
    cs_error code =
        db_query(t->db,
                 "SELECT rule, text, wanted, tries FROM rule_trial WHERE state IN ('waiting', 'running') AND (state "
                 "= 'waiting' OR beat_ms < :lost) ORDER BY asked_ms, rule LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "lost", t->started_ms - LOST_MS);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        t->rule = arena_string(t->arena, db_text(stmt, 0));
        t->text = arena_string(t->arena, db_text(stmt, 1));
        t->limit = db_int64(stmt, 2);
        t->tries = db_int64(stmt, 3);
        if (!t->rule || !t->text) code = message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    }
    db_done(stmt);
    if (code != CS_OK || !has_row) return code;
    code = db_query(t->db, t->tries < MOST_TRIES ? BEGIN : GIVE_UP, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", t->started_ms);
    db_bind_text(stmt, "rule", t->rule);
    return db_run(stmt, message);
}

typedef struct told {
    int64_t done, all;
} told;

#define OURS " WHERE rule = :rule AND state = 'running' AND started_ms = :started"

static cs_error tell(trial *t, const void *given, cs_message *message) {
    const told *how_far = given;
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(t->db, "UPDATE rule_trial SET done = :done, total = :all, beat_ms = :now" OURS, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "done", how_far->done);
    db_bind_int64(stmt, "all", how_far->all);
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_text(stmt, "rule", t->rule);
    db_bind_int64(stmt, "started", t->started_ms);
    code = db_run(stmt, message);
    if (code == CS_OK && db_changes(t->db) == 0) t->is_lost = true;
    return code;
}

typedef struct ending {
    const char *state, *reason, *result;
    int64_t done;
} ending;

static cs_error end(trial *t, const void *given, cs_message *message) {
    const ending *e = given;
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(t->db,
                 "UPDATE rule_trial SET state = :state, reason = :reason, result = :result, done = CASE WHEN "
                 ":done > 0 THEN :done ELSE done END, total = CASE WHEN :done > 0 THEN :done ELSE total END, "
                 "took_ms = :took, tries = CASE WHEN :state = 'waiting' THEN tries - 1 ELSE tries END" OURS,
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "state", e->state);
    db_bind_text(stmt, "reason", e->reason);
    db_bind_text(stmt, "result", e->result);
    db_bind_int64(stmt, "done", e->done);
    db_bind_int64(stmt, "took", clock_now_ms() - t->started_ms);
    db_bind_text(stmt, "rule", t->rule);
    db_bind_int64(stmt, "started", t->started_ms);
    return db_run(stmt, message);
}

/* ---- one back-test ---- */

/* From the workers, one at a time; the handle is used by nobody else meanwhile. */
static void on_progress(void *context, int64_t done, int64_t all) {
    trial *t = context;
    cs_message message;
    int64_t now = clock_steady_ms();
    const told how_far = {done, all};
    if (atomic_load(t->is_ending)) t->is_stopped = 1;
    if (t->is_stopped || (t->told_ms && now - t->told_ms < BEAT_MS)) return;
    t->told_ms = now;
    if (in_transaction(t, tell, &how_far, &message) == CS_OK && t->is_lost) t->is_stopped = 1;
}

static cs_error judge(trial *t, cs_db *db, cs_ruleset *current, const cs_draft_check *check, ending *e,
                      cs_message *message) {
    cs_backtest *test = NULL;
    cs_buffer json;
    const cs_backtest_options options = {.data = t->trials->data,
                                         .old_rules = current,
                                         .new_rules = check->whole,
                                         .workers = 1, /* the desk is used meanwhile */
                                         .limit = t->limit,
                                         .samples = CS_TRIAL_SAMPLES,
                                         .is_stopped = &t->is_stopped,
                                         .context = t,
                                         .on_progress = on_progress};
    buffer_init(&json, MOST_JSON_BYTES);
    cs_error code = backtest_run(&options, &test, message);
    if (code == CS_OK && !backtest_is_partial(test) && !t->is_stopped) {
        cs_json_writer writer;
        json_writer_init(&writer, &json);
        backtest_write(test, &writer);
        code = json.is_failed
                   ? message_set(message, CS_ERR_MEMORY, "out of memory for the back-test")
                   : trial_result_make(db, buffer_string(&json), json.length, t->arena, &e->result, &e->done, message);
        e->state = "done";
    }
    backtest_free(test);
    buffer_free(&json);
    return code;
}

static cs_error run(trial *t, cs_db *db, ending *e, cs_message *message) {
    cs_hash id;
    cs_ruleset *current = NULL;
    cs_draft_check check;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK) code = archive_load_ruleset(db, id, &current, message);
    if (code != CS_OK) return code;
    code = draft_check(db, t->rule, t->text, t->arena, &check, message);
    if (code == CS_OK && check.count) {
        (void)message_set(message, CS_ERR_PARSE, "the draft is not well formed: %s", check.problems[0].reason);
        code = CS_ERR_PARSE;
    }
    if (code == CS_OK) code = judge(t, db, current, &check, e, message);
    draft_check_free(&check);
    ruleset_release(current);
    return code;
}

static void do_one(trial *t) {
    cs_db *db = NULL;
    cs_message message = {0};
    ending e = {.state = "waiting"}; /* when the server ends, the next one takes it up */
    cs_error code = db_open(t->trials->data, CS_DB_READ, &db, &message);
    if (code == CS_OK) code = run(t, db, &e, &message);
    db_close(db);
    if (code != CS_OK && code != CS_ERR_STOPPED) e = (ending){.state = "failed", .reason = message.reason};
    if (t->is_lost) return; /* its row tells already */
    if (in_transaction(t, end, &e, &message) != CS_OK)
        log_line(CS_LOG_WARN, "what a back-test came to is not kept: %s", message.reason);
}

/* ---- turn by turn ---- */

static bool any_waits(cs_trials *trials) {
    cs_message message;
    int64_t count = 0;
    if (trials->db && db_is_lost(trials->db)) {
        db_close(trials->db);
        trials->db = NULL;
    }
    if (!trials->db && db_open(trials->data, CS_DB_READ, &trials->db, &message) != CS_OK) return false;
    cs_error code = query_number(trials->db,
                                 "SELECT (SELECT count(*) FROM rule_trial WHERE state IN ('waiting', 'running')) + "
                                 "(SELECT count(*) FROM setting WHERE name = 'rules_again')",
                                 0, &count, &message);
    if (code == CS_OK) return count > 0;
    db_close(trials->db);
    trials->db = NULL;
    return false;
}

static int64_t look(void *context, const atomic_bool *is_ending) {
    cs_trials *trials = context;
    cs_message message = {0};
    if (!any_waits(trials)) return LOOK_MS;
    trial t = {
        .trials = trials, .is_ending = is_ending, .started_ms = clock_now_ms(), .arena = arena_create(ARENA_BYTES)};
    cs_error code = t.arena ? db_open(trials->data, CS_DB_WRITE, &t.db, &message)
                            : message_set(&message, CS_ERR_MEMORY, "out of memory for the back-test");
    if (code == CS_OK) code = rulebook_again(t.db, is_ending, &message);
    if (code == CS_OK) code = in_transaction(&t, claim, NULL, &message);
    if (code == CS_OK && t.rule && t.tries < MOST_TRIES) do_one(&t);
    db_close(t.db);
    arena_free(t.arena);
    if (code != CS_OK) log_line(CS_LOG_WARN, "back-tests wait: %s", message.reason);
    return code == CS_OK && t.rule ? 0 : LOOK_MS;
}

cs_error trials_start(const char *data, cs_trials **out, cs_message *message) {
    cs_trials *trials = calloc(1, sizeof *trials);
    if (!trials || !(trials->data = strdup(data))) {
        free(trials);
        return message_set(message, CS_ERR_MEMORY, "no memory for the back-tests");
    }
    cs_error code = ticker_start(look, trials, &trials->ticker, message);
    if (code == CS_OK)
        *out = trials;
    else
        trials_stop(trials);
    return code;
}

void trials_stop(cs_trials *trials) {
    if (!trials) return;
    ticker_stop(trials->ticker);
    db_close(trials->db);
    free(trials->data);
    free(trials);
}
