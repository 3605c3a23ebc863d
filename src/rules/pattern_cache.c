#include "rules/pattern_cache.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DATABASES = 3, FILE_BYTES = 512 << 20, KEPT = 16 };

typedef struct header {
    char magic[16];
    cs_hash key;
    uint64_t bytes[DATABASES], expressions;
} header;

static const char magic[16] = "callscope-hs-1\n";

static void add_texts(cs_buffer *all, const cs_pattern *patterns, uint32_t count) {
    (void)buffer_printf(all, "%u\n", count);
    for (uint32_t i = 0; i < count; i++) (void)buffer_append(all, patterns[i].text, patterns[i].bytes + 1);
}

/* Of everything that the databases depend on. */
static bool make_key(const cs_patterns *p, cs_hash *key) {
    cs_buffer all;
    hs_platform_info_t platform = {0};
    if (hs_populate_platform(&platform) != HS_SUCCESS) return false;
    buffer_init(&all, FILE_BYTES);
    (void)buffer_printf(&all, "%s\n%u %llu\n", hs_version(), platform.tune, platform.cpu_features);
    add_texts(&all, p->literals, p->literal_count);
    add_texts(&all, p->expressions, p->expression_count);
    add_texts(&all, p->sounds, p->sound_count);
    bool is_good = !all.is_failed;
    if (is_good) *key = hash_bytes(all.data, all.length);
    buffer_free(&all);
    return is_good;
}

static void name_of(const char *folder, cs_hash key, char out[PATH_MAX]) {
    char hex[CS_HASH_CHARS + 1];
    hash_hex(key, hex);
    snprintf(out, PATH_MAX, "%s/patterns-%s", folder, hex);
}

/* ---- reading ---- */

static bool unpack(const cs_buffer *file, cs_hash key, cs_patterns *p) {
    header h;
    hs_database_t *databases[DATABASES] = {NULL, NULL, NULL};
    if (file->length < sizeof h) return false;
    memcpy(&h, file->data, sizeof h);
    if (memcmp(h.magic, magic, sizeof magic) != 0 || !hash_equal(h.key, key) || h.expressions != p->expression_count)
        return false;
    uint64_t sum = sizeof h + h.expressions;
    for (int i = 0; i < DATABASES; i++) {
        if (h.bytes[i] > FILE_BYTES) return false;
        sum += h.bytes[i];
    }
    if (sum != file->length) return false;
    const char *at = file->data + sizeof h + h.expressions;
    for (int i = 0; i < DATABASES; at += h.bytes[i], i++) {
        if (h.bytes[i] == 0 || hs_deserialize_database(at, h.bytes[i], &databases[i]) == HS_SUCCESS) continue;
        for (int k = 0; k < i; k++) hs_free_database(databases[k]);
        return false;
    }
    for (uint32_t i = 0; i < p->expression_count; i++) {
        p->expressions[i].is_always = file->data[sizeof h + i] != 0;
        p->always_count += p->expressions[i].is_always;
    }
    p->literal_database = databases[0];
    p->filter_database = databases[1];
    p->sound_database = databases[2];
    return true;
}

bool pattern_cache_load(const char *folder, cs_patterns *patterns) {
    char path[PATH_MAX];
    cs_hash key;
    cs_buffer file;
    cs_message message;
    if (!folder || !make_key(patterns, &key)) return false;
    name_of(folder, key, path);
    if (access(path, R_OK) != 0) return false;
    bool is_good = file_read(path, FILE_BYTES, &file, &message) == CS_OK && unpack(&file, key, patterns);
    buffer_free(&file);
    return is_good;
}

/* ---- writing ---- */

static bool add_database(cs_buffer *out, const hs_database_t *database, uint64_t *bytes) {
    char *packed = NULL;
    size_t length = 0;
    if (!database) return true;
    if (hs_serialize_database(database, &packed, &length) != HS_SUCCESS) return false;
    bool is_good = buffer_append(out, packed, length);
    *bytes = length;
    free(packed);
    return is_good;
}

static bool pack(const cs_patterns *p, cs_hash key, cs_buffer *out) {
    header h = {.key = key, .expressions = p->expression_count};
    memcpy(h.magic, magic, sizeof magic);
    (void)buffer_append(out, &h, sizeof h);
    for (uint32_t i = 0; i < p->expression_count; i++) {
        char is_always = p->expressions[i].is_always;
        (void)buffer_append(out, &is_always, 1);
    }
    bool is_good = add_database(out, p->literal_database, &h.bytes[0]) &&
                   add_database(out, p->filter_database, &h.bytes[1]) &&
                   add_database(out, p->sound_database, &h.bytes[2]) && !out->is_failed;
    if (is_good) memcpy(out->data, &h, sizeof h);
    return is_good;
}

/* Of many rule sets only the newest few are kept. */
static void prune(const char *folder) {
    char oldest[PATH_MAX], path[PATH_MAX];
    DIR *files = opendir(folder);
    unsigned count = 0;
    time_t least = 0;
    for (struct dirent *entry; files && (entry = readdir(files)) != NULL;) {
        struct stat about;
        if (strncmp(entry->d_name, "patterns-", 9) != 0) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH_MAX || stat(path, &about) != 0)
            continue;
        if (count++ > 0 && about.st_mtime >= least) continue;
        least = about.st_mtime;
        memcpy(oldest, path, sizeof oldest);
    }
    if (files) closedir(files);
    if (count > KEPT) (void)unlink(oldest);
}

void pattern_cache_save(const char *folder, const cs_patterns *patterns) {
    char path[PATH_MAX], beside[PATH_MAX + 32];
    cs_hash key;
    cs_buffer file;
    if (!folder || !make_key(patterns, &key) || (mkdir(folder, 0777) != 0 && access(folder, W_OK) != 0)) return;
    name_of(folder, key, path);
    snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    buffer_init(&file, FILE_BYTES);
    FILE *out = pack(patterns, key, &file) ? fopen(beside, "wb") : NULL;
    if (out) {
        bool is_good = fwrite(file.data, 1, file.length, out) == file.length;
        is_good = fclose(out) == 0 && is_good;
        if (!is_good || rename(beside, path) != 0) (void)unlink(beside);
        prune(folder);
    }
    buffer_free(&file);
}
