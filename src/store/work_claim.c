/* Claiming: a few steps in indexes, whatever waits. The only SQL of the queue that differs between the databases. */
#include "base/clock.h"
#include "store/work.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SQL = 2048, MAX_IMPORTS = 64 };

#define COLUMNS                                                                                                        \
    "number, kind, import, seq, external_id, hash, body, origin, urgency, started_ms, made_ms, run_ms, attempts"

/* Those of one id come one after another, in the order they were read: of twins the first is kept. */
#define IS_FREE                                                                                                        \
    " AND NOT EXISTS (SELECT 1 FROM job o WHERE o.external_id = j.external_id AND o.number < j.number AND o.state <> " \
    "'aside')"

/* By cs_db_kind. On PostgreSQL others claim at the same time: what they hold is passed over. */
static const char *const updates[2] = {
    "UPDATE job SET state = 'running', attempts = attempts + 1, worker = :worker, lease_ms = :lease WHERE number IN "
    "(SELECT j.number FROM job j WHERE %s LIMIT :most) RETURNING " COLUMNS,
    "WITH picked AS MATERIALIZED (SELECT j.number FROM job j WHERE %s LIMIT :most FOR UPDATE SKIP LOCKED) UPDATE job "
    "SET state = 'running', attempts = attempts + 1, worker = :worker, lease_ms = :lease WHERE number IN (SELECT "
    "number FROM picked) RETURNING " COLUMNS,
};

typedef struct claiming {
    cs_db *db;
    const cs_work_claim *claim;
    cs_work_job **out;
    size_t count;
} claiming;

void work_job_free(cs_work_job *job) {
    free(job);
}

/* ---- rows ---- */

static cs_work_kind kind_of(const char *name) {
    return strcmp(name, "joined") == 0   ? CS_WORK_JOINED
           : strcmp(name, "rules") == 0  ? CS_WORK_RULES
           : strcmp(name, "speech") == 0 ? CS_WORK_SPEECH
                                         : CS_WORK_READ;
}

static const char *put_text(char **at, const char *text) {
    if (!text) return NULL;
    size_t bytes = strlen(text) + 1;
    char *copy = memcpy(*at, text, bytes);
    *at += bytes;
    return copy;
}

/* One block: the texts and the body lie behind the struct. NULL: out of memory. */
static cs_work_job *read_job(cs_stmt *stmt) {
    const char *id = db_text(stmt, 4), *origin = db_text(stmt, 7);
    size_t hash_bytes_read = 0, body_bytes = 0;
    const void *hash = db_bytes(stmt, 5, &hash_bytes_read), *body = db_bytes(stmt, 6, &body_bytes);
    size_t texts = (id ? strlen(id) + 1 : 0) + (origin ? strlen(origin) + 1 : 0);
    cs_work_job *job = calloc(1, sizeof *job + body_bytes + texts);
    if (!job) return NULL;
    char *at = (char *)(job + 1);
    *job = (cs_work_job){.number = db_int64(stmt, 0),
                         .kind = kind_of(db_text(stmt, 1)),
                         .import = db_int64(stmt, 2),
                         .seq = db_int64(stmt, 3),
                         .is_urgent = db_int64(stmt, 8) != 0,
                         .started_ms = db_int64(stmt, 9),
                         .made_ms = db_int64(stmt, 10),
                         .run_ms = db_int64(stmt, 11),
                         .attempts = db_int64(stmt, 12)};
    if (hash && hash_bytes_read == CS_HASH_BYTES) memcpy(job->hash.bytes, hash, CS_HASH_BYTES);
    if (body_bytes) job->body = memcpy(at, body, body_bytes);
    job->body_bytes = body_bytes;
    at += body_bytes;
    job->external_id = put_text(&at, id);
    job->origin = put_text(&at, origin);
    return job;
}

static int compare_jobs(const void *left, const void *right) {
    const cs_work_job *a = *(cs_work_job *const *)left, *b = *(cs_work_job *const *)right;
    if (a->started_ms != b->started_ms) return a->started_ms > b->started_ms ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

enum { OF_ALL = INT_MIN };

/* Up to `most` of those that fit, the newest first. import OF_ALL: it is not asked for. */
static cs_error take(claiming *c, const char *which, int64_t import, size_t most, cs_message *message) {
    char sql[MAX_SQL];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    size_t before = c->count;
    if (c->count + most > c->claim->most) most = c->claim->most - c->count;
    if (most == 0) return CS_OK;
    (void)snprintf(sql, sizeof sql, updates[db_kind(c->db)], which);
    cs_error code = db_query(c->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "worker", c->claim->worker);
    db_bind_int64(stmt, "lease", c->claim->now_ms + CS_WORK_LEASE_MS);
    db_bind_int64(stmt, "most", (int64_t)most);
    if (import != OF_ALL) db_bind_int64(stmt, "import", import);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_work_job *job = read_job(stmt);
        if (!job) code = message_set(message, CS_ERR_MEMORY, "no memory for the work");
        if (!job) break;
        c->out[c->count++] = job;
    }
    db_done(stmt);
    if (c->count > before) qsort(c->out + before, c->count - before, sizeof *c->out, compare_jobs);
    return code;
}

/* ---- the order ---- */

static cs_error take_urgent(claiming *c, size_t most, cs_message *message) {
    return take(c,
                "j.state = 'waiting' AND j.attempts = 0 AND j.urgency = 1" IS_FREE
                " ORDER BY j.started_ms DESC, j.number DESC",
                OF_ALL, most, message);
}

/* The imports that have fresh work, beginning behind the one that came last. */
static cs_error list_imports(claiming *c, int64_t *imports, size_t *count, cs_message *message) {
    int64_t after = *c->claim->after_import, first = after;
    bool has_turned = false;
    *count = 0;
    while (*count < MAX_IMPORTS) {
        cs_stmt *stmt = NULL;
        bool has_row = false;
        cs_error code = db_query(c->db,
                                 "SELECT import FROM job WHERE state = 'waiting' AND attempts = 0 AND urgency = 0 AND "
                                 "import > :after ORDER BY import LIMIT 1",
                                 &stmt, message);
        if (code != CS_OK) return code;
        db_bind_int64(stmt, "after", after);
        code = db_step(stmt, &has_row, message);
        int64_t import = has_row ? db_int64(stmt, 0) : 0;
        db_done(stmt);
        if (code != CS_OK) return code;
        if (has_row && has_turned && import > first) break;
        if (has_row) imports[(*count)++] = after = import;
        if (!has_row && has_turned) break;
        if (!has_row) {
            has_turned = true;
            after = -1;
        }
    }
    return CS_OK;
}

/* Each gets its share; what one leaves over the next ones may have. */
static cs_error take_in_turn(claiming *c, cs_message *message) {
    int64_t imports[MAX_IMPORTS];
    size_t count = 0;
    cs_error code = list_imports(c, imports, &count, message);
    for (size_t i = 0; code == CS_OK && i < count && c->count < c->claim->most; i++) {
        size_t room = c->claim->most - c->count, before = c->count, others = count - i;
        code = take(c,
                    "j.import = :import AND j.state = 'waiting' AND j.attempts = 0 AND j.urgency = 0" IS_FREE
                    " ORDER BY j.started_ms DESC, j.number DESC",
                    imports[i], (room + others - 1) / others, message);
        if (c->count > before) *c->claim->after_import = imports[i];
    }
    return code;
}

static cs_error take_suspect(claiming *c, cs_message *message) {
    return take(c,
                "j.state = 'waiting' AND j.attempts > 0 AND (j.import >= 0 OR j.import = :import)" IS_FREE
                " ORDER BY j.number",
                c->claim->behind, 1, message);
}

/* The riskiest and newest of them; as many as hands are free, so that none lies while something comes in. */
static cs_error take_behind(claiming *c, cs_message *message) {
    if (c->count > 0 || c->claim->behind >= 0) return CS_OK;
    return take(c,
                "j.import = :import AND j.state = 'waiting' AND j.attempts = 0" IS_FREE
                " ORDER BY j.urgency DESC, j.started_ms DESC, j.number DESC",
                c->claim->behind, c->claim->most_behind, message);
}

static cs_error take_fresh(claiming *c, cs_message *message) {
    size_t half = c->claim->most / 2;
    if (c->claim->most == 1) half = *c->claim->was_urgent ? 0 : 1;
    cs_error code = take_urgent(c, half, message);
    *c->claim->was_urgent = c->count > 0;
    if (code == CS_OK) code = take_in_turn(c, message);
    if (code == CS_OK) code = take_urgent(c, c->claim->most, message);
    return code == CS_OK ? take_behind(c, message) : code;
}

cs_error work_claim_within(cs_db *db, const cs_work_claim *claim, cs_work_job **out, size_t *count,
                           cs_message *message) {
    claiming c = {.db = db, .claim = claim, .out = out};
    *count = 0;
    cs_error code = claim->is_suspect ? take_suspect(&c, message) : take_fresh(&c, message);
    if (code != CS_OK)
        for (size_t i = 0; i < c.count; i++) work_job_free(out[i]);
    else
        *count = c.count;
    return code;
}

cs_error work_claim(cs_db *db, const cs_work_claim *claim, cs_work_job **out, size_t *count, cs_message *message) {
    cs_error code = db_begin_brief(db, message);
    if (code != CS_OK) return code;
    code = work_claim_within(db, claim, out, count, message);
    if (code == CS_OK) code = db_commit(db, message);
    if (code == CS_OK) return CS_OK;
    for (size_t i = 0; i < *count; i++) work_job_free(out[i]);
    *count = 0;
    db_rollback(db);
    return code;
}
