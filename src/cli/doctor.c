/* callscope doctor: what is on, what is off and how to turn it on, what is broken. */
#include "cli/doctor.h"
#include "audio/converter.h"
#include "http/pages.h"
#include "quality/archive.h"
#include "store/blob.h"
#include "store/keys.h"

#include <dirent.h>
#include <hs.h>
#include <limits.h>
#include <pcre2.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <zstd.h>

enum { MAX_TRIED = 8 }; /* recordings, before a key is said to open none */

static int broken;

void doctor_line(cs_doctor_state state, const char *what, const char *words, const char *remedy) {
    static const char *const marks[] = {"ok  ", "off ", "FAIL"};
    printf("%s  %-14s %s\n", marks[state], what, words);
    if (remedy && *remedy) printf("      %-14s %s\n", "", remedy);
    broken += state == CS_DOCTOR_BROKEN;
}

static void check_libraries(void) {
    char words[160], pcre[64] = "";
    uint32_t has_jit = 0;
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    pcre2_config(PCRE2_CONFIG_JIT, &has_jit);
    snprintf(words, sizeof words, "SQLite %s, zstd %s, Hyperscan %s, PCRE2 %s", sqlite3_libversion(),
             ZSTD_versionString(), hs_version(), pcre);
    doctor_line(CS_DOCTOR_GOOD, "libraries", words, NULL);
    if (hs_valid_platform() != HS_SUCCESS)
        doctor_line(CS_DOCTOR_BROKEN, "processor", "it lacks SSSE3, which phrase search needs",
                    "run callscope on another machine");
    else
        doctor_line(CS_DOCTOR_GOOD, "processor", "phrase search runs on it", NULL);
    doctor_line(has_jit ? CS_DOCTOR_GOOD : CS_DOCTOR_OFF, "expressions",
                has_jit ? "compiled to machine code" : "interpreted: slower, not wrong",
                has_jit ? NULL : "install a PCRE2 with JIT");
}

static void on_problem(void *context, const cs_rule_problem *p) {
    unsigned *shown = context;
    if ((*shown)++ < 3) printf("      %s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

static void check_rules(const char *path) {
    cs_ruleset *rules = NULL;
    cs_message message;
    unsigned shown = 0;
    char words[160];
    if (ruleset_load(&path, 1, on_problem, &shown, &rules, &message) != CS_OK) {
        doctor_line(CS_DOCTOR_BROKEN, "rules", message.reason,
                    "see: callscope rules check DIR; or name another folder with --rules");
        return;
    }
    snprintf(words, sizeof words, "%u rules under %s", ruleset_rule_count(rules), path);
    doctor_line(CS_DOCTOR_GOOD, "rules", words, NULL);
    ruleset_release(rules);
}

/* ---- the store ---- */

/* What a server is asked: a row, and what is wrong where its column is 1. */
static const char ABOUT[] =
    "SELECT current_setting('server_version'), current_database(), current_schema(), "
    "coalesce(host(inet_server_addr()), 'a socket of this machine'), current_setting('fsync') = 'off', "
    "current_setting('full_page_writes') = 'off', pg_is_in_recovery(), "
    "(SELECT count(*) FROM pg_stat_activity) + 20 > CAST(current_setting('max_connections') AS bigint)";
static const struct {
    int column;
    const char *words, *remedy;
} troubles[] = {
    {4, "the server does not write to its disk what was acknowledged (fsync is off)", "set fsync = on in its settings"},
    {5, "a power cut may damage the server's tables (full_page_writes is off)", "set full_page_writes = on"},
    {6, "the server is a standby: callscope can read there, and not write", "name the server that takes writes"},
    {7, "the server has hardly a connection left", "raise max_connections: each thread of a server takes two"},
};

static void check_server(cs_db *db) {
    cs_stmt *stmt = NULL;
    cs_message message;
    bool has_row = false;
    char words[320];
    cs_error code = db_query(db, ABOUT, &stmt, &message);
    if (code == CS_OK) code = db_step(stmt, &has_row, &message);
    if (code == CS_OK && has_row) {
        (void)snprintf(words, sizeof words, "PostgreSQL %s at %s, database %s, schema %s", db_text(stmt, 0),
                       db_text(stmt, 3), db_text(stmt, 1), db_text(stmt, 2));
        doctor_line(CS_DOCTOR_GOOD, "database", words, NULL);
        for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
            if (db_int64(stmt, troubles[i].column))
                doctor_line(CS_DOCTOR_BROKEN, "database", troubles[i].words, troubles[i].remedy);
    } else {
        doctor_line(CS_DOCTOR_BROKEN, "database", message.reason, message.remedy);
    }
    db_done(stmt);
}

static void check_database(cs_db *db, const char *data) {
    char words[320];
    if (db_kind(db) == CS_DB_POSTGRES) {
        check_server(db);
        return;
    }
    (void)snprintf(words, sizeof words, "SQLite %s, %s/callscope.db", sqlite3_libversion(), data);
    doctor_line(CS_DOCTOR_GOOD, "database", words, NULL);
}

static void check_store(const char *data) {
    cs_db *db = NULL;
    cs_message message;
    char words[200];
    int64_t all, stale;
    cs_error code = db_open(data, CS_DB_READ, &db, &message);
    if (code == CS_ERR_NOT_FOUND) {
        doctor_line(CS_DOCTOR_OFF, "store", message.reason, "callscope inspect makes it");
        return;
    }
    if (code == CS_OK) check_database(db, data);
    if (code == CS_OK) code = archive_count(db, &all, &stale, &message);
    db_close(db);
    if (code != CS_OK) {
        doctor_line(CS_DOCTOR_BROKEN, "store", message.reason, message.remedy);
        return;
    }
    snprintf(words, sizeof words, "%lld conversations in %s, %lld of them under older rules", (long long)all, data,
             (long long)stale);
    doctor_line(CS_DOCTOR_GOOD, "store", words, stale ? "run callscope inspect again: it inspects them anew" : NULL);
}

static void check_disk(const char *data) {
    struct statvfs disk;
    char words[120];
    if (statvfs(data, &disk) != 0 && statvfs(".", &disk) != 0) return;
    double free_gb = (double)disk.f_bavail * (double)disk.f_frsize / 1e9;
    snprintf(words, sizeof words, "%.1f GB free", free_gb);
    doctor_line(free_gb < 0.5 ? CS_DOCTOR_BROKEN : CS_DOCTOR_GOOD, "disk", words,
                free_gb < 0.5 ? "make room: writing needs at least half a gigabyte" : NULL);
}

/* ---- recordings ---- */

typedef struct stored {
    char folder[PATH_MAX + 64];
    char names[MAX_TRIED][CS_BLOB_NAME_CHARS + 1];
    unsigned count;
} stored;

static bool is_hex(const char *text, size_t length) {
    return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

static void find_in_folder(stored *found, const char *two) {
    char path[sizeof found->folder + 4];
    (void)snprintf(path, sizeof path, "%s/%.2s", found->folder, two);
    DIR *folder = opendir(path);
    const struct dirent *file;
    while (folder && found->count < MAX_TRIED && (file = readdir(folder)))
        if (is_hex(file->d_name, CS_BLOB_NAME_CHARS) && strncmp(file->d_name, two, 2) == 0)
            memcpy(found->names[found->count++], file->d_name, CS_BLOB_NAME_CHARS + 1);
    if (folder) closedir(folder);
}

/* Some of the stored recordings. */
static void find_recordings(stored *found, const char *data) {
    found->count = 0;
    (void)snprintf(found->folder, sizeof found->folder, "%s/recordings", data);
    DIR *folder = opendir(found->folder);
    const struct dirent *entry;
    while (folder && found->count < MAX_TRIED && (entry = readdir(folder)))
        if (is_hex(entry->d_name, 2)) find_in_folder(found, entry->d_name);
    if (folder) closedir(folder);
}

/* One that opens proves the key. One that doesn't may be damaged, so that others are tried; message is of the last. */
static bool key_opens(const cs_keys *keys, const stored *found, cs_message *message) {
    for (unsigned i = 0; i < found->count; i++) {
        cs_blob *blob = NULL;
        if (blob_open(keys, found->folder, found->names[i], &blob, message) != CS_OK) continue;
        blob_close(blob);
        return true;
    }
    return found->count == 0;
}

static void check_key(const char *path, const char *data) {
    cs_keys *keys = NULL;
    cs_message message;
    stored found;
    char words[PATH_MAX + 200], remedy[sizeof message.reason + sizeof message.remedy + 4];
    find_recordings(&found, data);
    cs_error code = keys_open(path, CS_KEYS_FIND, &keys, &message);
    if (code == CS_ERR_NOT_FOUND && found.count > 0) {
        doctor_line(CS_DOCTOR_BROKEN, "recordings' key", message.reason,
                    "recordings can't be heard without it; put its copy back, or name it with --key-file");
    } else if (code == CS_ERR_NOT_FOUND) {
        doctor_line(CS_DOCTOR_OFF, "recordings' key", message.reason,
                    "callscope inspect makes it with the first recording");
    } else if (code != CS_OK) {
        doctor_line(CS_DOCTOR_BROKEN, "recordings' key", message.reason, message.remedy);
    } else if (!key_opens(keys, &found, &message)) {
        (void)snprintf(words, sizeof words, "%s: this key does not open the recordings of this store", path);
        (void)snprintf(remedy, sizeof remedy, "%s; %s", message.reason, message.remedy);
        doctor_line(CS_DOCTOR_BROKEN, "recordings' key", words, remedy);
    } else {
        (void)snprintf(words, sizeof words, "%s: keep a copy of it elsewhere", path);
        doctor_line(CS_DOCTOR_GOOD, "recordings' key", words, NULL);
    }
    keys_close(keys);
}

static void check_recordings(const cs_arguments *arguments) {
    bool has_ffmpeg = converter_is_installed();
    doctor_line(has_ffmpeg ? CS_DOCTOR_GOOD : CS_DOCTOR_OFF, "recordings",
                has_ffmpeg ? "wav, mp3, ogg, flac; amr, m4a, wma and video by ffmpeg"
                           : "wav, mp3, ogg and flac; amr, m4a, wma and video need ffmpeg",
                has_ffmpeg ? NULL : "apt-get install ffmpeg");
    check_key(key_file(arguments), argument(arguments, "--data"));
}

int run_doctor(const cs_arguments *arguments) {
    broken = 0;
    puts("callscope " CALLSCOPE_VERSION);
    check_libraries();
    check_rules(rules_path(arguments));
    check_store(argument(arguments, "--data"));
    check_disk(argument(arguments, "--data"));
    bool has_pages = embedded_files[0].path != NULL;
    doctor_line(has_pages ? CS_DOCTOR_GOOD : CS_DOCTOR_OFF, "web interface",
                has_pages ? "built in" : "this program was built without it; the API works",
                has_pages ? NULL : "build it with: make build");
    check_recordings(arguments);
    doctor_check_speech(arguments);
    return broken ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}
