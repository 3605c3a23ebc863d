/* How the queue stands, for people and for metrics. */
#include "base/clock.h"
#include "store/work.h"
#include "store/work_process.h"

#include <string.h>

enum { MINUTE_MS = 60000, MOST_IMPORTS = 200, MOST_WORKERS = 100 };

static cs_error read_states(cs_db *db, cs_work_counts *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT state, count(*) FROM job WHERE import >= 0 OR state = 'aside' GROUP BY state",
                             &stmt, message);
    if (code != CS_OK) return code;
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

static cs_error read_number(cs_db *db, const char *sql, int64_t otherwise, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : otherwise;
    db_done(stmt);
    return code;
}

/* The minute that runs and the whole one before it. */
static cs_error read_minutes(cs_db *db, int64_t now_ms, cs_work_counts *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t minute = now_ms / MINUTE_MS;
    cs_error code = db_query(db,
                             "SELECT coalesce(sum(done), 0), coalesce(sum(failed), 0), coalesce(sum(CASE WHEN minute "
                             ">= :recent THEN done ELSE 0 END), 0), coalesce(sum(CASE WHEN minute > :hour THEN failed "
                             "ELSE 0 END), 0) FROM work_minute",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "recent", minute - 1);
    db_bind_int64(stmt, "hour", minute - 60);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->done = db_int64(stmt, 0);
        out->failed = db_int64(stmt, 1);
        out->rate_per_minute =
            (double)db_int64(stmt, 2) * MINUTE_MS / (double)(MINUTE_MS + now_ms - minute * MINUTE_MS);
        out->failed_last_hour = db_int64(stmt, 3);
    }
    db_done(stmt);
    return code;
}

cs_error work_counts(cs_db *db, int64_t now_ms, cs_work_counts *out, cs_message *message) {
    *out = (cs_work_counts){.oldest_ms = CS_NO_TIME};
    cs_error code = read_states(db, out, message);
    if (code == CS_OK && out->waiting) {
        code = read_number(db, "SELECT count(*) FROM job WHERE state = 'waiting' AND attempts = 0 AND urgency = 1", 0,
                           &out->urgent, message);
        if (code == CS_OK)
            code = read_number(
                db, "SELECT made_ms FROM job WHERE state = 'waiting' AND import >= 0 ORDER BY number LIMIT 1",
                CS_NO_TIME, &out->oldest_ms, message);
    }
    return code == CS_OK ? read_minutes(db, now_ms, out, message) : code;
}

/* ---- JSON ---- */

static cs_error show_imports(cs_db *db, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT j.import, i.name, j.waiting, j.running, j.aside, coalesce(w.done, 0) FROM (SELECT "
                 "import, sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting, sum(CASE WHEN "
                 "state = 'running' THEN 1 ELSE 0 END) AS running, sum(CASE WHEN state = 'aside' THEN 1 "
                 "ELSE 0 END) AS aside FROM job WHERE import >= 0 GROUP BY import) j LEFT JOIN import i ON i.number = "
                 "j.import LEFT JOIN import_work w ON w.import = j.import ORDER BY j.import DESC LIMIT "
                 ":most",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", MOST_IMPORTS);
    json_array_open(out, "imports");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        json_object_open(out, NULL);
        json_write_int(out, "import", db_int64(stmt, 0));
        json_write_string(out, "name", db_text(stmt, 1));
        json_write_int(out, "waiting", db_int64(stmt, 2));
        json_write_int(out, "running", db_int64(stmt, 3));
        json_write_int(out, "aside", db_int64(stmt, 4));
        json_write_int(out, "done", db_int64(stmt, 5));
        json_object_close(out);
    }
    json_array_close(out);
    db_done(stmt);
    return code;
}

/* One of this machine is looked for; one elsewhere is believed until a lease of it runs out. */
static bool is_alive(cs_stmt *stmt, int64_t now_ms) {
    if (!db_is_null(stmt, 4)) return false;
    if (strcmp(db_text(stmt, 5), work_process_machine()) == 0)
        return work_process_lives(db_int64(stmt, 6), db_int64(stmt, 7));
    return db_is_null(stmt, 9) || db_int64(stmt, 9) >= now_ms;
}

static cs_error show_workers(cs_db *db, int64_t now_ms, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT w.number, w.name, w.started_ms, w.seen_ms, w.ended_ms, w.machine, w.pid, w.born, "
                             "w.done, r.earliest, coalesce(r.running, 0) FROM worker w LEFT JOIN (SELECT worker, "
                             "min(lease_ms) AS earliest, count(*) AS running FROM job WHERE state = 'running' GROUP BY "
                             "worker) r ON r.worker = w.number WHERE w.ended_ms IS NULL OR w.ended_ms > :since ORDER "
                             "BY w.number DESC LIMIT :most",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "since", now_ms - 60 * MINUTE_MS);
    db_bind_int64(stmt, "most", MOST_WORKERS);
    json_array_open(out, "workers");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        json_object_open(out, NULL);
        json_write_string(out, "name", db_text(stmt, 1));
        json_write_int(out, "started_ms", db_int64(stmt, 2));
        json_write_int(out, "seen_ms", db_int64(stmt, 3));
        json_write_bool(out, "is_alive", is_alive(stmt, now_ms));
        json_write_int(out, "running", db_int64(stmt, 10));
        json_write_int(out, "done", db_int64(stmt, 8));
        json_object_close(out);
    }
    json_array_close(out);
    db_done(stmt);
    return code;
}

cs_error work_show(cs_db *db, int64_t now_ms, int64_t unrecognised, cs_json_writer *out, cs_message *message) {
    cs_work_counts counts;
    cs_error code = work_counts(db, now_ms, &counts, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "waiting", counts.waiting);
    json_write_int(out, "urgent", counts.urgent);
    json_write_int(out, "running", counts.running);
    json_write_int(out, "aside", counts.aside);
    if (counts.oldest_ms == CS_NO_TIME)
        json_write_null(out, "oldest_ms");
    else
        json_write_int(out, "oldest_ms", counts.oldest_ms);
    json_write_double(out, "rate_per_minute", counts.rate_per_minute, 1);
    json_write_int(out, "failed_last_hour", counts.failed_last_hour);
    json_write_int(out, "unrecognised", unrecognised);
    code = show_imports(db, out, message);
    if (code == CS_OK) code = show_workers(db, now_ms, out, message);
    json_object_close(out);
    return code;
}
