#include "imports/runner.h"

#include "base/clock.h"
#include "base/log.h"
#include "imports/import_lock.h"
#include "imports/run.h"
#include "imports/upload.h"
#include "quality/archive.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LOOK_SECONDS = 2,
    AFTER_TROUBLE_SECONDS = 15, /* a full disk, a store in use: not tried again at once */
    SWEPT_MS = 3600 * 1000,
};

struct cs_runner {
    char *data, *key_file, *rules_path;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows, down to live */
    pthread_cond_t is_woken;
    bool has_notice, is_ending, is_cancelled;
    cs_import_live live; /* number 0: nothing is running */
    volatile sig_atomic_t is_stopped; /* of what is running: read by the pipeline's threads */
    cs_db *db; /* the thread's own, from here on */
    cs_ruleset *rules;
    bool has_swept;
};

/* ---- rules ---- */

static void take_problem(void *context, const cs_rule_problem *problem) {
    cs_message *first = context;
    if (first->reason[0]) return;
    (void)message_set(first, CS_ERR_PARSE, "a rule is wrong: %s", problem->reason);
    message_place(first, "%s, line %u", problem->file, (unsigned)problem->line);
    message_remedy(first, "%s", problem->hint ? problem->hint : "mend the rule file, then start the import again");
}

static cs_error load_path(cs_runner *runner, cs_ruleset **out, cs_message *message) {
    const char *path = runner->rules_path;
    cs_message problem = {0};
    if (!path) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "the store has no rules yet, and none were named");
        message_remedy(message, "start callscope serve with --rules DIR");
        return CS_ERR_NOT_FOUND;
    }
    cs_error code = ruleset_load(&path, 1, take_problem, &problem, out, message);
    if (code != CS_OK && problem.reason[0]) *message = problem;
    return code;
}

/* The store's rules, since its conversations are inspected under them; a new store takes the ones that were named. */
static cs_error hold_rules(cs_runner *runner, cs_message *message) {
    cs_hash id;
    cs_ruleset *loaded = NULL;
    cs_error code = archive_current_ruleset(runner->db, &id, message);
    if (code == CS_OK && runner->rules && hash_equal(ruleset_id(runner->rules), id)) return CS_OK;
    if (code == CS_OK)
        code = archive_load_ruleset(runner->db, id, &loaded, message);
    else if (code == CS_ERR_NOT_FOUND)
        code = load_path(runner, &loaded, message);
    if (code != CS_OK) return code;
    if (runner->rules) ruleset_release(runner->rules);
    runner->rules = loaded;
    return CS_OK;
}

/* ---- one import ---- */

static bool was_cancelled(void *context) {
    cs_runner *runner = context;
    (void)pthread_mutex_lock(&runner->lock);
    bool is_cancelled = runner->is_cancelled;
    (void)pthread_mutex_unlock(&runner->lock);
    return is_cancelled;
}

static void on_progress(void *context, const cs_import_live *live) {
    cs_runner *runner = context;
    (void)pthread_mutex_lock(&runner->lock);
    runner->live = *live;
    (void)pthread_mutex_unlock(&runner->lock);
}

static void set_running(cs_runner *runner, int64_t number) {
    (void)pthread_mutex_lock(&runner->lock);
    runner->live = (cs_import_live){.number = number};
    runner->is_cancelled = false;
    runner->is_stopped = runner->is_ending;
    (void)pthread_mutex_unlock(&runner->lock);
}

/* Rules that can't be had fail the import: the row says what to mend. */
static cs_error fail(cs_runner *runner, const cs_import_row *row, cs_error code, const cs_message *trouble,
                     cs_message *message) {
    cs_error turned = db_begin(runner->db, message);
    if (turned != CS_OK) return turned;
    turned = import_turn(runner->db, row->number, 1u << row->state, CS_IMPORT_STATE_RUNNING, clock_now_ms(), message);
    if (turned == CS_OK) turned = db_commit(runner->db, message);
    if (turned == CS_OK)
        return import_end(runner->db, row->number, row->how, code, false, &row->counts, trouble, NULL, message);
    db_rollback(runner->db);
    return turned;
}

static cs_error run_one(cs_runner *runner, const cs_import_row *row, cs_message *message) {
    cs_message trouble = {0};
    cs_error code = CS_OK;
    if (row->state == CS_IMPORT_STATE_RUNNING && row->how == CS_IMPORT_COMMAND)
        return import_abandon(runner->db, row->number, message);
    cs_error ruled = hold_rules(runner, &trouble);
    if (ruled != CS_OK && row->state != CS_IMPORT_STATE_UNDOING) return fail(runner, row, ruled, &trouble, message);
    const cs_import_run run = {.db = runner->db,
                               .data = runner->data,
                               .key_file = runner->key_file,
                               .rules = ruled == CS_OK ? runner->rules : NULL,
                               .is_stopped = &runner->is_stopped,
                               .was_cancelled = was_cancelled,
                               .on_progress = on_progress,
                               .context = runner};
    set_running(runner, row->number);
    code = row->state == CS_IMPORT_STATE_UNDOING ? import_run_undo(&run, row, message)
                                                 : import_run_files(&run, row, message);
    set_running(runner, 0);
    return code;
}

/* The oldest that nobody else works on. *did: there was one. */
static cs_error run_next(cs_runner *runner, bool *did, cs_message *message) {
    const unsigned states =
        1u << CS_IMPORT_STATE_WAITING | 1u << CS_IMPORT_STATE_RUNNING | 1u << CS_IMPORT_STATE_UNDOING;
    cs_import_row row;
    int64_t after = 0;
    int lock = -1;
    *did = false;
    do {
        cs_error code = import_next(runner->db, states, after, &row, message);
        if (code != CS_OK || row.number == 0) return code;
        lock = import_lock_take(runner->data, row.number);
        after = row.number;
    } while (lock < 0);
    /* What was read before the lock was had may be old. */
    cs_error code = import_read(runner->db, row.number, &row, message);
    *did = true;
    if (code == CS_OK && states & 1u << row.state) code = run_one(runner, &row, message);
    import_lock_release(lock);
    return code;
}

/* ---- what killed servers left ---- */

/* Files of an import that has ended, or of one that was never begun. */
static bool sweep_one(void *context, int64_t import, int64_t age_ms) {
    const unsigned ended = 1u << CS_IMPORT_STATE_DONE | 1u << CS_IMPORT_STATE_CANCELLED | 1u << CS_IMPORT_STATE_UNDONE;
    cs_runner *runner = context;
    cs_import_row row;
    cs_message message;
    int lock = import_lock_take(runner->data, import);
    if (lock < 0) return true; /* somebody is at it */
    cs_error code = import_read(runner->db, import, &row, &message);
    bool is_left = code == CS_OK ? (ended & 1u << row.state) != 0 : code == CS_ERR_NOT_FOUND && age_ms > SWEPT_MS;
    if (is_left) upload_remove_all(runner->data, import);
    import_lock_release(lock);
    return true;
}

static void sweep(cs_runner *runner) {
    if (runner->has_swept) return;
    upload_sweep(runner->data, SWEPT_MS);
    upload_each_import(runner->data, sweep_one, runner);
    runner->has_swept = true;
}

/* ---- the thread ---- */

/* A store that is not there yet is no trouble: whoever makes it gives notice. */
static cs_error open_store(cs_runner *runner, cs_message *message) {
    cs_db *there = NULL;
    if (runner->db && db_is_replaced(runner->db)) {
        db_close(runner->db);
        runner->db = NULL;
    }
    if (runner->db) return CS_OK;
    cs_error code = db_open(runner->data, CS_DB_READ, &there, message);
    db_close(there);
    return code == CS_OK ? db_open(runner->data, CS_DB_WRITE, &runner->db, message) : code;
}

static cs_error work_off(cs_runner *runner, cs_message *message) {
    bool did = true;
    cs_error code = open_store(runner, message);
    if (code != CS_OK) return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    sweep(runner);
    while (code == CS_OK && did && !runner->is_stopped) code = run_next(runner, &did, message);
    return code == CS_ERR_STOPPED ? CS_OK : code;
}

static bool wait_for_work(cs_runner *runner, int seconds) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    (void)pthread_mutex_lock(&runner->lock);
    int waited = 0;
    while (!runner->is_ending && !runner->has_notice && waited == 0)
        waited = pthread_cond_timedwait(&runner->is_woken, &runner->lock, &until);
    runner->has_notice = false;
    bool goes_on = !runner->is_ending;
    (void)pthread_mutex_unlock(&runner->lock);
    return goes_on;
}

static void *run(void *context) {
    cs_runner *runner = context;
    cs_error code;
    do {
        cs_message message = {0};
        code = work_off(runner, &message);
        set_running(runner, 0);
        if (code != CS_OK) log_line(CS_LOG_WARN, "imports wait: %s %s", message.reason, message.place);
    } while (wait_for_work(runner, code == CS_OK ? LOOK_SECONDS : AFTER_TROUBLE_SECONDS));
    return NULL;
}

/* ---- from other threads ---- */

static void release(cs_runner *runner) {
    if (runner->rules) ruleset_release(runner->rules);
    db_close(runner->db);
    (void)pthread_cond_destroy(&runner->is_woken);
    (void)pthread_mutex_destroy(&runner->lock);
    free(runner->data);
    free(runner->key_file);
    free(runner->rules_path);
    free(runner);
}

cs_error runner_start(const cs_runner_options *options, cs_runner **out, cs_message *message) {
    cs_runner *runner = calloc(1, sizeof *runner);
    if (!runner) return message_set(message, CS_ERR_MEMORY, "no memory for the imports");
    (void)pthread_mutex_init(&runner->lock, NULL);
    (void)pthread_cond_init(&runner->is_woken, NULL);
    runner->data = strdup(options->data);
    runner->key_file = options->key_file ? strdup(options->key_file) : NULL;
    runner->rules_path = options->rules_path ? strdup(options->rules_path) : NULL;
    bool is_good =
        runner->data && (!options->key_file || runner->key_file) && (!options->rules_path || runner->rules_path);
    if (!is_good || pthread_create(&runner->thread, NULL, run, runner) != 0) {
        release(runner);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for the imports");
    }
    *out = runner;
    return CS_OK;
}

void runner_notice(cs_runner *runner) {
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    runner->has_notice = true;
    (void)pthread_cond_signal(&runner->is_woken);
    (void)pthread_mutex_unlock(&runner->lock);
}

bool runner_cancel(cs_runner *runner, int64_t number) {
    if (!runner) return false;
    (void)pthread_mutex_lock(&runner->lock);
    bool is_it = runner->live.number == number && number != 0;
    if (is_it) {
        runner->is_cancelled = true;
        runner->is_stopped = 1;
    }
    (void)pthread_mutex_unlock(&runner->lock);
    return is_it;
}

void runner_live(cs_runner *runner, cs_import_live *out) {
    *out = (cs_import_live){0};
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    *out = runner->live;
    (void)pthread_mutex_unlock(&runner->lock);
}

void runner_stop(cs_runner *runner) {
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    runner->is_ending = true;
    runner->is_stopped = 1;
    (void)pthread_cond_signal(&runner->is_woken);
    (void)pthread_mutex_unlock(&runner->lock);
    (void)pthread_join(runner->thread, NULL);
    release(runner);
}
