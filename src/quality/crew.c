/* The foreman: claims ahead of the hands, gives back what lies too long, takes back what others lost, and notices who is stuck. */
#include "quality/crew.h"

#include "base/clock.h"
#include "base/cores.h"
#include "base/log.h"
#include "quality/crew_hand.h"
#include "store/writer_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 1000,
    BUSY_LOOK_MS = 100,
    AFTER_TROUBLE_MS = 5000, /* a full disk, a store that is away: not tried again at once */
    NOTE_MS = 2000,
    UNEQUIP_MS = 60000, /* idle for so long, the rules are let go */
};

unsigned crew_cores(void) {
    return cores_usable(CS_CREW_MOST_HANDS);
}

/* ---- the store ---- */

static cs_error enter(void *context, cs_db *db, cs_message *message) {
    cs_crew *crew = context;
    return work_process_enter(db, clock_now_ms(), &crew->worker, message);
}

static cs_error leave(void *context, cs_db *db, cs_message *message) {
    const cs_crew *crew = context;
    return work_process_leave(db, crew->worker, clock_now_ms(), message);
}

static cs_error note(void *context, cs_db *db, cs_message *message) {
    cs_crew *crew = context;
    (void)pthread_mutex_lock(&crew->lock);
    int64_t done = crew->done - crew->noted_done, failed = crew->failed - crew->noted_failed;
    (void)pthread_mutex_unlock(&crew->lock);
    cs_error code = work_process_note(db, crew->worker, done, failed, clock_now_ms(), message);
    if (code != CS_OK) return code;
    crew->noted_done += done;
    crew->noted_failed += failed;
    return CS_OK;
}

static cs_error nothing(void *context, cs_db *db, cs_message *message) {
    (void)context, (void)db, (void)message;
    return CS_OK;
}

static void close_store(cs_crew *crew) {
    cs_message message;
    if (crew->writer) (void)writer_run_now(crew->writer, nothing, NULL, &message); /* what was submitted has ended */
    writer_leave(crew->writer);
    if (crew->writer) sampler_free(&crew->sampler);
    db_close(crew->claims);
    db_close(crew->db);
    crew->writer = NULL;
    crew->claims = crew->db = NULL;
}

/* One that is not there yet is no trouble. */
static cs_error open_store(cs_crew *crew, cs_message *message) {
    cs_error code = db_open(crew->data, CS_DB_READ, &crew->db, message);
    if (code == CS_ERR_NOT_FOUND) return code;
    if (code != CS_OK) { /* an older store is brought up to date by opening it for writing */
        code = writer_take(crew->data, &crew->writer, message);
        if (code == CS_OK) code = db_open(crew->data, CS_DB_READ, &crew->db, message);
    } else {
        code = writer_take(crew->data, &crew->writer, message);
    }
    if (code == CS_OK && db_kind(crew->db) == CS_DB_POSTGRES)
        code = db_open(crew->data, CS_DB_WRITE, &crew->claims, message);
    if (code == CS_OK) {
        memset(&crew->sampler, 0, sizeof crew->sampler);
        sampler_init(&crew->sampler, crew->writer);
        code = writer_run_now(crew->writer, enter, crew, message);
    }
    if (code != CS_OK) writer_forget(crew->writer);
    if (code != CS_OK) close_store(crew);
    return code;
}

/* ---- rules and hands ---- */

static void dismiss_hands(cs_crew *crew) {
    (void)pthread_mutex_lock(&crew->lock);
    crew->hands_end = true;
    (void)pthread_cond_broadcast(&crew->has_task);
    (void)pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->hand_count; i++) {
        (void)pthread_join(crew->hands[i].thread, NULL);
        bench_close(crew->hands[i].bench);
    }
    crew->hand_count = 0;
    crew->hands_end = false;
    if (crew->is_equipped) shop_free(&crew->shop);
    if (crew->rules) ruleset_release(crew->rules);
    crew->rules = NULL;
    crew->is_equipped = false;
}

static cs_error hire_hands(cs_crew *crew, cs_message *message) {
    cs_error code = CS_OK;
    shop_init(&crew->shop, crew->data, crew->key_file, crew->speech, crew->words, crew->rules, &crew->sampler);
    crew->shop.speech.words.is_told = true;
    shop_set_work(&crew->shop, &crew->is_stopped, crew->writer);
    crew->shop.speech.by_silero = crew->options.by_silero;
    crew->is_equipped = true;
    while (code == CS_OK && crew->hand_count < crew->options.workers) {
        cs_hand *hand = &crew->hands[crew->hand_count];
        *hand = (cs_hand){.crew = crew};
        code = bench_open(&crew->shop, &hand->bench, message);
        if (code == CS_OK && pthread_create(&hand->thread, NULL, crew_work, hand) != 0) {
            bench_close(hand->bench);
            code = message_set(message, CS_ERR_MEMORY, "the system gave no thread for a worker");
        }
        if (code == CS_OK) crew->hand_count++;
    }
    if (code != CS_OK) dismiss_hands(crew);
    return code;
}

static int64_t in_hand(cs_crew *crew) {
    (void)pthread_mutex_lock(&crew->lock);
    int64_t count = crew->in_hand;
    (void)pthread_mutex_unlock(&crew->lock);
    return count;
}

/* The setting that names these rules: a save compares it, so that nothing is saved under rules that were exchanged. */
static cs_error read_setting(cs_crew *crew, cs_hash id, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(crew->db, "SELECT number FROM ruleset WHERE id = :id ORDER BY scorecard DESC LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_bytes(stmt, "id", id.bytes, CS_HASH_BYTES);
    code = db_step(stmt, &has_row, message);
    (void)snprintf(crew->setting, sizeof crew->setting, "%lld", has_row ? (long long)db_int64(stmt, 0) : 0);
    db_done(stmt);
    return code;
}

/* The store's current rules. Others than those in use wait until nothing is in hand. *is_ready false: not yet. */
static cs_error equip(cs_crew *crew, bool *is_ready, cs_message *message) {
    cs_hash id;
    *is_ready = false;
    cs_error code = archive_current_ruleset(crew->db, &id, message);
    if (code != CS_OK) return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    if (crew->is_equipped && hash_equal(id, ruleset_id(crew->rules))) {
        *is_ready = true;
        return CS_OK;
    }
    if (in_hand(crew) > 0) return CS_OK;
    dismiss_hands(crew);
    code = archive_load_ruleset(crew->db, id, &crew->rules, message);
    if (code == CS_OK) code = read_setting(crew, id, message);
    if (code == CS_OK) code = hire_hands(crew, message);
    *is_ready = code == CS_OK;
    return code;
}

/* ---- tasks ---- */

static void lay_out(cs_crew *crew, cs_work_job **rows, size_t count) {
    int64_t now = clock_steady_ms();
    (void)pthread_mutex_lock(&crew->lock);
    for (size_t i = 0; i < count; i++) {
        cs_task *task = calloc(1, sizeof *task);
        if (!task) { /* its lease runs out */
            work_job_free(rows[i]);
            continue;
        }
        *task = (cs_task){.crew = crew, .row = rows[i], .claimed_ms = now};
        if (crew->last)
            crew->last->next = task;
        else
            crew->first = task;
        crew->last = task;
        crew->lying++;
        crew->in_hand++;
    }
    (void)pthread_cond_broadcast(&crew->has_task);
    (void)pthread_mutex_unlock(&crew->lock);
}

/* Those at the front, claimed so long ago that their lease might run out before somebody is free: all at the end. */
static void give_back_lying(cs_crew *crew, bool all) {
    int64_t now = clock_steady_ms();
    for (;;) {
        (void)pthread_mutex_lock(&crew->lock);
        cs_task *task = crew->first;
        if (task && (all || now - task->claimed_ms > CS_CREW_LIES_MS)) {
            crew->first = task->next;
            if (!crew->first) crew->last = NULL;
            crew->lying--;
        } else {
            task = NULL;
        }
        (void)pthread_mutex_unlock(&crew->lock);
        if (!task) return;
        task->fate = CS_TASK_BACK;
        crew_submit(crew, task);
    }
}

/* What was refused, and what the store would not take before. */
static void submit_laters(cs_crew *crew) {
    (void)pthread_mutex_lock(&crew->lock);
    cs_task *task = crew->laters;
    crew->laters = NULL;
    (void)pthread_mutex_unlock(&crew->lock);
    while (task) {
        cs_task *next = task->next;
        task->next = NULL;
        crew_submit(crew, task);
        task = next;
    }
}

static void watch_hands(cs_crew *crew) {
    int64_t now = clock_steady_ms();
    bool has_news = false;
    (void)pthread_mutex_lock(&crew->lock);
    for (unsigned i = 0; i < crew->hand_count; i++) {
        cs_hand *hand = &crew->hands[i];
        bool is_stuck = hand->task && !hand->is_told && now - hand->moved_ms > 2 * CS_WORK_LEASE_MS;
        hand->is_told = hand->is_told || is_stuck;
        has_news = has_news || is_stuck;
    }
    int64_t lost = crew->lost;
    crew->lost = 0;
    (void)pthread_mutex_unlock(&crew->lock);
    if (lost) log_line(CS_LOG_WARN, "work: %lld took too long here; other workers have them now", (long long)lost);
    if (!has_news) return;
    log_line(CS_LOG_ERROR,
             "work: a thread has been at one conversation for %d s without progress; others have its work",
             2 * CS_WORK_LEASE_MS / 1000);
    if (crew->options.on_stuck) crew->options.on_stuck(crew->options.context);
}

/* ---- claiming ---- */

typedef struct claiming {
    cs_work_claim claim;
    cs_work_job *rows[CS_WORK_MOST_CLAIMED];
    size_t count;
} claiming;

static cs_error claim_within(void *context, cs_db *db, cs_message *message) {
    claiming *c = context;
    for (size_t i = 0; i < c->count; i++) work_job_free(c->rows[i]); /* of a first run that was undone */
    return work_claim_within(db, &c->claim, c->rows, &c->count, message);
}

static size_t free_hands(cs_crew *crew) {
    int64_t busy = in_hand(crew);
    return busy < crew->options.workers ? crew->options.workers - (size_t)busy : 0;
}

/* On SQLite with what the writer commits anyway; on PostgreSQL beside it, for others hold its lock. */
static cs_error claim(cs_crew *crew, size_t most, bool is_suspect, size_t *count, cs_message *message) {
    claiming c = {0};
    c.claim = (cs_work_claim){.worker = crew->worker,
                              .now_ms = clock_now_ms(),
                              .most = most < CS_WORK_MOST_CLAIMED ? most : CS_WORK_MOST_CLAIMED,
                              .after_import = &crew->after_import,
                              .was_urgent = &crew->was_urgent,
                              .behind = crew->behind,
                              .most_behind = free_hands(crew),
                              .is_suspect = is_suspect};
    cs_error code = crew->claims ? work_claim(crew->claims, &c.claim, c.rows, &c.count, message)
                                 : writer_run_now(crew->writer, claim_within, &c, message);
    /* A group whose commit failed: what was claimed in it is not. */
    for (size_t i = 0; code != CS_OK && i < c.count; i++) work_job_free(c.rows[i]);
    *count = code == CS_OK ? c.count : 0;
    if (*count) lay_out(crew, c.rows, *count);
    return code;
}

static cs_error take_back(void *context, cs_db *db, cs_message *message) {
    return work_take_back(db, clock_now_ms(), context, message);
}

static cs_error take_back_lost(cs_crew *crew, cs_message *message) {
    bool must = false;
    int64_t count = 0;
    cs_error code = work_must_take_back(crew->db, clock_now_ms(), &must, message);
    if (code != CS_OK || !must) return code;
    code = writer_run_now(crew->writer, take_back, &count, message);
    if (count) log_line(CS_LOG_WARN, "work: %lld taken back from workers that are gone", (long long)count);
    return code;
}

typedef struct rounds { /* of the foreman */
    int64_t looked_ms, noted_ms, worked_ms;
} rounds;

/* More for the hands. A suspect one is worked on when nothing else is in hand, so that it takes no others with it. */
static cs_error supply(cs_crew *crew, rounds *r, cs_message *message) {
    cs_work_waiting waiting;
    bool is_ready = false;
    size_t count = 0, most = (size_t)crew->options.workers * CS_CREW_AHEAD;
    (void)pthread_mutex_lock(&crew->lock);
    size_t lying = crew->lying;
    (void)pthread_mutex_unlock(&crew->lock);
    if (lying > most / 2) return CS_OK;
    cs_error code = work_waits(crew->db, crew->behind, &waiting, message);
    waiting.is_behind = waiting.is_behind && in_hand(crew) < crew->options.workers;
    if (code != CS_OK || (!waiting.is_fresh && !waiting.is_behind && !waiting.is_suspect)) return code;
    code = equip(crew, &is_ready, message);
    if (code != CS_OK || !is_ready) return code;
    r->worked_ms = clock_steady_ms();
    if (waiting.is_suspect) return in_hand(crew) == 0 ? claim(crew, 1, true, &count, message) : CS_OK;
    return claim(crew, most - lying, false, &count, message);
}

static cs_error look_round(cs_crew *crew, rounds *r, cs_message *message) {
    int64_t now = clock_steady_ms();
    cs_error code = CS_OK;
    submit_laters(crew);
    give_back_lying(crew, false);
    watch_hands(crew);
    if (now - r->looked_ms >= LOOK_MS) {
        r->looked_ms = now;
        code = take_back_lost(crew, message);
    }
    bool is_idle = in_hand(crew) == 0;
    bool has_news = crew->done != crew->noted_done || crew->failed != crew->noted_failed;
    if (code == CS_OK && has_news && (is_idle || now - r->noted_ms >= NOTE_MS)) {
        r->noted_ms = now;
        code = writer_run_now(crew->writer, note, crew, message);
    }
    if (is_idle && crew->is_equipped && now - r->worked_ms > UNEQUIP_MS) dismiss_hands(crew);
    if (code == CS_OK) code = crew_look_behind(crew, message);
    return code == CS_OK ? supply(crew, r, message) : code;
}

/* ---- the thread ---- */

static bool is_ending(cs_crew *crew) {
    (void)pthread_mutex_lock(&crew->lock);
    bool is_ending = crew->is_ending;
    (void)pthread_mutex_unlock(&crew->lock);
    return is_ending;
}

/* What can't be given back any more: its lease runs out. */
static void drop_laters(cs_crew *crew) {
    while (crew->laters) {
        cs_task *task = crew->laters;
        crew->laters = task->next;
        crew->in_hand--;
        task_free(task);
    }
}

static void reopen(cs_crew *crew) {
    writer_forget(crew->writer);
    give_back_lying(crew, true); /* fails at once where the store is lost, and is dropped */
    dismiss_hands(crew);
    close_store(crew); /* what it would not take is given back when it is open again */
    (void)pthread_mutex_lock(&crew->lock);
    crew->is_broken = false;
    (void)pthread_mutex_unlock(&crew->lock);
}

/* The trouble of a save, once. */
static bool take_trouble(cs_crew *crew, cs_message *message) {
    (void)pthread_mutex_lock(&crew->lock);
    bool is_broken = crew->is_broken;
    crew->is_broken = false;
    if (is_broken) *message = crew->trouble;
    (void)pthread_mutex_unlock(&crew->lock);
    return is_broken;
}

static void *lead(void *context) {
    cs_crew *crew = context;
    rounds r = {0};
    bool is_told = false;
    while (!is_ending(crew)) {
        cs_message message = {0};
        uint64_t seen = wake_count(crew->options.wake);
        cs_error code = CS_OK;
        if (crew->db && (db_is_lost(crew->db) || (crew->claims && db_is_lost(crew->claims)))) reopen(crew);
        if (!crew->db) code = open_store(crew, &message);
        bool is_missing = code == CS_ERR_NOT_FOUND;
        if (code == CS_OK) code = look_round(crew, &r, &message);
        if (code == CS_OK && take_trouble(crew, &message)) code = CS_ERR_STORE;
        if (code == CS_ERR_STORE && crew->claims) reopen(crew); /* a connection that broke stays broken */
        bool is_bad = code != CS_OK && !is_missing;
        if (is_bad && !is_told) log_line(CS_LOG_WARN, "work waits: %s %s", message.reason, message.place);
        is_told = is_bad;
        if (is_bad)
            for (int64_t ms = 0; ms < AFTER_TROUBLE_MS && !is_ending(crew); ms += BUSY_LOOK_MS)
                wake_wait(NULL, 0, BUSY_LOOK_MS);
        else
            wake_wait(crew->options.wake, seen, in_hand(crew) ? BUSY_LOOK_MS : LOOK_MS);
    }
    return NULL;
}

/* ---- from other threads ---- */

static void release(cs_crew *crew) {
    (void)pthread_cond_destroy(&crew->has_task);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew->data);
    free(crew->key_file);
    free(crew->speech);
    free(crew->words);
    free(crew);
}

cs_error crew_start(const cs_crew_options *options, cs_crew **out, cs_message *message) {
    cs_crew *crew = calloc(1, sizeof *crew);
    if (!crew) return message_set(message, CS_ERR_MEMORY, "no memory for the workers");
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->has_task, NULL);
    crew->options = *options;
    if (crew->options.workers > CS_CREW_MOST_HANDS) crew->options.workers = CS_CREW_MOST_HANDS;
    if (crew->options.workers < 1) crew->options.workers = 1;
    crew->data = strdup(options->data);
    crew->key_file = options->key_file ? strdup(options->key_file) : NULL;
    crew->speech = options->speech ? strdup(options->speech) : NULL;
    crew->words = options->words ? strdup(options->words) : NULL;
    bool is_good = crew->data && (!options->key_file || crew->key_file) && (!options->speech || crew->speech) &&
                   (!options->words || crew->words);
    if (!is_good || pthread_create(&crew->foreman, NULL, lead, crew) != 0) {
        release(crew);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for the workers");
    }
    *out = crew;
    return CS_OK;
}

void crew_counts(cs_crew *crew, cs_crew_counts *out) {
    (void)pthread_mutex_lock(&crew->lock);
    *out = (cs_crew_counts){crew->done, crew->failed, crew->in_hand};
    (void)pthread_mutex_unlock(&crew->lock);
}

void crew_stop(cs_crew *crew) {
    cs_message message;
    if (!crew) return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->is_ending = true;
    (void)pthread_mutex_unlock(&crew->lock);
    crew->is_stopped = 1;
    wake_post(crew->options.wake);
    (void)pthread_join(crew->foreman, NULL);
    if (crew->db) {
        give_back_lying(crew, true);
        dismiss_hands(crew);
        /* Twice: what is refused comes back once. */
        for (int i = 0; i < 2 && writer_run_now(crew->writer, note, crew, &message) == CS_OK; i++) submit_laters(crew);
        (void)writer_run_now(crew->writer, leave, crew, &message);
    }
    close_store(crew);
    drop_laters(crew);
    release(crew);
}
