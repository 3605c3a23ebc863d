#include "store/move.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/blob_disk.h"
#include "store/copy.h"
#include "store/database_address.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* While it is made, a target of SQLite lies in a folder of its own: nobody takes a half one for the store. */
#define MAKING "moving"
enum { CS_ASIDE_MAX = PATH_MAX + 64 };

struct cs_move {
    char *data, *to;
    cs_db_kind from_kind, to_kind;
    cs_db *source, *target;
    char old_place[CS_ASIDE_MAX], found_place[CS_ASIDE_MAX];
};

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to move the store");
}

static cs_error path_of(const cs_move *move, const char *name, char out[PATH_MAX], cs_message *message) {
    if (snprintf(out, PATH_MAX, "%s/%s", move->data, name) < PATH_MAX) return CS_OK;
    return message_set(message, CS_ERR_IO, "the name of the folder %.60s… is too long", move->data);
}

static cs_error run(cs_db *db, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

/* ---- nobody else writes ---- */

static cs_error is_in_use(const char *path, cs_message *message) {
    char user[128];
    move_find_user(path, user, sizeof user);
    (void)message_set(message, CS_ERR_CONFLICT, "%s uses the store", *user ? user : "another program");
    message_remedy(message, "stop it, callscope serve and workers too, then do the same again");
    return CS_ERR_CONFLICT;
}

/* Nobody may have it open, not even to read: a server would go on with the old one. SQLite leaves its log only when that is so,
 * and leaving it makes one file of the store. */
static cs_error hold_sqlite(cs_move *move, cs_message *message) {
    char path[PATH_MAX], user[128];
    cs_stmt *stmt = NULL;
    bool has_row = false, is_alone = false;
    cs_error code = path_of(move, "callscope.db", path, message);
    if (code != CS_OK) return code;
    move_find_user(path, user, sizeof user); /* quicker than to wait for the lock */
    if (*user) return is_in_use(path, message);
    code = db_query(move->source, "PRAGMA journal_mode=DELETE", &stmt, message);
    if (code == CS_OK && db_step(stmt, &has_row, message) == CS_OK && has_row)
        is_alone = strcmp(db_text(stmt, 0), "delete") == 0;
    db_done(stmt);
    if (code == CS_OK && !is_alone) code = is_in_use(path, message);
    return code == CS_OK ? db_begin(move->source, message) : code;
}

static cs_error refuse_work(cs_stmt *stmt, cs_message *message) {
    if (db_int64(stmt, 0) > 0)
        (void)message_set(message, CS_ERR_CONFLICT, "import %lld \"%.80s\" is under way", (long long)db_int64(stmt, 0),
                          db_text(stmt, 1));
    else
        (void)message_set(message, CS_ERR_CONFLICT, "workers are inspecting conversations of the store");
    message_remedy(message, "wait until that is done; then stop callscope serve and workers, and do the same again");
    return CS_ERR_CONFLICT;
}

/* Servers elsewhere can't be seen; what they do can. */
static cs_error hold_postgres(cs_move *move, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_begin(move->source, message);
    if (code == CS_OK)
        code = db_query(
            move->source,
            "SELECT number, name FROM import WHERE state = 'undoing' OR (state = 'running' AND reader_lease_ms > "
            ":now) UNION ALL SELECT 0, '' FROM job WHERE state = 'running' AND lease_ms > :now LIMIT 1",
            &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", clock_now_ms());
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) code = refuse_work(stmt, message);
    db_done(stmt);
    return code;
}

/* ---- beginning ---- */

static cs_error refuse_same(const char *data, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the store in %.200s is in that database already", data);
    message_remedy(message, "there is nothing to move; callscope doctor tells where it is");
    return CS_ERR_CONFLICT;
}

/* The variable is not ours to change, and as long as it is set nothing else counts. */
static cs_error check_variable(cs_message *message) {
    const char *set = getenv(CS_DATABASE_VARIABLE);
    if (!set || !*set) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the variable %s names the database, so it can't be switched",
                      CS_DATABASE_VARIABLE);
    message_remedy(
        message, "write its value into the file %s of the store's folder (mode 0600), unset it, and do the same again",
        CS_DATABASE_FILE);
    return CS_ERR_USAGE;
}

/* Opening it to write would make one. A file that a killed move left half out of its log can't be opened to read. */
static cs_error check_is_there(cs_move *move, const char *from, cs_message *message) {
    char path[PATH_MAX];
    struct stat info;
    cs_db *look = NULL;
    cs_error code = path_of(move, "callscope.db", path, message);
    if (code != CS_OK || (move->from_kind == CS_DB_SQLITE && stat(path, &info) == 0)) return code;
    code = db_open_at(move->data, from, CS_DB_READ, &look, message);
    db_close(look);
    return code;
}

/* Never over another one, where the file system can tell. */
static cs_error move_file(const char *from, const char *to, cs_message *message) {
    bool is_moved = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0;
    if (!is_moved && errno == EINVAL) is_moved = rename(from, to) == 0;
    return is_moved ? disk_sync_parent(to, message) : disk_trouble(message, from, "renamed", errno);
}

/* Out of the way, never away: callscope.db.moved-DATE, or -DATE-2 where that is taken. */
static cs_error put_file_aside(cs_move *move, char out[CS_ASIDE_MAX], cs_message *message) {
    char from[PATH_MAX], date[16];
    struct stat info;
    struct tm day;
    time_t now = (time_t)(clock_now_ms() / 1000);
    cs_error code = path_of(move, "callscope.db", from, message);
    if (code != CS_OK) return code;
    if (!gmtime_r(&now, &day) || strftime(date, sizeof date, "%Y%m%d%H%M%S", &day) == 0) return no_memory(message);
    (void)snprintf(out, CS_ASIDE_MAX, "%s.moved-%s", from, date);
    for (int more = 2; more < 10 && stat(out, &info) == 0; more++)
        (void)snprintf(out, CS_ASIDE_MAX, "%s.moved-%s-%d", from, date, more);
    return move_file(from, out, message);
}

/* A file of SQLite where PostgreSQL has the store: a move that was killed before its last step left it, whole and without a log.
 * What has a log is somebody else's. */
static cs_error clear_place(cs_move *move, cs_message *message) {
    char placed[PATH_MAX], log[PATH_MAX];
    struct stat info;
    cs_error code = path_of(move, "callscope.db", placed, message);
    if (code == CS_OK) code = path_of(move, "callscope.db-wal", log, message);
    if (code != CS_OK || stat(placed, &info) != 0) return code;
    if (stat(log, &info) != 0) return put_file_aside(move, move->found_place, message);
    (void)message_set(message, CS_ERR_CONFLICT, "there is a file %.300s already", placed);
    message_remedy(message, "move it away, with its log callscope.db-wal: it is no part of the store that is used now");
    return CS_ERR_CONFLICT;
}

static cs_error open_target(cs_move *move, cs_message *message) {
    char making[PATH_MAX];
    if (move->to_kind == CS_DB_POSTGRES) return db_open_at(move->data, move->to, CS_DB_WRITE, &move->target, message);
    cs_error code = path_of(move, MAKING, making, message);
    if (code == CS_OK) code = clear_place(move, message);
    return code == CS_OK ? db_open_at(making, "sqlite", CS_DB_WRITE, &move->target, message) : code;
}

static cs_error begin(cs_move *move, const cs_database_address *now, const cs_database_address *then,
                      cs_message *message) {
    move->from_kind = now->kind;
    move->to_kind = then->kind;
    bool is_same = now->kind == then->kind && (now->kind == CS_DB_SQLITE || strcmp(now->text, then->text) == 0);
    if (is_same) return refuse_same(move->data, message);
    const char *from = now->text ? now->text : "sqlite";
    cs_error code = check_is_there(move, from, message);
    if (code == CS_OK) code = db_open_at(move->data, from, CS_DB_WRITE, &move->source, message);
    if (code == CS_OK) code = now->kind == CS_DB_SQLITE ? hold_sqlite(move, message) : hold_postgres(move, message);
    return code == CS_OK ? open_target(move, message) : code;
}

cs_error move_begin(const char *data, const char *to, cs_move **out, cs_message *message) {
    cs_database_address now = {0}, then = {0};
    cs_move *move = calloc(1, sizeof *move);
    if (!move || !(move->data = strdup(data)) || !(move->to = strdup(to))) {
        move_end(move);
        return no_memory(message);
    }
    cs_error code = check_variable(message);
    if (code == CS_OK) code = database_address_find(data, &now, message);
    if (code == CS_OK) code = database_address_read(to, "--to", &then, message);
    if (code == CS_OK) code = begin(move, &now, &then, message);
    database_address_free(&now);
    database_address_free(&then);
    if (code != CS_OK) {
        move_end(move);
        return code;
    }
    *out = move;
    return CS_OK;
}

cs_db *move_source(const cs_move *move) {
    return move->source;
}

cs_db *move_target(const cs_move *move) {
    return move->target;
}

const char *move_old_place(const cs_move *move) {
    return move->old_place;
}

const char *move_found_place(const cs_move *move) {
    return *move->found_place ? move->found_place : NULL;
}

/* ---- switching ---- */

cs_error move_write_address(const char *path, const char *address, cs_message *message) {
    char making[PATH_MAX];
    if (snprintf(making, sizeof making, "%s.new", path) >= (int)sizeof making) return no_memory(message);
    (void)unlink(making);
    int file = open(making, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return disk_trouble(message, making, "made", errno);
    cs_error code = disk_write(file, making, 0, address, strlen(address), message);
    if (code == CS_OK) code = disk_write(file, making, (int64_t)strlen(address), "\n", 1, message);
    if (code == CS_OK && fsync(file) != 0) code = disk_trouble(message, making, "written", errno);
    (void)close(file);
    if (code == CS_OK && rename(making, path) != 0) code = disk_trouble(message, making, "renamed", errno);
    return code == CS_OK ? disk_sync_parent(path, message) : code;
}

/* Programs that still run hear that their tables are gone. With the transaction's end, which is the last step. */
static cs_error put_tables_aside(cs_move *move, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer sql;
    bool has_row = false;
    buffer_init(&sql, 64 * 1024);
    cs_error code = db_query(
        move->source, "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
        &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        buffer_clear(&sql);
        (void)buffer_printf(&sql, "ALTER TABLE \"%s\" RENAME TO \"moved_%s\"", db_text(stmt, 0), db_text(stmt, 0));
        code = sql.is_failed ? no_memory(message) : run(move->source, buffer_string(&sql), message);
    }
    db_done(stmt);
    buffer_free(&sql);
    (void)snprintf(move->old_place, sizeof move->old_place, "the tables moved_… in the old database");
    return code;
}

static cs_error place_target(cs_move *move, cs_message *message) {
    char from[PATH_MAX], to[PATH_MAX], address[PATH_MAX];
    cs_error code = path_of(move, CS_DATABASE_FILE, address, message);
    if (code == CS_OK && move->to_kind == CS_DB_POSTGRES) return move_write_address(address, move->to, message);
    if (code == CS_OK) code = path_of(move, MAKING "/callscope.db", from, message);
    if (code == CS_OK) code = path_of(move, "callscope.db", to, message);
    db_close(move->target); /* its log becomes a part of the file */
    move->target = NULL;
    if (code == CS_OK) code = move_file(from, to, message);
    if (code == CS_OK && unlink(address) != 0 && errno != ENOENT)
        code = disk_trouble(message, address, "removed", errno);
    if (code == CS_OK) code = disk_sync_parent(to, message);
    if (code == CS_OK && path_of(move, MAKING, from, message) == CS_OK) (void)rmdir(from);
    return code;
}

cs_error move_switch(cs_move *move, cs_message *message) {
    cs_error code = move->to_kind == CS_DB_POSTGRES ? copy_place(move->target, message) : CS_OK;
    if (code == CS_OK && move->from_kind == CS_DB_POSTGRES) code = put_tables_aside(move, message);
    if (code == CS_OK) code = place_target(move, message);
    if (code == CS_OK && move->from_kind == CS_DB_SQLITE) code = put_file_aside(move, move->old_place, message);
    return code == CS_OK ? db_commit(move->source, message) : code;
}

void move_end(cs_move *move) {
    if (!move) return;
    if (move->source) db_rollback(move->source);
    db_close(move->source);
    db_close(move->target);
    if (move->to) explicit_bzero(move->to, strlen(move->to));
    free(move->to);
    free(move->data);
    free(move);
}
