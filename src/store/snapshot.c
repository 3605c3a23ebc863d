#include "store/snapshot.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

enum { PAGES = 4096, WAIT_MS = 20000 };

static cs_error refused(sqlite3 *db, const char *path, int rc, cs_message *message) {
    cs_error code = (rc & 0xff) == SQLITE_NOMEM ? CS_ERR_MEMORY : CS_ERR_STORE;
    (void)message_set(message, code, "the store can't be copied: %s", db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
    message_place(message, "%s", path);
    message_remedy(message, "%s",
                   (rc & 0xff) == SQLITE_FULL ? "make room on the disk of the backup, then do the same again"
                                              : "check the disk, its free space and the log of the system");
    return code;
}

/* As long as it reads, later writes don't make the copy begin anew. */
static int hold_state(sqlite3 *from) {
    int rc = sqlite3_busy_timeout(from, WAIT_MS);
    return rc == SQLITE_OK ? sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) : rc;
}

static int copy_pages(sqlite3 *from, sqlite3 *to) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup) return sqlite3_errcode(to);
    int rc;
    do rc = sqlite3_backup_step(backup, PAGES);
    while (rc == SQLITE_OK);
    int finished = sqlite3_backup_finish(backup);
    return rc == SQLITE_DONE ? finished : rc;
}

/* A file by itself, without a log beside it, that can be read on a disk that is read-only. */
static cs_error check(sqlite3 *to, const char *path, cs_message *message) {
    sqlite3_stmt *stmt = NULL;
    cs_error code = CS_OK;
    int rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(to, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    const char *said = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (!said) {
        code = refused(to, path, rc, message);
    } else if (strcmp(said, "ok") != 0) {
        code = message_set(message, CS_ERR_STORE, "the store is damaged: %.200s", said);
        message_remedy(message, "keep the backups that you have; callscope store verify tells what can still be read");
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

cs_error snapshot_take(const char *from, const char *to, cs_message *message) {
    sqlite3 *source = NULL, *target = NULL;
    cs_error code = CS_OK;
    int rc = sqlite3_open_v2(from, &source, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) rc = hold_state(source);
    if (rc != SQLITE_OK) code = refused(source, from, rc, message);
    if (code == CS_OK) {
        rc = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        if (rc == SQLITE_OK) rc = copy_pages(source, target);
        if (rc != SQLITE_OK) code = refused(target, to, rc, message);
    }
    if (code == CS_OK) code = check(target, to, message);
    (void)sqlite3_close_v2(source);
    (void)sqlite3_close_v2(target);
    return code;
}
