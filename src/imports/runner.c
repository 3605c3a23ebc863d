#include "imports/runner.h"

#include "base/clock.h"
#include "base/log.h"
#include "imports/import_lock.h"
#include "imports/import_sources.h"
#include "imports/run.h"
#include "imports/upload.h"
#include "quality/archive.h"
#include "store/work_process.h"

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
    SWEEP_EVERY_MS = 60000, /* files of imports of which nothing is set aside any more */
};

typedef struct lane { /* a thread that reads in one import after another */
    cs_runner *runner;
    pthread_t thread;
    bool has_thread;
    bool is_cancelled; /* under the lock, as is live */
    cs_import_live live; /* number 0: nothing is running */
    volatile sig_atomic_t is_stopped; /* of what is running: read by the pipeline's threads */
    cs_db *db; /* the thread's own, from here on */
    cs_ruleset *rules; /* held while an import is running */
} lane;

struct cs_runner {
    char *data, *key_file, *rules_path;
    cs_wake *wake;
    lane lanes[CS_MOST_READERS];
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t is_woken, is_free;
    uint64_t notices;
    bool is_ending, is_undoing;
    int64_t swept_ms; /* steady */
    int reading, undos_waiting;
    pthread_mutex_t rules_lock;
    cs_ruleset *rules; /* the store's, as they were last */
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

static cs_error refresh_rules(cs_runner *runner, cs_db *db, cs_message *message) {
    cs_hash id;
    cs_ruleset *loaded = NULL;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK && runner->rules && hash_equal(ruleset_id(runner->rules), id)) return CS_OK;
    if (code == CS_OK)
        code = archive_load_ruleset(db, id, &loaded, message);
    else if (code == CS_ERR_NOT_FOUND)
        code = load_path(runner, &loaded, message);
    if (code != CS_OK) return code;
    if (runner->rules) ruleset_release(runner->rules);
    runner->rules = loaded;
    return CS_OK;
}

/* The store's rules, since its conversations are inspected under them; a new store takes the ones that were named. */
static cs_error hold_rules(lane *l, cs_message *message) {
    cs_runner *runner = l->runner;
    (void)pthread_mutex_lock(&runner->rules_lock);
    cs_error code = refresh_rules(runner, l->db, message);
    if (code == CS_OK) {
        l->rules = runner->rules;
        ruleset_hold(l->rules);
    }
    (void)pthread_mutex_unlock(&runner->rules_lock);
    return code;
}

static void let_rules_go(lane *l) {
    if (l->rules) ruleset_release(l->rules);
    l->rules = NULL;
}

/* ---- one import ---- */

static bool was_cancelled(void *context) {
    lane *l = context;
    (void)pthread_mutex_lock(&l->runner->lock);
    bool is_cancelled = l->is_cancelled;
    (void)pthread_mutex_unlock(&l->runner->lock);
    return is_cancelled;
}

static void on_progress(void *context, const cs_import_live *live) {
    lane *l = context;
    (void)pthread_mutex_lock(&l->runner->lock);
    l->live = *live;
    (void)pthread_mutex_unlock(&l->runner->lock);
}

static void set_running(lane *l, int64_t number) {
    cs_runner *runner = l->runner;
    (void)pthread_mutex_lock(&runner->lock);
    l->live = (cs_import_live){.number = number};
    l->is_cancelled = false;
    l->is_stopped = runner->is_ending;
    (void)pthread_mutex_unlock(&runner->lock);
}

/* Rules that can't be had fail the import: the row says what to mend. */
static cs_error fail(lane *l, const cs_import_row *row, cs_error code, const cs_message *trouble, cs_message *message) {
    const cs_import_live live = {.number = row->number, .counts = row->counts};
    cs_error turned = db_begin(l->db, message);
    if (turned != CS_OK) return turned;
    turned = import_turn(l->db, row->number, 1u << row->state, CS_IMPORT_STATE_RUNNING, clock_now_ms(), message);
    if (turned == CS_OK) turned = db_commit(l->db, message);
    if (turned == CS_OK) return import_end(l->db, row->number, row->how, code, false, &live, trouble, NULL, message);
    db_rollback(l->db);
    return turned;
}

/* This process among the workers: readers hold a lease as they do. */
static cs_error hold_reader(lane *l, int64_t *reader, cs_message *message) {
    cs_error code = db_begin(l->db, message);
    if (code != CS_OK) return code;
    code = work_process_enter(l->db, clock_now_ms(), reader, message);
    if (code == CS_OK) return db_commit(l->db, message);
    db_rollback(l->db);
    return code;
}

static cs_error run_one(lane *l, const cs_import_row *row, cs_message *message) {
    cs_runner *runner = l->runner;
    cs_message trouble = {0};
    int64_t reader = 0;
    cs_error code = hold_reader(l, &reader, message);
    if (code != CS_OK) return code;
    if (row->state == CS_IMPORT_STATE_RUNNING && row->how == CS_IMPORT_COMMAND)
        return import_abandon(l->db, row->number, message);
    cs_error ruled = hold_rules(l, &trouble);
    if (ruled != CS_OK && row->state != CS_IMPORT_STATE_UNDOING) return fail(l, row, ruled, &trouble, message);
    const cs_import_run run = {.db = l->db,
                               .data = runner->data,
                               .key_file = runner->key_file,
                               .rules = ruled == CS_OK ? l->rules : NULL,
                               .is_stopped = &l->is_stopped,
                               .was_cancelled = was_cancelled,
                               .on_progress = on_progress,
                               .context = l,
                               .is_queued = true,
                               .reader = reader,
                               .wake = runner->wake,
                               .stop = &l->is_stopped};
    set_running(l, row->number);
    code = row->state == CS_IMPORT_STATE_UNDOING ? import_run_undo(&run, row, message)
                                                 : import_run_files(&run, row, message);
    set_running(l, 0);
    let_rules_go(l);
    return code == CS_ERR_CONFLICT ? CS_OK : code; /* another program was quicker */
}

/* Imports are read in side by side; one that is taken back waits until it is alone, and the others for it. false: the end. */
static bool begin_turn(cs_runner *runner, bool is_undo) {
    (void)pthread_mutex_lock(&runner->lock);
    if (is_undo) {
        runner->undos_waiting++;
        while ((runner->reading > 0 || runner->is_undoing) && !runner->is_ending)
            (void)pthread_cond_wait(&runner->is_free, &runner->lock);
        runner->undos_waiting--;
        runner->is_undoing = true;
    } else {
        while ((runner->undos_waiting > 0 || runner->is_undoing) && !runner->is_ending)
            (void)pthread_cond_wait(&runner->is_free, &runner->lock);
        runner->reading++;
    }
    bool goes_on = !runner->is_ending;
    (void)pthread_mutex_unlock(&runner->lock);
    return goes_on;
}

static void end_turn(cs_runner *runner, bool is_undo) {
    (void)pthread_mutex_lock(&runner->lock);
    if (is_undo)
        runner->is_undoing = false;
    else
        runner->reading--;
    (void)pthread_cond_broadcast(&runner->is_free);
    (void)pthread_mutex_unlock(&runner->lock);
}

/* The oldest that nobody else works on. *did: there was one. */
static cs_error run_next(lane *l, bool *did, cs_message *message) {
    const unsigned states =
        1u << CS_IMPORT_STATE_WAITING | 1u << CS_IMPORT_STATE_RUNNING | 1u << CS_IMPORT_STATE_UNDOING;
    cs_import_row row;
    int64_t after = 0;
    int lock = -1;
    *did = false;
    do {
        cs_error code = import_next(l->db, states, after, &row, message);
        if (code != CS_OK || row.number == 0) return code;
        lock = import_lock_take(l->runner->data, row.number);
        after = row.number;
    } while (lock < 0);
    runner_notice(l->runner); /* there may be more for the other threads */
    bool is_undo = row.state == CS_IMPORT_STATE_UNDOING;
    bool goes_on = begin_turn(l->runner, is_undo);
    /* What was read before the lock was had may be old. */
    cs_error code = goes_on ? import_read(l->db, row.number, &row, message) : CS_ERR_STOPPED;
    *did = true;
    bool is_same_kind = is_undo == (row.state == CS_IMPORT_STATE_UNDOING);
    if (code == CS_OK && is_same_kind && states & 1u << row.state) code = run_one(l, &row, message);
    end_turn(l->runner, is_undo);
    import_lock_release(lock);
    return code;
}

/* ---- what killed servers left ---- */

/* Files of an import that has ended, or of one that was never begun. Those of one of which something is set aside stay. */
static bool sweep_one(void *context, int64_t import, int64_t age_ms) {
    const unsigned ended = 1u << CS_IMPORT_STATE_DONE | 1u << CS_IMPORT_STATE_CANCELLED | 1u << CS_IMPORT_STATE_UNDONE;
    lane *l = context;
    cs_import_row row;
    cs_work_left left = {0};
    cs_message message;
    int lock = import_lock_take(l->runner->data, import);
    if (lock < 0) return true; /* somebody is at it */
    cs_error code = import_read(l->db, import, &row, &message);
    bool is_left = code == CS_OK ? (ended & 1u << row.state) != 0 : code == CS_ERR_NOT_FOUND && age_ms > SWEPT_MS;
    if (is_left && code == CS_OK) {
        is_left = work_left(l->db, import, &left, &message) == CS_OK && left.waiting + left.running + left.aside == 0;
        if (is_left) is_left = import_sources_settle(l->db, l->runner->data, import, &message) == CS_OK;
    }
    if (is_left) upload_remove_all(l->runner->data, import);
    import_lock_release(lock);
    return true;
}

static void sweep(lane *l) {
    cs_runner *runner = l->runner;
    (void)pthread_mutex_lock(&runner->lock);
    int64_t now = clock_steady_ms();
    bool is_due = !runner->swept_ms || now - runner->swept_ms > SWEEP_EVERY_MS;
    if (is_due) runner->swept_ms = now;
    (void)pthread_mutex_unlock(&runner->lock);
    if (!is_due) return;
    upload_sweep(runner->data, SWEPT_MS);
    upload_each_import(runner->data, sweep_one, l);
}

/* ---- the threads ---- */

/* A store that is not there yet is no trouble: whoever makes it gives notice. */
static cs_error open_store(lane *l, cs_message *message) {
    cs_db *there = NULL;
    if (l->db && db_is_lost(l->db)) {
        db_close(l->db);
        l->db = NULL;
    }
    if (l->db) return CS_OK;
    cs_error code = db_open(l->runner->data, CS_DB_READ, &there, message);
    db_close(there);
    if (code == CS_ERR_NOT_FOUND) return code;
    return db_open(l->runner->data, CS_DB_WRITE, &l->db, message);
}

static cs_error work_off(lane *l, cs_message *message) {
    bool did = true;
    cs_error code = open_store(l, message);
    if (code != CS_OK) return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    sweep(l);
    while (code == CS_OK && did && !l->is_stopped) code = run_next(l, &did, message);
    return code == CS_ERR_STOPPED ? CS_OK : code;
}

/* The first thread looks by itself for what other programs put into the store; it wakes the others. */
static bool wait_for_work(lane *l, uint64_t seen, int seconds) {
    cs_runner *runner = l->runner;
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    (void)pthread_mutex_lock(&runner->lock);
    int waited = 0;
    while (!runner->is_ending && runner->notices == seen && waited == 0)
        waited = l == runner->lanes ? pthread_cond_timedwait(&runner->is_woken, &runner->lock, &until)
                                    : pthread_cond_wait(&runner->is_woken, &runner->lock);
    bool goes_on = !runner->is_ending;
    (void)pthread_mutex_unlock(&runner->lock);
    return goes_on;
}

static void *run(void *context) {
    lane *l = context;
    cs_error code;
    uint64_t seen;
    do {
        cs_message message = {0};
        (void)pthread_mutex_lock(&l->runner->lock);
        seen = l->runner->notices;
        (void)pthread_mutex_unlock(&l->runner->lock);
        code = work_off(l, &message);
        set_running(l, 0);
        let_rules_go(l);
        if (code != CS_OK)
            log_line(CS_LOG_WARN, "imports wait: %s%s%s", message.reason, *message.place ? ", " : "", message.place);
    } while (wait_for_work(l, seen, code == CS_OK ? LOOK_SECONDS : AFTER_TROUBLE_SECONDS));
    return NULL;
}

/* ---- from other threads ---- */

static void release(cs_runner *runner) {
    for (int i = 0; i < CS_MOST_READERS; i++) db_close(runner->lanes[i].db);
    if (runner->rules) ruleset_release(runner->rules);
    (void)pthread_cond_destroy(&runner->is_woken);
    (void)pthread_cond_destroy(&runner->is_free);
    (void)pthread_mutex_destroy(&runner->lock);
    (void)pthread_mutex_destroy(&runner->rules_lock);
    free(runner->data);
    free(runner->key_file);
    free(runner->rules_path);
    free(runner);
}

cs_error runner_start(const cs_runner_options *options, cs_runner **out, cs_message *message) {
    cs_runner *runner = calloc(1, sizeof *runner);
    if (!runner) return message_set(message, CS_ERR_MEMORY, "no memory for the imports");
    (void)pthread_mutex_init(&runner->lock, NULL);
    (void)pthread_mutex_init(&runner->rules_lock, NULL);
    (void)pthread_cond_init(&runner->is_woken, NULL);
    (void)pthread_cond_init(&runner->is_free, NULL);
    runner->wake = options->wake;
    runner->data = strdup(options->data);
    runner->key_file = options->key_file ? strdup(options->key_file) : NULL;
    runner->rules_path = options->rules_path ? strdup(options->rules_path) : NULL;
    bool is_good =
        runner->data && (!options->key_file || runner->key_file) && (!options->rules_path || runner->rules_path);
    for (int i = 0; is_good && i < CS_MOST_READERS; i++) {
        runner->lanes[i].runner = runner;
        is_good = runner->lanes[i].has_thread =
            pthread_create(&runner->lanes[i].thread, NULL, run, &runner->lanes[i]) == 0;
    }
    if (!is_good) {
        runner_stop(runner);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for the imports");
    }
    *out = runner;
    return CS_OK;
}

void runner_notice(cs_runner *runner) {
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    runner->notices++;
    (void)pthread_cond_broadcast(&runner->is_woken);
    (void)pthread_mutex_unlock(&runner->lock);
}

bool runner_cancel(cs_runner *runner, int64_t number) {
    bool is_it = false;
    if (!runner) return false;
    (void)pthread_mutex_lock(&runner->lock);
    for (int i = 0; number != 0 && i < CS_MOST_READERS; i++) {
        lane *l = &runner->lanes[i];
        if (l->live.number != number) continue;
        is_it = true;
        l->is_cancelled = true;
        l->is_stopped = 1;
    }
    (void)pthread_mutex_unlock(&runner->lock);
    if (is_it) wake_post(runner->wake);
    return is_it;
}

void runner_live(cs_runner *runner, cs_import_lives *out) {
    out->count = 0;
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    for (int i = 0; i < CS_MOST_READERS; i++)
        if (runner->lanes[i].live.number) out->items[out->count++] = runner->lanes[i].live;
    (void)pthread_mutex_unlock(&runner->lock);
}

void runner_stop(cs_runner *runner) {
    if (!runner) return;
    (void)pthread_mutex_lock(&runner->lock);
    runner->is_ending = true;
    for (int i = 0; i < CS_MOST_READERS; i++) runner->lanes[i].is_stopped = 1;
    (void)pthread_cond_broadcast(&runner->is_woken);
    (void)pthread_cond_broadcast(&runner->is_free);
    (void)pthread_mutex_unlock(&runner->lock);
    wake_post(runner->wake);
    for (int i = 0; i < CS_MOST_READERS; i++)
        if (runner->lanes[i].has_thread) (void)pthread_join(runner->lanes[i].thread, NULL);
    release(runner);
}
