#include "store/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/backup_manifest.h"
#include "store/blob.h"
#include "store/blob_disk.h"
#include "store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of a recording's file: what a rotation of keys rewrites (blob.h). */
enum { HEADER_BYTES = 1536 };

typedef struct backing {
    const cs_backup_options *options;
    cs_backup *backup;
    cs_backup_list before; /* of the run before */
    cs_backup_list early; /* copied ahead of the database, so that nothing it names is gone */
    cs_backup_list list; /* what is in this run */
    cs_db *db; /* the copy */
} backing;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for a backup");
}

static void tell(backing *b, const char *file, const cs_message *message) {
    b->backup->troubles++;
    if (b->options->trouble) b->options->trouble(b->options->context, file, message);
}

/* ---- files ---- */

static bool paths_of(backing *b, const char *file, char from[PATH_MAX], char to[PATH_MAX]) {
    return snprintf(from, PATH_MAX, "%s/%s", b->options->data, file) < PATH_MAX &&
           backup_path(b->options->folder, b->backup, file, to);
}

/* Whether what is in the backup already is this file: its length, and the part that may change. */
static bool is_same(const char *from, const char *to, const cs_backup_file *known) {
    unsigned char a[HEADER_BYTES], b[HEADER_BYTES];
    struct stat one, other;
    size_t got_a = 0, got_b = 0;
    if (stat(from, &one) != 0 || stat(to, &other) != 0 || one.st_size != other.st_size || one.st_size != known->bytes)
        return false;
    int first = open(from, O_RDONLY | O_CLOEXEC), second = open(to, O_RDONLY | O_CLOEXEC);
    bool is_it = first >= 0 && second >= 0 && disk_read(first, from, 0, a, sizeof a, &got_a, NULL) == CS_OK &&
                 disk_read(second, to, 0, b, sizeof b, &got_b, NULL) == CS_OK && got_a == got_b &&
                 memcmp(a, b, got_a) == 0;
    if (first >= 0) (void)close(first);
    if (second >= 0) (void)close(second);
    return is_it;
}

/* CS_ERR_NOT_FOUND: it is not there any more. */
static cs_error take_file(backing *b, const char *file, cs_backup_list *into, cs_message *message) {
    char from[PATH_MAX], to[PATH_MAX];
    int64_t bytes = 0;
    cs_hash hash;
    if (!paths_of(b, file, from, to)) return disk_trouble(message, file, "copied", ENAMETOOLONG);
    const cs_backup_file *known = list_find(&b->before, file);
    if (known && is_same(from, to, known)) {
        bytes = known->bytes;
        hash = known->hash;
    } else {
        cs_error code = file_copy(from, to, &bytes, &hash, message);
        if (code != CS_OK) return code;
        b->backup->copied++;
    }
    return list_add(into, file, bytes, hash) ? CS_OK : no_memory(message);
}

static cs_error take_early(backing *b, const char *folder, const char *path, cs_message *message) {
    char file[PATH_MAX];
    if (snprintf(file, sizeof file, "%s%s", folder, path) >= (int)sizeof file)
        return disk_trouble(message, path, "copied", ENAMETOOLONG);
    cs_error code = take_file(b, file, &b->early, message);
    return code == CS_ERR_NOT_FOUND ? CS_OK : code; /* taken back meanwhile */
}

/* Others are what killed writers left. */
static cs_error take_recording(void *context, const char *path, cs_message *message) {
    const char *slash = strchr(path, '/');
    bool is_one =
        slash && strlen(slash + 1) == CS_BLOB_NAME_CHARS && strspn(slash + 1, "0123456789abcdef") == CS_BLOB_NAME_CHARS;
    return is_one ? take_early(context, CS_BACKUP_RECORDINGS, path, message) : CS_OK;
}

static cs_error take_upload(void *context, const char *path, cs_message *message) {
    return strncmp(path, ".incoming/", 10) == 0 ? CS_OK : take_early(context, "uploads/", path, message);
}

static cs_error take_files_early(backing *b, cs_message *message) {
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s/recordings", b->options->data);
    cs_error code = folder_each(folder, take_recording, b, message);
    (void)snprintf(folder, sizeof folder, "%s/uploads", b->options->data);
    if (code == CS_OK) code = folder_each(folder, take_upload, b, message);
    list_sort(&b->early);
    return code;
}

/* ---- the database ---- */

/* As it is in one moment. Of PostgreSQL row by row, compared; of SQLite page by page. */
static cs_error copy_rows(backing *b, cs_db *from, const char *folder, cs_message *message) {
    cs_copy_counts counts;
    cs_db *to = NULL;
    cs_error code = db_open_at(folder, "sqlite", CS_DB_WRITE, &to, message);
    if (code == CS_OK) code = db_begin(from, message);
    if (code == CS_OK) code = copy_run(from, to, b->options->watch, b->options->context, &counts, message);
    db_rollback(from);
    if (code == CS_OK) code = copy_settle(to, message);
    db_close(to);
    return code;
}

static cs_error take_database(backing *b, cs_message *message) {
    char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    cs_db *db = NULL;
    if (!paths_of(b, CS_BACKUP_DATABASE, from, to) ||
        snprintf(folder, sizeof folder, "%s/%s", b->options->folder, b->backup->run) >= (int)sizeof folder)
        return disk_trouble(message, b->options->folder, "written", ENAMETOOLONG);
    cs_error code = db_open(b->options->data, CS_DB_READ, &db, message);
    if (code != CS_OK) return code;
    bool is_sqlite = db_kind(db) == CS_DB_SQLITE;
    (void)snprintf(b->backup->database, sizeof b->backup->database, "%s", is_sqlite ? "sqlite" : "postgresql");
    code = is_sqlite ? snapshot_take(from, to, message) : copy_rows(b, db, folder, message);
    db_close(db);
    if (code == CS_OK) code = db_open_at(folder, "sqlite", CS_DB_READ, &b->db, message);
    return code == CS_OK ? db_begin(b->db, message) : code;
}

static cs_error count_conversations(backing *b, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(b->db, "SELECT count(*) FROM conversation", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) b->backup->conversations = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* ---- what it names ---- */

static cs_error keep(backing *b, const char *file, cs_message *message) {
    const cs_backup_file *known = list_find(&b->early, file);
    if (known) return list_add(&b->list, file, known->bytes, known->hash) ? CS_OK : no_memory(message);
    return take_file(b, file, &b->list, message);
}

static cs_error keep_recordings(backing *b, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(b->db,
                 "SELECT blob FROM recording_part WHERE blob <> '' UNION SELECT waveform FROM recording WHERE "
                 "waveform <> '' ORDER BY 1",
                 &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        char file[sizeof CS_BACKUP_RECORDINGS + CS_BLOB_NAME_CHARS + 8];
        cs_message lost;
        (void)snprintf(file, sizeof file, CS_BACKUP_RECORDINGS "%.2s/%.32s", db_text(stmt, 0), db_text(stmt, 0));
        code = keep(b, file, &lost);
        if (code == CS_OK) {
            b->backup->recordings++;
        } else if (code == CS_ERR_NOT_FOUND) {
            message_remedy(&lost, "put it back from an older backup: the store names it and it is gone");
            tell(b, file, &lost);
            code = CS_OK;
        } else {
            *message = lost;
        }
    }
    db_done(stmt);
    return code;
}

typedef struct upload_walk {
    backing *b;
    long long import;
} upload_walk;

static cs_error keep_upload(void *context, const char *path, cs_message *message) {
    const upload_walk *walk = context;
    char file[PATH_MAX];
    if (snprintf(file, sizeof file, "uploads/%lld/%s", walk->import, path) >= (int)sizeof file)
        return disk_trouble(message, path, "copied", ENAMETOOLONG);
    if (list_find(&walk->b->early, file)) return CS_OK;
    cs_error code = take_file(walk->b, file, &walk->b->early, message);
    list_sort(&walk->b->early);
    return code == CS_ERR_NOT_FOUND ? CS_OK : code;
}

static cs_error list_uploads(backing *b, long long import, cs_message *message) {
    char prefix[48];
    int length = snprintf(prefix, sizeof prefix, "uploads/%lld/", import);
    for (uint32_t i = 0; i < b->early.count; i++)
        if (strncmp(b->early.files[i].path, prefix, (size_t)length) == 0 &&
            !list_add(&b->list, b->early.files[i].path, b->early.files[i].bytes, b->early.files[i].hash))
            return no_memory(message);
    return CS_OK;
}

/* Of imports that were not read to their end: those files are needed to go on. */
static cs_error keep_uploads(backing *b, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(b->db,
                             "SELECT number FROM import WHERE state IN ('open', 'waiting', 'running', "
                             "'failed') ORDER BY number",
                             &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        char folder[PATH_MAX];
        upload_walk walk = {b, (long long)db_int64(stmt, 0)};
        if (snprintf(folder, sizeof folder, "%s/uploads/%lld", b->options->data, walk.import) >= (int)sizeof folder)
            code = disk_trouble(message, b->options->data, "read", ENAMETOOLONG);
        if (code == CS_OK) code = folder_each(folder, keep_upload, &walk, message);
        if (code == CS_OK) code = list_uploads(b, walk.import, message);
    }
    db_done(stmt);
    return code;
}

static cs_error keep_database(backing *b, cs_message *message) {
    char path[PATH_MAX];
    int64_t bytes = 0;
    cs_hash hash;
    db_rollback(b->db);
    db_close(b->db);
    b->db = NULL;
    if (!backup_path(b->options->folder, b->backup, CS_BACKUP_DATABASE, path)) return no_memory(message);
    cs_error code = file_measure(path, &bytes, &hash, message);
    return code != CS_OK || list_add(&b->list, CS_BACKUP_DATABASE, bytes, hash) ? code : no_memory(message);
}

/* ---- the run ---- */

static cs_error begin_run(backing *b, cs_message *message) {
    unsigned char random[4];
    char hex[2 * sizeof random + 1], day[24], path[PATH_MAX];
    time_t now = (time_t)(b->backup->made_ms / 1000);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(day, sizeof day, "%Y%m%dT%H%M%SZ", &utc) == 0) day[0] = 0;
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    (void)snprintf(b->backup->run, sizeof b->backup->run, "run-%s-%s", day, hex);
    if (snprintf(path, sizeof path, "%s/%s", b->options->folder, b->backup->run) >= (int)sizeof path)
        return disk_trouble(message, b->options->folder, "made", ENAMETOOLONG);
    return file_make_folder(path, message);
}

static cs_error finish_run(backing *b, cs_message *message) {
    char path[PATH_MAX];
    list_sort(&b->list);
    b->backup->files = b->list.count;
    b->backup->bytes = b->list.bytes;
    if (!backup_path(b->options->folder, b->backup, CS_BACKUP_LIST, path)) return no_memory(message);
    cs_error code = list_write(&b->list, path, &b->backup->list, message);
    if (code == CS_OK) code = disk_settle(b->options->folder, message);
    return code == CS_OK ? manifest_write(b->options->folder, b->backup, message) : code;
}

static bool is_wanted(const backing *b, const char *path) {
    size_t run = strlen(b->backup->run);
    if (strncmp(path, CS_BACKUP_RECORDINGS, sizeof CS_BACKUP_RECORDINGS - 1) == 0) return list_find(&b->list, path);
    if (strncmp(path, "run-", 4) != 0) return true; /* nothing of ours */
    if (strncmp(path, b->backup->run, run) != 0 || path[run] != '/') return false;
    return strcmp(path + run + 1, CS_BACKUP_LIST) == 0 || list_find(&b->list, path + run + 1);
}

/* What this run does not name: of earlier runs, and of those that were killed. Folders go as they become empty. */
static cs_error drop_file(void *context, const char *path, cs_message *message) {
    const backing *b = context;
    char full[PATH_MAX];
    (void)message;
    if (is_wanted(b, path) || snprintf(full, sizeof full, "%s/%s", b->options->folder, path) >= (int)sizeof full)
        return CS_OK;
    (void)unlink(full);
    for (char *slash = strrchr(full, '/'); slash > full + strlen(b->options->folder); slash = strrchr(full, '/')) {
        *slash = 0;
        if (rmdir(full) != 0) break;
    }
    return CS_OK;
}

static cs_error run(backing *b, cs_message *message) {
    cs_error code = begin_run(b, message);
    if (code == CS_OK) code = take_files_early(b, message);
    if (code == CS_OK) code = take_database(b, message);
    if (code == CS_OK) code = count_conversations(b, message);
    if (code == CS_OK) code = keep_recordings(b, message);
    if (code == CS_OK) code = keep_uploads(b, message);
    if (code == CS_OK) code = keep_database(b, message);
    if (code == CS_OK) code = finish_run(b, message);
    if (code == CS_OK) (void)folder_each(b->options->folder, drop_file, b, message);
    if (b->db) db_rollback(b->db);
    db_close(b->db);
    return code;
}

/* -1: the words say why. */
static int lock_folder(const char *folder, cs_message *message) {
    char path[PATH_MAX];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (snprintf(path, sizeof path, "%s/.lock", folder) >= (int)sizeof path) return -1;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        (void)disk_trouble(message, path, "made", errno);
        return -1;
    }
    if (fcntl(file, F_OFD_SETLK, &lock) == 0) return file;
    (void)message_set(message, CS_ERR_CONFLICT, "another program makes a backup in %.250s now", folder);
    message_remedy(message, "wait until it is done");
    (void)close(file);
    return -1;
}

/* The one before is only there to spare copying: one that is damaged spares nothing. */
static void read_before(backing *b) {
    cs_backup before;
    cs_message ignored;
    if (manifest_read(b->options->folder, &before, &b->before, &ignored) == CS_OK) return;
    list_close(&b->before);
    (void)list_open(&b->before);
}

static cs_error check_folders(const cs_backup_options *options, cs_message *message) {
    char data[PATH_MAX], folder[PATH_MAX];
    if (!realpath(options->data, data)) return disk_trouble(message, options->data, "opened", errno);
    cs_error code = file_make_folder(options->folder, message);
    if (code != CS_OK) return code;
    if (!realpath(options->folder, folder)) return disk_trouble(message, options->folder, "opened", errno);
    size_t length = strlen(data);
    if (strncmp(folder, data, length) != 0 || (folder[length] && folder[length] != '/')) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the backup can't lie inside the store's own folder");
    message_remedy(message, "name another folder, best on another disk");
    return CS_ERR_USAGE;
}

cs_error backup_make(const cs_backup_options *options, cs_backup *out, cs_message *message) {
    backing b = {.options = options, .backup = out};
    *out = (cs_backup){.version = CALLSCOPE_VERSION, .made_ms = clock_now_ms()};
    cs_error code = check_folders(options, message);
    if (code != CS_OK) return code;
    int lock = lock_folder(options->folder, message);
    if (lock < 0) return CS_ERR_CONFLICT;
    bool has_memory = list_open(&b.before);
    has_memory = list_open(&b.early) && has_memory;
    has_memory = list_open(&b.list) && has_memory;
    if (has_memory) read_before(&b);
    code = has_memory ? run(&b, message) : no_memory(message);
    list_close(&b.before);
    list_close(&b.early);
    list_close(&b.list);
    (void)close(lock);
    return code;
}
