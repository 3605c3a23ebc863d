/* A store from a backup: files first, then the database, and the place of the store last. */
#include "store/backup_manifest.h"

#include "base/file.h"
#include "store/blob_disk.h"
#include "store/database_address.h"
#include "store/move.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* While it is made, the database lies in a folder of its own, beside the name of the run that it is from. */
#define MAKING "restoring"
enum { MAX_ADDRESS = 8192 };

typedef struct restoring {
    const cs_restore_options *options;
    cs_backup *backup;
    cs_backup_list list;
    char making[PATH_MAX - 128]; /* a name in it has room in PATH_MAX */
    bool is_postgres;
} restoring;

/* ---- an empty place ---- */

static cs_error refuse_place(const char *data, const char *found, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the folder %.200s is not empty: it holds %.80s", data, found);
    message_remedy(message, "name a folder that is empty or not there yet; nothing was changed in this one");
    return CS_ERR_CONFLICT;
}

static bool is_address(const restoring *r, const char *path) {
    cs_database_address is, wanted;
    bool is_it = false;
    if (database_address_read(r->options->to, "--to", &wanted, NULL) != CS_OK) return false;
    cs_buffer text = {0};
    if (file_read(path, MAX_ADDRESS, &text, NULL) == CS_OK &&
        database_address_read(buffer_string(&text), path, &is, NULL) == CS_OK) {
        is_it = is.text && wanted.text && strcmp(is.text, wanted.text) == 0;
        database_address_free(&is);
    }
    buffer_free(&text);
    database_address_free(&wanted);
    return is_it;
}

/* Killed while it cleaned up: what lies in the place is what was restored, and no store that somebody made there since. */
static bool is_same_place(const restoring *r, const char *there) {
    char made[PATH_MAX], ready[PATH_MAX];
    struct stat one, other;
    (void)snprintf(made, sizeof made, "%s/" CS_BACKUP_DATABASE, r->making);
    (void)snprintf(ready, sizeof ready, "%s/ready", r->making);
    if (stat(ready, &one) != 0) return false;
    if (!r->is_postgres && stat(made, &one) == 0 && stat(there, &other) == 0)
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return !r->is_postgres || is_address(r, there);
}

/* A part of the same restore may be there. *is_placed: all of it is, and only what it was made in must go. */
static cs_error check_place(restoring *r, bool *is_placed, cs_message *message) {
    char started[PATH_MAX], there[PATH_MAX];
    struct stat info;
    cs_error code = CS_OK;
    (void)snprintf(started, sizeof started, "%s/%s", r->making, r->backup->run);
    (void)snprintf(there, sizeof there, "%s/%s", r->options->data,
                   r->is_postgres ? CS_DATABASE_FILE : CS_BACKUP_DATABASE);
    bool is_resumed = stat(started, &info) == 0, is_store = stat(there, &info) == 0;
    *is_placed = is_store && is_same_place(r, there);
    if (*is_placed) return CS_OK;
    if (is_store) return refuse_place(r->options->data, strrchr(there, '/') + 1, message);
    if (!is_resumed) (void)rmdir(r->making); /* empty: killed before it held anything */
    DIR *entries = opendir(r->options->data);
    if (!entries && errno != ENOENT) return disk_trouble(message, r->options->data, "read", errno);
    for (const struct dirent *entry; entries && code == CS_OK && (entry = readdir(entries));) {
        const char *name = entry->d_name;
        bool is_ours = is_resumed &&
                       (strcmp(name, "recordings") == 0 || strcmp(name, "uploads") == 0 || strcmp(name, MAKING) == 0);
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !is_ours)
            code = refuse_place(r->options->data, name, message);
    }
    if (entries) (void)closedir(entries);
    return code != CS_OK || is_resumed ? code : file_make_folder(started, message);
}

/* ---- files ---- */

static bool is_there(const char *path, const cs_backup_file *file) {
    struct stat info;
    return stat(path, &info) == 0 && info.st_size == file->bytes;
}

static cs_error came_out_different(const cs_backup_file *file, cs_message *message) {
    (void)message_set(message, CS_ERR_STORE, "the file %.200s of the backup was changed", file->path);
    message_remedy(message, "callscope backup verify lists all such files; use another backup");
    return CS_ERR_STORE;
}

/* What a killed restore copied has its whole length, for it got its name at the end; its content is looked at all the same. */
static cs_error bring(restoring *r, const cs_backup_file *file, const char *to, cs_message *message) {
    char from[PATH_MAX];
    int64_t bytes = 0;
    cs_hash hash;
    if (!backup_path(r->options->folder, r->backup, file->path, from))
        return disk_trouble(message, file->path, "read", ENAMETOOLONG);
    if (is_there(to, file) && file_measure(to, &bytes, &hash, message) == CS_OK && hash_equal(hash, file->hash))
        return CS_OK;
    cs_error code = file_copy(from, to, &bytes, &hash, message);
    if (code != CS_OK || hash_equal(hash, file->hash)) return code;
    (void)unlink(to);
    return came_out_different(file, message);
}

static cs_error bring_files(restoring *r, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; code == CS_OK && i < r->list.count; i++) {
        char to[PATH_MAX];
        const cs_backup_file *file = &r->list.files[i];
        if (strcmp(file->path, CS_BACKUP_DATABASE) == 0) continue;
        if (snprintf(to, sizeof to, "%s/%s", r->options->data, file->path) >= (int)sizeof to)
            code = disk_trouble(message, file->path, "written", ENAMETOOLONG);
        if (code == CS_OK) code = bring(r, file, to, message);
    }
    return code;
}

/* ---- the database ---- */

static cs_error run_sql(cs_db *db, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

/* Whoever worked on the original does not work on this one. */
static cs_error release_work(cs_db *db, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code == CS_OK)
        code = run_sql(
            db,
            "UPDATE job SET state = 'waiting', worker = NULL, lease_ms = NULL, attempts = 0 WHERE state = 'running'",
            message);
    if (code == CS_OK)
        code = run_sql(db, "UPDATE import SET reader = NULL, reader_lease_ms = NULL WHERE reader IS NOT NULL", message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

/* Brought to the shape of this program where it is of an older one. */
static cs_error bring_database(restoring *r, cs_message *message) {
    char path[PATH_MAX], done[PATH_MAX];
    cs_db *db = NULL;
    struct stat info;
    const cs_backup_file *file = list_find(&r->list, CS_BACKUP_DATABASE);
    if (!file) return message_set(message, CS_ERR_STORE, "the backup holds no database");
    if (snprintf(path, sizeof path, "%s/" CS_BACKUP_DATABASE, r->making) >= (int)sizeof path ||
        snprintf(done, sizeof done, "%s/ready", r->making) >= (int)sizeof done)
        return disk_trouble(message, r->making, "written", ENAMETOOLONG);
    if (stat(done, &info) == 0) return CS_OK;
    cs_error code = bring(r, file, path, message);
    if (code == CS_OK) code = db_open_at(r->making, "sqlite", CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = release_work(db, message);
    db_close(db);
    if (code == CS_OK) code = disk_settle(r->making, message);
    return code == CS_OK ? file_make_folder(done, message) : code;
}

static cs_error fill_postgres(restoring *r, cs_message *message) {
    cs_copy_counts counts;
    cs_db *from = NULL, *to = NULL;
    cs_error code = db_open_at(r->making, "sqlite", CS_DB_READ, &from, message);
    if (code == CS_OK) code = db_open_at(r->options->data, r->options->to, CS_DB_WRITE, &to, message);
    if (code == CS_OK) code = db_begin(from, message);
    if (code == CS_OK) code = copy_run(from, to, r->options->watch, r->options->context, &counts, message);
    if (code == CS_OK) code = copy_place(to, message);
    if (from) db_rollback(from);
    db_close(from);
    db_close(to);
    return code;
}

static cs_error place(restoring *r, cs_message *message) {
    char from[PATH_MAX], to[PATH_MAX];
    cs_error code = disk_settle(r->options->data, message);
    if (code != CS_OK) return code;
    if (snprintf(to, sizeof to, "%s/%s", r->options->data, r->is_postgres ? CS_DATABASE_FILE : CS_BACKUP_DATABASE) >=
        (int)sizeof to)
        return disk_trouble(message, r->options->data, "written", ENAMETOOLONG);
    if (r->is_postgres) {
        code = move_write_address(to, r->options->to, message);
    } else {
        (void)snprintf(from, sizeof from, "%s/" CS_BACKUP_DATABASE, r->making);
        if (link(from, to) != 0) /* never over another one */
            code = errno == EEXIST ? refuse_place(r->options->data, CS_BACKUP_DATABASE, message)
                                   : disk_trouble(message, to, "made", errno);
        if (code == CS_OK) code = disk_sync_parent(to, message);
    }
    return code;
}

/* From now on it is a store; killed before the end of this, it is one all the same. */
static cs_error clean_up(restoring *r, cs_message *message) {
    cs_db *db = NULL;
    cs_error code = CS_OK;
    if (r->is_postgres) code = db_open_at(r->options->data, r->options->to, CS_DB_WRITE, &db, message);
    if (r->is_postgres && code == CS_OK) code = copy_settle(db, message);
    db_close(db);
    folder_remove_tree(r->making);
    return code;
}

static cs_error run(restoring *r, cs_message *message) {
    bool is_placed = false;
    cs_error code = manifest_read(r->options->folder, r->backup, &r->list, message);
    if (code == CS_OK) code = check_place(r, &is_placed, message);
    if (code == CS_OK && !is_placed) {
        code = bring_files(r, message);
        if (code == CS_OK) code = bring_database(r, message);
        if (code == CS_OK && r->is_postgres) code = fill_postgres(r, message);
        if (code == CS_OK) code = place(r, message);
    }
    return code == CS_OK ? clean_up(r, message) : code;
}

cs_error backup_restore(const cs_restore_options *options, cs_backup *out, cs_message *message) {
    restoring r = {.options = options, .backup = out};
    cs_database_address address = {0};
    cs_error code = database_address_read(options->to, "--to", &address, message);
    if (code != CS_OK) return code;
    r.is_postgres = address.kind == CS_DB_POSTGRES;
    database_address_free(&address);
    if (snprintf(r.making, sizeof r.making, "%s/" MAKING, options->data) >= (int)sizeof r.making)
        return disk_trouble(message, options->data, "made", ENAMETOOLONG);
    code = list_open(&r.list) ? run(&r, message) : message_set(message, CS_ERR_MEMORY, "no memory to restore");
    list_close(&r.list);
    return code;
}
