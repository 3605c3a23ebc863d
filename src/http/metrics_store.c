/* What /metrics says about the store, its disk and its imports. */
#include "http/metrics.h"
#include "http/routes.h"

#include "base/clock.h"
#include "imports/import.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

static bool read_number(cs_db *db, const char *sql, int64_t *out) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, NULL);
    if (code == CS_OK) code = db_step(stmt, &has_row, NULL);
    if (code == CS_OK && has_row) *out = db_int64(stmt, 0);
    db_done(stmt);
    return code == CS_OK && has_row;
}

static void write_number(cs_buffer *out, cs_db *db, const char *sql, const char *name, const char *words) {
    int64_t number = 0;
    if (!read_number(db, sql, &number)) return;
    metric_head(out, name, "gauge", words);
    metric_int(out, name, NULL, number);
}

static void write_imports(cs_buffer *out, cs_db *db) {
    int64_t counts[CS_IMPORT_STATES] = {0};
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char labels[64];
    cs_error code = db_query(db, "SELECT state, count(*) FROM import GROUP BY state", &stmt, NULL);
    while (code == CS_OK && (code = db_step(stmt, &has_row, NULL)) == CS_OK && has_row)
        for (int i = 0; i < CS_IMPORT_STATES; i++)
            if (strcmp(db_text(stmt, 0), import_state_name((cs_import_state)i)) == 0) counts[i] = db_int64(stmt, 1);
    db_done(stmt);
    if (code != CS_OK) return;
    metric_head(out, "callscope_imports", "gauge", "Imports in each state.");
    for (int i = 0; i < CS_IMPORT_STATES; i++) {
        (void)snprintf(labels, sizeof labels, "state=\"%s\"", import_state_name((cs_import_state)i));
        metric_int(out, "callscope_imports", labels, counts[i]);
    }
}

static void write_size(cs_buffer *out, cs_db *db) {
    static const char *const sqlite = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    static const char *const postgres =
        "SELECT CAST(sum(pg_total_relation_size(c.oid)) AS bigint) FROM pg_class c "
        "WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)";
    write_number(out, db, db_kind(db) == CS_DB_SQLITE ? sqlite : postgres, "callscope_store_bytes",
                 "What the database occupies; recordings lie beside it.");
}

static void write_disk(cs_buffer *out, const char *data) {
    struct statvfs disk;
    if (statvfs(data, &disk) != 0) return;
    metric_head(out, "callscope_disk_free_bytes", "gauge", "Room left where recordings and uploads lie.");
    metric_int(out, "callscope_disk_free_bytes", NULL, (int64_t)(disk.f_bavail * disk.f_frsize));
}

/* ---- the queue ---- */

static cs_error add_minutes(cs_db *db, cs_metrics_work *work, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT minute, done, failed FROM work_minute WHERE minute >= :minute ORDER BY minute",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "minute", work->minute);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        int64_t minute = db_int64(stmt, 0), done = db_int64(stmt, 1), failed = db_int64(stmt, 2);
        bool is_seen = minute == work->minute;
        work->done += done - (is_seen ? work->done_then : 0);
        work->failed += failed - (is_seen ? work->failed_then : 0);
        work->minute = minute;
        work->done_then = done;
        work->failed_then = failed;
    }
    db_done(stmt);
    return code;
}

static void write_done(cs_buffer *out, cs_db *db, cs_metrics_work *work) {
    (void)pthread_mutex_lock(&work->lock);
    bool is_good = add_minutes(db, work, NULL) == CS_OK;
    int64_t done = work->done, failed = work->failed;
    (void)pthread_mutex_unlock(&work->lock);
    if (!is_good) return;
    metric_head(out, "callscope_jobs_done_total", "counter", "Conversations that workers have done, on all machines.");
    metric_int(out, "callscope_jobs_done_total", NULL, done);
    metric_head(out, "callscope_job_failures_total", "counter", "Of those: refused, or set aside.");
    metric_int(out, "callscope_job_failures_total", NULL, failed);
}

static void write_work(cs_buffer *out, cs_db *db, cs_metrics_work *work) {
    cs_work_counts counts;
    int64_t now = clock_now_ms();
    if (work_counts(db, now, &counts, NULL) != CS_OK) return;
    metric_head(out, "callscope_jobs", "gauge", "Conversations in the queue, by state.");
    metric_int(out, "callscope_jobs", "state=\"waiting\"", counts.waiting);
    metric_int(out, "callscope_jobs", "state=\"running\"", counts.running);
    metric_int(out, "callscope_jobs", "state=\"aside\"", counts.aside);
    metric_head(out, "callscope_jobs_urgent", "gauge", "Of those that wait: urgent ones.");
    metric_int(out, "callscope_jobs_urgent", NULL, counts.urgent);
    metric_head(out, "callscope_job_oldest_seconds", "gauge", "How long the oldest has waited; 0: none waits.");
    int64_t waited = counts.oldest_ms == CS_NO_TIME || counts.oldest_ms > now ? 0 : (now - counts.oldest_ms) / 1000;
    metric_int(out, "callscope_job_oldest_seconds", NULL, waited);
    write_done(out, db, work);
}

void metrics_write_store(cs_buffer *out, cs_desk *desk, cs_metrics_work *work) {
    cs_db *db = NULL;
    cs_error code = desk_look(desk, &db, NULL);
    metric_head(out, "callscope_store_up", "gauge", "1: the store can be read, or there is none yet.");
    metric_int(out, "callscope_store_up", NULL, code == CS_OK || code == CS_ERR_NOT_FOUND);
    write_disk(out, desk->data);
    if (code != CS_OK) return;
    write_number(out, db, "SELECT count(*) FROM conversation", "callscope_conversations",
                 "Conversations in the store.");
    write_size(out, db);
    write_imports(out, db);
    write_work(out, db, work);
    metrics_write_speech(out, db);
    desk_leave(desk);
}
