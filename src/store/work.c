#include "store/work.h"

#include "base/clock.h"
#include "store/work_process.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[CS_WORK_KINDS] = {"read", "joined", "rules", "speech"};

/* ---- giving ---- */

cs_error work_give(cs_db *db, const cs_work_job *job, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO job (kind, import, seq, external_id, hash, body, origin, urgency, started_ms, "
                 "made_ms, run_ms, state, attempts) VALUES (:kind, :import, :seq, :external_id, :hash, "
                 ":body, :origin, :urgency, :started, :now, :run, 'waiting', 0) ON CONFLICT DO NOTHING",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", kind_names[job->kind]);
    db_bind_int64(stmt, "import", job->import);
    if (job->seq)
        db_bind_int64(stmt, "seq", job->seq);
    else
        db_bind_null(stmt, "seq");
    db_bind_text(stmt, "external_id", job->external_id);
    if (job->body) {
        db_bind_bytes(stmt, "hash", job->hash.bytes, CS_HASH_BYTES);
        db_bind_bytes(stmt, "body", job->body, job->body_bytes);
    } else {
        db_bind_null(stmt, "hash");
        db_bind_null(stmt, "body");
    }
    db_bind_text(stmt, "origin", job->origin);
    db_bind_int64(stmt, "urgency", job->is_urgent);
    db_bind_int64(stmt, "started", job->started_ms == CS_NO_TIME ? 0 : job->started_ms);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "run", job->run_ms);
    return db_run(stmt, message);
}

cs_error work_is_pending(cs_db *db, const char *external_id, bool *is_pending, cs_message *message) {
    cs_stmt *stmt = NULL;
    *is_pending = false;
    cs_error code =
        db_query(db, "SELECT 1 FROM job WHERE external_id = :id AND state <> 'aside' LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", external_id);
    code = db_step(stmt, is_pending, message);
    db_done(stmt);
    return code;
}

cs_error work_left(cs_db *db, int64_t import, cs_work_left *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_work_left){0};
    cs_error code =
        db_query(db, "SELECT state, count(*) FROM job WHERE import = :import GROUP BY state", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *state = db_text(stmt, 0);
        int64_t *slot = strcmp(state, "waiting") == 0   ? &out->waiting
                        : strcmp(state, "running") == 0 ? &out->running
                                                        : &out->aside;
        *slot = db_int64(stmt, 1);
    }
    db_done(stmt);
    return code;
}

static cs_error run_of_import(cs_db *db, const char *sql, int64_t import, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    return db_run(stmt, message);
}

cs_error work_settle(cs_db *db, int64_t import, cs_message *message) {
    cs_error code = run_of_import(db, "DELETE FROM import_work WHERE import = :import", import, message);
    return code == CS_OK ? run_of_import(db, "DELETE FROM import_unread WHERE import = :import", import, message)
                         : code;
}

cs_error work_clear(cs_db *db, int64_t import, cs_message *message) {
    cs_error code = run_of_import(db, "DELETE FROM job WHERE import = :import", import, message);
    return code == CS_OK ? work_settle(db, import, message) : code;
}

cs_error work_waits(cs_db *db, int64_t behind, cs_work_waiting *out, cs_message *message) {
    static const char *const looks[] = {
        "SELECT 1 FROM job WHERE state = 'waiting' AND attempts = 0 AND urgency = 1 LIMIT 1",
        "SELECT 1 FROM job WHERE state = 'waiting' AND attempts = 0 AND urgency = 0 LIMIT 1",
        "SELECT 1 FROM job WHERE import = :behind AND state = 'waiting' AND attempts = 0 LIMIT 1",
        "SELECT 1 FROM job WHERE state = 'waiting' AND attempts > 0 AND (import >= 0 OR import = :behind) LIMIT 1",
    };
    bool found[4] = {false};
    cs_error code = CS_OK;
    for (int i = 0; code == CS_OK && i < 4; i++) {
        cs_stmt *stmt = NULL;
        if (i == 2 && behind >= 0) continue;
        code = db_query(db, looks[i], &stmt, message);
        if (code != CS_OK) return code;
        if (i >= 2) db_bind_int64(stmt, "behind", behind);
        code = db_step(stmt, &found[i], message);
        db_done(stmt);
    }
    *out = (cs_work_waiting){found[0] || found[1], found[2], found[3]};
    return code;
}

/* ---- by whoever holds the lease ---- */

#define IS_OURS " WHERE number = :number AND worker = :worker AND attempts = :attempts AND state = 'running'"

static void bind_lease(cs_stmt *stmt, const cs_work_job *job, int64_t worker) {
    db_bind_int64(stmt, "number", job->number);
    db_bind_int64(stmt, "worker", worker);
    db_bind_int64(stmt, "attempts", job->attempts);
}

cs_error work_finish(cs_db *db, const cs_work_job *job, int64_t worker, const char *rules, cs_work_end *out,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_work_end){0};
    cs_error code = db_query(db,
                             "DELETE FROM job" IS_OURS
                             " AND (:rules IS NULL OR EXISTS (SELECT 1 FROM setting WHERE name = 'ruleset' AND value = "
                             ":rules)) RETURNING (SELECT count(*) FROM conversation c WHERE c.external_id = :id AND "
                             "(c.seen_import > :import OR EXISTS (SELECT 1 FROM import_item t WHERE t.seq = c.seq AND "
                             "t.import > :import)))",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_lease(stmt, job, worker);
    db_bind_text(stmt, "rules", rules);
    db_bind_text(stmt, "id", job->kind == CS_WORK_READ ? job->external_id : NULL);
    db_bind_int64(stmt, "import", job->import);
    code = db_step(stmt, &has_row, message);
    out->is_ours = code == CS_OK && has_row;
    out->is_superseded = out->is_ours && db_int64(stmt, 0) > 0;
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

cs_error work_extend(cs_db *db, const cs_work_job *job, int64_t worker, int64_t now_ms, bool *is_ours,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE job SET lease_ms = :lease" IS_OURS, &stmt, message);
    if (code != CS_OK) return code;
    bind_lease(stmt, job, worker);
    db_bind_int64(stmt, "lease", now_ms + CS_WORK_LEASE_MS);
    code = db_run(stmt, message);
    *is_ours = code == CS_OK && db_changes(db) > 0;
    return code;
}

static cs_error put_back(cs_db *db, const cs_work_job *job, int64_t worker, const char *state, int64_t attempts,
                         const cs_message *why, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE job SET state = :state, attempts = :now_attempts, worker = NULL, lease_ms = NULL, "
                             "reason = :reason, remedy = :remedy" IS_OURS,
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_lease(stmt, job, worker);
    db_bind_text(stmt, "state", state);
    db_bind_int64(stmt, "now_attempts", attempts);
    db_bind_text(stmt, "reason", why ? why->reason : NULL);
    db_bind_text(stmt, "remedy", why ? why->remedy : NULL);
    return db_run(stmt, message);
}

cs_error work_give_back(cs_db *db, const cs_work_job *job, int64_t worker, bool is_tried, const cs_message *why,
                        cs_message *message) {
    if (!is_tried) return put_back(db, job, worker, "waiting", job->attempts - 1, NULL, message);
    return put_back(db, job, worker, job->attempts >= CS_WORK_ATTEMPTS ? "aside" : "waiting", job->attempts, why,
                    message);
}

cs_error work_set_aside(cs_db *db, const cs_work_job *job, int64_t worker, const cs_message *why, cs_message *message) {
    return put_back(db, job, worker, "aside", job->attempts, why, message);
}

/* ---- leases that are over ---- */

/* The running ones by worker: few, however many wait. */
typedef struct holder {
    int64_t worker, earliest_ms;
    bool is_gone;
} holder;

enum { MAX_HOLDERS = 256 };

static cs_error list_holders(cs_db *db, holder *out, size_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *count = 0;
    cs_error code = db_query(db,
                             "SELECT r.worker, r.earliest, w.machine, w.pid, w.born FROM (SELECT worker, "
                             "min(lease_ms) AS earliest FROM job WHERE state = 'running' GROUP BY worker) r LEFT JOIN "
                             "worker w ON w.number = r.worker",
                             &stmt, message);
    if (code != CS_OK) return code;
    while (*count < MAX_HOLDERS && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        bool is_known = !db_is_null(stmt, 2);
        bool is_here = is_known && strcmp(db_text(stmt, 2), work_process_machine()) == 0;
        out[(*count)++] = (holder){db_int64(stmt, 0), db_int64(stmt, 1),
                                   !is_known || (is_here && !work_process_lives(db_int64(stmt, 3), db_int64(stmt, 4)))};
    }
    db_done(stmt);
    return code;
}

cs_error work_must_take_back(cs_db *db, int64_t now_ms, bool *must, cs_message *message) {
    holder holders[MAX_HOLDERS];
    size_t count = 0;
    *must = false;
    cs_error code = list_holders(db, holders, &count, message);
    for (size_t i = 0; i < count; i++) *must = *must || holders[i].is_gone || holders[i].earliest_ms < now_ms;
    return code;
}

static cs_error take_from(cs_db *db, const holder *from, int64_t now_ms, int64_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE job SET state = CASE WHEN attempts >= :most THEN 'aside' ELSE 'waiting' END, "
                             "worker = NULL, lease_ms = NULL, reason = :reason, remedy = :remedy WHERE state = "
                             "'running' AND worker = :worker AND lease_ms < :before",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", CS_WORK_ATTEMPTS);
    db_bind_text(stmt, "reason",
                 from->is_gone ? "the worker died while it had this in hand, three times"
                               : "no worker came to an end with this in time, three times");
    db_bind_text(stmt, "remedy",
                 "look into the log of the workers; try it again when that is mended, or give it up: its import then "
                 "names it as refused");
    db_bind_int64(stmt, "worker", from->worker);
    db_bind_int64(stmt, "before", from->is_gone ? INT64_MAX : now_ms);
    code = db_run(stmt, message);
    if (code == CS_OK) *count += db_changes(db);
    if (code != CS_OK || !from->is_gone) return code;
    code =
        db_query(db, "UPDATE worker SET ended_ms = :now WHERE number = :worker AND ended_ms IS NULL", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "worker", from->worker);
    return db_run(stmt, message);
}

cs_error work_take_back(cs_db *db, int64_t now_ms, int64_t *count, cs_message *message) {
    holder holders[MAX_HOLDERS];
    size_t found = 0;
    *count = 0;
    cs_error code = list_holders(db, holders, &found, message);
    for (size_t i = 0; code == CS_OK && i < found; i++)
        if (holders[i].is_gone || holders[i].earliest_ms < now_ms)
            code = take_from(db, &holders[i], now_ms, count, message);
    return code;
}
