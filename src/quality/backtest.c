#include "quality/backtest.h"

#include "base/clock.h"
#include "base/cores.h"
#include "quality/backtest_judge.h"
#include "quality/backtest_result.h"

#include <pthread.h>
#include <stdlib.h>

enum { MOST_WORKERS = 64 };

typedef struct running { /* shared by the workers; lock guards what is below it */
    const cs_backtest_options *options;
    cs_backtest *test;
    int64_t numbers[CS_MAX_RULESET_NUMBERS];
    unsigned number_count;
    pthread_mutex_t lock;
    int64_t after; /* where the next piece begins */
    int64_t done;
    bool is_at_end;
    cs_error fault;
    cs_message fault_message;
} running;

typedef struct worker {
    pthread_t thread;
    running *all;
    cs_backtest_reader *reader;
    cs_backtest_judge *judge;
    cs_backtest_tally tally;
} worker;

/* ---- one worker ---- */

static bool is_stopped(const running *all) {
    return all->options->is_stopped && *all->options->is_stopped;
}

/* The next piece of the store, for this worker alone. count 0: there is none. */
static cs_error take_piece(worker *w, int64_t *after, int64_t *until, int64_t *count, cs_message *message) {
    running *all = w->all;
    pthread_mutex_lock(&all->lock);
    *count = 0;
    cs_error code = CS_OK;
    if (!all->is_at_end && all->fault == CS_OK && !is_stopped(all))
        code = backtest_reader_piece(w->reader, all->after, until, count, message);
    *after = all->after;
    if (code == CS_OK && *count > 0) all->after = *until;
    if (code == CS_OK && *count == 0 && !is_stopped(all)) all->is_at_end = true;
    pthread_mutex_unlock(&all->lock);
    return code;
}

static cs_error work_piece(worker *w, int64_t after, int64_t until, cs_message *message) {
    cs_backtest_row row;
    bool has_row = true;
    cs_error code = backtest_reader_begin(w->reader, after, until, message);
    while (code == CS_OK && has_row) {
        code = backtest_reader_next(w->reader, &row, &has_row, message);
        if (code == CS_OK && has_row) code = judge_row(w->judge, w->reader, &row, &w->tally, message);
    }
    backtest_reader_end(w->reader);
    return code;
}

static void report(running *all, int64_t count) {
    pthread_mutex_lock(&all->lock);
    all->done += count;
    if (all->options->on_progress) all->options->on_progress(all->options->context, all->done, all->test->expected);
    pthread_mutex_unlock(&all->lock);
}

static void *work(void *context) {
    worker *w = context;
    running *all = w->all;
    cs_message message;
    int64_t after, until, count;
    cs_error code = take_piece(w, &after, &until, &count, &message);
    while (code == CS_OK && count > 0) {
        code = work_piece(w, after, until, &message);
        if (code == CS_OK) {
            report(all, count);
            code = take_piece(w, &after, &until, &count, &message);
        }
    }
    if (code == CS_OK) return NULL;
    pthread_mutex_lock(&all->lock);
    if (all->fault == CS_OK) {
        all->fault = code;
        all->fault_message = message;
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* ---- all workers ---- */

static void worker_close(worker *w) {
    judge_close(w->judge);
    backtest_reader_close(w->reader);
    tally_free(&w->tally);
}

static cs_error worker_start(worker *w, running *all, cs_message *message) {
    *w = (worker){.all = all};
    const cs_backtest_plan *plan = all->test->plan;
    cs_error code = backtest_reader_open(all->options->data, &w->reader, message);
    if (code == CS_OK) code = tally_init(&w->tally, plan->count, all->options->samples, message);
    if (code == CS_OK) code = judge_open(plan, all->numbers, all->number_count, &w->judge, message);
    if (code == CS_OK && pthread_create(&w->thread, NULL, work, w) != 0)
        code = message_set(message, CS_ERR_MEMORY, "a thread can't be started");
    if (code != CS_OK) worker_close(w);
    return code;
}

static unsigned workers_wanted(const cs_backtest_options *options) {
    unsigned cores = options->workers ? options->workers : cores_usable(MOST_WORKERS);
    return cores > MOST_WORKERS ? MOST_WORKERS : cores;
}

static cs_error run_workers(running *all, cs_message *message) {
    worker workers[MOST_WORKERS];
    unsigned wanted = workers_wanted(all->options), started = 0;
    cs_error code = CS_OK;
    while (code == CS_OK && started < wanted) {
        code = worker_start(&workers[started], all, message);
        started += code == CS_OK;
    }
    if (code != CS_OK) {
        pthread_mutex_lock(&all->lock);
        all->is_at_end = true;
        pthread_mutex_unlock(&all->lock);
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        if (code == CS_OK && !tally_add(&all->test->tally, &workers[i].tally))
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
        worker_close(&workers[i]);
    }
    if (code != CS_OK || all->fault == CS_OK) return code;
    if (message) *message = all->fault_message;
    return all->fault;
}

static cs_error measure(running *all, cs_message *message) {
    cs_backtest_reader *reader = NULL;
    cs_error code = backtest_reader_open(all->options->data, &reader, message);
    if (code == CS_OK)
        code = backtest_reader_extent(reader, all->options->limit, &all->after, &all->test->expected, message);
    if (code == CS_OK)
        code = backtest_reader_numbers(reader, ruleset_id(all->options->old_rules), all->numbers, &all->number_count,
                                       message);
    backtest_reader_close(reader);
    return code;
}

static cs_error run(running *all, cs_message *message) {
    cs_backtest *test = all->test;
    cs_error code = plan_make(all->options->old_rules, all->options->new_rules, &test->plan, message);
    if (code == CS_OK) code = tally_init(&test->tally, test->plan->count, all->options->samples, message);
    if (code == CS_OK) code = measure(all, message);
    if (code != CS_OK || test->plan->count == 0) return code; /* nothing differs: nothing to read */
    pthread_mutex_init(&all->lock, NULL);
    code = run_workers(all, message);
    pthread_mutex_destroy(&all->lock);
    test->is_partial = is_stopped(all) && test->tally.conversations < test->expected;
    return code;
}

cs_error backtest_run(const cs_backtest_options *options, cs_backtest **out, cs_message *message) {
    cs_backtest *test = calloc(1, sizeof *test);
    if (!test) return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    running all = {.options = options, .test = test};
    int64_t started_ms = clock_steady_ms();
    cs_error code = run(&all, message);
    test->elapsed_ms = clock_steady_ms() - started_ms;
    if (code == CS_OK)
        *out = test;
    else
        backtest_free(test);
    return code;
}

bool backtest_is_partial(const cs_backtest *backtest) {
    return backtest->is_partial;
}

int64_t backtest_skipped(const cs_backtest *backtest) {
    return backtest->tally.skipped;
}

void backtest_free(cs_backtest *backtest) {
    if (!backtest) return;
    tally_free(&backtest->tally);
    plan_free(backtest->plan);
    free(backtest);
}
