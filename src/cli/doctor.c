/* callscope doctor: what is on, what is off and how to turn it on, what is broken. */
#include "audio/converter.h"
#include "cli/command.h"
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

typedef enum state { GOOD, OFF, BROKEN } state;

static int broken;

static void line(state s, const char *what, const char *words, const char *remedy) {
    static const char *const marks[] = {"ok  ", "off ", "FAIL"};
    printf("%s  %-14s %s\n", marks[s], what, words);
    if (remedy && *remedy) printf("      %-14s %s\n", "", remedy);
    broken += s == BROKEN;
}

static void check_libraries(void) {
    char words[160], pcre[64] = "";
    uint32_t has_jit = 0;
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    pcre2_config(PCRE2_CONFIG_JIT, &has_jit);
    snprintf(words, sizeof words, "SQLite %s, zstd %s, Hyperscan %s, PCRE2 %s", sqlite3_libversion(),
             ZSTD_versionString(), hs_version(), pcre);
    line(GOOD, "libraries", words, NULL);
    if (hs_valid_platform() != HS_SUCCESS)
        line(BROKEN, "processor", "it lacks SSSE3, which phrase search needs", "run callscope on another machine");
    else
        line(GOOD, "processor", "phrase search runs on it", NULL);
    line(has_jit ? GOOD : OFF, "expressions", has_jit ? "compiled to machine code" : "interpreted: slower, not wrong",
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
        line(BROKEN, "rules", message.reason, "see: callscope rules check DIR; or name another folder with --rules");
        return;
    }
    snprintf(words, sizeof words, "%u rules under %s", ruleset_rule_count(rules), path);
    line(GOOD, "rules", words, NULL);
    ruleset_release(rules);
}

static void check_store(const char *data) {
    cs_db *db = NULL;
    cs_message message;
    char words[200];
    int64_t all, stale;
    cs_error code = db_open(data, CS_DB_READ, &db, &message);
    if (code == CS_ERR_NOT_FOUND) {
        line(OFF, "store", message.reason, "callscope inspect makes it");
        return;
    }
    if (code == CS_OK) code = archive_count(db, &all, &stale, &message);
    db_close(db);
    if (code != CS_OK) {
        line(BROKEN, "store", message.reason, message.remedy);
        return;
    }
    snprintf(words, sizeof words, "%lld conversations in %s, %lld of them under older rules", (long long)all, data,
             (long long)stale);
    line(GOOD, "store", words, stale ? "run callscope inspect again: it inspects them anew" : NULL);
}

static void check_disk(const char *data) {
    struct statvfs disk;
    char words[120];
    if (statvfs(data, &disk) != 0 && statvfs(".", &disk) != 0) return;
    double free_gb = (double)disk.f_bavail * (double)disk.f_frsize / 1e9;
    snprintf(words, sizeof words, "%.1f GB free", free_gb);
    line(free_gb < 0.5 ? BROKEN : GOOD, "disk", words,
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
        line(BROKEN, "recordings' key", message.reason,
             "recordings can't be heard without it; put its copy back, or name it with --key-file");
    } else if (code == CS_ERR_NOT_FOUND) {
        line(OFF, "recordings' key", message.reason, "callscope inspect makes it with the first recording");
    } else if (code != CS_OK) {
        line(BROKEN, "recordings' key", message.reason, message.remedy);
    } else if (!key_opens(keys, &found, &message)) {
        (void)snprintf(words, sizeof words, "%s: this key does not open the recordings of this store", path);
        (void)snprintf(remedy, sizeof remedy, "%s; %s", message.reason, message.remedy);
        line(BROKEN, "recordings' key", words, remedy);
    } else {
        (void)snprintf(words, sizeof words, "%s: keep a copy of it elsewhere", path);
        line(GOOD, "recordings' key", words, NULL);
    }
    keys_close(keys);
}

static void check_recordings(const cs_arguments *arguments) {
    bool has_ffmpeg = converter_is_installed();
    line(has_ffmpeg ? GOOD : OFF, "recordings",
         has_ffmpeg ? "wav, mp3, ogg, flac; amr, m4a, wma and video by ffmpeg"
                    : "wav, mp3, ogg and flac; amr, m4a, wma and video need ffmpeg",
         has_ffmpeg ? NULL : "apt-get install ffmpeg");
    check_key(key_file(arguments), argument(arguments, "--data"));
    line(OFF, "speech", "no recogniser: a recording without a transcript is inspected on its sound alone",
         "put the transcript (.json, .vtt) beside it under the same name");
}

int run_doctor(const cs_arguments *arguments) {
    broken = 0;
    puts("callscope " CALLSCOPE_VERSION);
    check_libraries();
    check_rules(rules_path(arguments));
    check_store(argument(arguments, "--data"));
    check_disk(argument(arguments, "--data"));
    bool has_pages = embedded_files[0].path != NULL;
    line(has_pages ? GOOD : OFF, "web interface",
         has_pages ? "built in" : "this program was built without it; the API works",
         has_pages ? NULL : "build it with: make build");
    check_recordings(arguments);
    return broken ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}
