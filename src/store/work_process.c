#include "store/work_process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MINUTE_MS = 60000, KEPT_MINUTES = 2 * 24 * 60, KEPT_WORKERS = 200, STARTED_FIELD = 22 };

static struct {
    char name[160], machine[200];
    int64_t born;
} self;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Field 22 of /proc/PID/stat, in ticks since the machine started; -1: there is no such process. */
static int64_t born_of(int64_t pid) {
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    FILE *file = fopen(path, "r");
    if (!file) return -1;
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = 0;
    char *at = strrchr(text, ')'); /* the name before it may hold anything */
    if (!at || at[1] == 0 || at[2] == 'Z') return -1; /* one that only waits to be buried lives no more */
    for (int field = 2; at && field < STARTED_FIELD; field++) at = strchr(at + 1, ' ');
    return at ? strtoll(at + 1, NULL, 10) : -1;
}

static void learn(void) {
    char host[100] = "localhost", boot[48] = "", space[64] = "";
    (void)gethostname(host, sizeof host - 1);
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (file) {
        if (fscanf(file, "%40s", boot) != 1) boot[0] = 0;
        (void)fclose(file);
    }
    ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    if (length < 0) space[0] = 0;
    (void)snprintf(self.name, sizeof self.name, "%s:%lld", host, (long long)getpid());
    /* Without them nobody else may be taken for one of ours. */
    if (!boot[0] || !space[0])
        (void)snprintf(self.machine, sizeof self.machine, "%s alone %lld", host, (long long)getpid());
    else
        (void)snprintf(self.machine, sizeof self.machine, "%s %s", boot, space);
    self.born = born_of(getpid());
}

const char *work_process_name(void) {
    (void)pthread_once(&once, learn);
    return self.name;
}

const char *work_process_machine(void) {
    (void)pthread_once(&once, learn);
    return self.machine;
}

int64_t work_process_pid(void) {
    return getpid();
}

int64_t work_process_born(void) {
    (void)pthread_once(&once, learn);
    return self.born;
}

bool work_process_lives(int64_t pid, int64_t born) {
    return born_of(pid) == born;
}

/* ---- rows ---- */

static cs_error forget_old(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "DELETE FROM worker WHERE ended_ms IS NOT NULL AND number <= (SELECT max(number) FROM "
                             "worker) - :kept AND NOT EXISTS (SELECT 1 FROM job WHERE job.worker = worker.number AND "
                             "job.state = 'running')",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "kept", KEPT_WORKERS);
    return db_run(stmt, message);
}

static void bind_self(cs_stmt *stmt) {
    db_bind_text(stmt, "machine", work_process_machine());
    db_bind_int64(stmt, "pid", work_process_pid());
    db_bind_int64(stmt, "born", work_process_born());
}

/* A process has one row, however often it opens the store. *worker 0: none yet. */
static cs_error find_self(cs_db *db, int64_t *worker, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *worker = 0;
    cs_error code = db_query(db,
                             "UPDATE worker SET ended_ms = NULL WHERE machine = :machine AND pid = :pid AND born = "
                             ":born RETURNING number",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_self(stmt);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *worker = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

cs_error work_process_enter(cs_db *db, int64_t now_ms, int64_t *worker, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = find_self(db, worker, message);
    if (code != CS_OK || *worker) return code;
    code = forget_old(db, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO worker (name, machine, pid, born, started_ms, seen_ms, done) VALUES (:name, "
                        ":machine, :pid, :born, :now, :now, 0) RETURNING number",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", work_process_name());
    bind_self(stmt);
    db_bind_int64(stmt, "now", now_ms);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *worker = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

static cs_error note_minute(cs_db *db, int64_t done, int64_t failed, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO work_minute (minute, done, failed) VALUES (:minute, :done, :failed) ON "
                             "CONFLICT (minute) DO UPDATE SET done = work_minute.done + excluded.done, failed = "
                             "work_minute.failed + excluded.failed",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "minute", now_ms / MINUTE_MS);
    db_bind_int64(stmt, "done", done);
    db_bind_int64(stmt, "failed", failed);
    code = db_run(stmt, message);
    if (code == CS_OK) code = db_query(db, "DELETE FROM work_minute WHERE minute < :oldest", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "oldest", now_ms / MINUTE_MS - KEPT_MINUTES);
    return db_run(stmt, message);
}

cs_error work_process_note(cs_db *db, int64_t worker, int64_t done, int64_t failed, int64_t now_ms,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "UPDATE worker SET seen_ms = :now, done = done + :done, ended_ms = NULL WHERE number = :worker",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "done", done);
    db_bind_int64(stmt, "worker", worker);
    code = db_run(stmt, message);
    return code == CS_OK && (done || failed) ? note_minute(db, done, failed, now_ms, message) : code;
}

cs_error work_process_leave(cs_db *db, int64_t worker, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE worker SET ended_ms = :now WHERE number = :worker", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "worker", worker);
    return db_run(stmt, message);
}
