#include "imports/import_sources.h"

#include "base/buffer.h"
#include "base/file.h"
#include "imports/saved_mapping.h"
#include "imports/upload.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_NOTE_BYTES = 256 << 20, STEP = 500 };

/* ---- opening ---- */

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the files of the import");
}

static cs_error open_folder(const char *data, int64_t number, cs_import_sources *out, cs_message *message) {
    char folder[PATH_MAX];
    cs_error code = upload_folder(data, number, folder, sizeof folder, message);
    if (code != CS_OK) return code;
    if (access(folder, F_OK) != 0) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "the import has no files");
        message_remedy(message,
                       "send its files before you start it; servers of one store must share its folder, then start "
                       "the import again");
        return CS_ERR_NOT_FOUND;
    }
    out->folder = strdup(folder);
    out->paths = calloc(1, sizeof *out->paths);
    if (!out->folder || !out->paths) return no_memory(message);
    out->paths[0] = out->folder;
    out->path_count = 1;
    return CS_OK;
}

static cs_error open_note(const char *path, cs_import_sources *out, cs_message *message) {
    cs_buffer text;
    cs_error code = file_read(path, MAX_NOTE_BYTES, &text, message);
    if (code == CS_OK) code = json_parse(buffer_string(&text), text.length, MAX_NOTE_BYTES, &out->note, message);
    buffer_free(&text);
    if (code != CS_OK) return code;
    const cs_json *paths = json_get(out->note, "paths");
    size_t count = json_length(paths);
    if (!(out->paths = calloc(count + 1, sizeof *out->paths))) return no_memory(message);
    for (size_t i = 0; i < count; i++) {
        const char *one = json_string(json_at(paths, i), NULL);
        if (one && access(one, F_OK) == 0) out->paths[out->path_count++] = one; /* one that is gone is no fault */
    }
    const char *mapping = json_string(json_get(out->note, "mapping"), NULL);
    return mapping ? mapping_set_load(mapping, &out->mappings, message) : CS_OK;
}

/* The saved mapping that the import names, for all files that need one. */
static cs_error open_saved(cs_db *db, const char *name, cs_import_sources *out, cs_message *message) {
    cs_buffer body;
    cs_error code = saved_mapping_read(db, name, &body, message);
    if (code == CS_OK && !out->mappings) code = mapping_set_create(&out->mappings, message);
    if (code == CS_OK) code = mapping_set_add_text(out->mappings, NULL, buffer_string(&body), body.length, message);
    buffer_free(&body);
    return code;
}

cs_error import_sources_open(cs_db *db, const char *data, const cs_import_row *row, cs_import_sources *out,
                             cs_message *message) {
    char note[PATH_MAX];
    *out = (cs_import_sources){0};
    cs_error code = upload_note_path(data, row->number, "paths", note, sizeof note, message);
    if (code != CS_OK) return code;
    code = access(note, F_OK) == 0 ? open_note(note, out, message) : open_folder(data, row->number, out, message);
    return code == CS_OK && row->mapping[0] ? open_saved(db, row->mapping, out, message) : code;
}

void import_sources_close(cs_import_sources *sources) {
    free(sources->paths);
    free(sources->folder);
    mapping_set_free(sources->mappings);
    json_free(sources->note);
    *sources = (cs_import_sources){0};
}

/* ---- a watched folder's ---- */

cs_error import_sources_note(const char *data, int64_t number, const char *const *paths, size_t count,
                             const char *mapping, cs_message *message) {
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, MAX_NOTE_BYTES);
    json_writer_init(&out, &text);
    json_object_open(&out, NULL);
    json_array_open(&out, "paths");
    for (size_t i = 0; i < count; i++) json_write_string(&out, NULL, paths[i]);
    json_array_close(&out);
    json_write_string(&out, "mapping", mapping);
    json_object_close(&out);
    cs_error code = text.is_failed
                        ? no_memory(message)
                        : upload_keep_note(data, number, "paths", buffer_string(&text), text.length, message);
    buffer_free(&text);
    return code;
}

/* ---- the end ---- */

typedef struct settling {
    cs_db *db;
    int64_t number;
    const char *from, *to; /* paths of the upload folder lie between them */
} settling;

/* What names the file beside its path. Those with an import are few, or found by it. */
typedef struct naming {
    const char *sql;
    bool has_import, has_limit;
} naming;

static const naming namings[] = {
    {"UPDATE conversation SET source = substr(source, length(:from) + 1) WHERE seq IN (SELECT seq FROM conversation "
     "WHERE "
     "source >= :from AND source < :to LIMIT :most)",
     false, true},
    {"UPDATE recording_part SET path = substr(path, length(:from) + 1) WHERE (seq, number) IN (SELECT seq, number FROM "
     "recording_part WHERE path >= :from AND path < :to LIMIT :most)",
     false, true},
    {"UPDATE record SET path = substr(path, length(:from) + 1) WHERE number IN (SELECT number FROM record WHERE import "
     "= "
     ":import AND path >= :from AND path < :to LIMIT :most)",
     true, true},
    {"UPDATE person_link SET source = substr(source, length(:from) + 1) WHERE import = :import AND source >= :from AND "
     "source < :to",
     true, false},
    {"UPDATE person_naming SET source = substr(source, length(:from) + 1) WHERE import = :import AND source >= :from "
     "AND "
     "source < :to",
     true, false},
    {"DELETE FROM source WHERE path IN (SELECT path FROM source WHERE path >= :from AND path < :to LIMIT :most)", false,
     true},
};

/* One transaction; *changed 0: no more. */
static cs_error settle_step(const settling *s, const naming *one, int64_t *changed, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_begin(s->db, message);
    if (code != CS_OK) return code;
    code = db_query(s->db, one->sql, &stmt, message);
    if (code == CS_OK) {
        db_bind_text(stmt, "from", s->from);
        db_bind_text(stmt, "to", s->to);
        if (one->has_import) db_bind_int64(stmt, "import", s->number);
        if (one->has_limit) db_bind_int64(stmt, "most", STEP);
        code = db_run(stmt, message);
    }
    if (code == CS_OK) *changed = one->has_limit ? db_changes(s->db) : 0;
    if (code == CS_OK) return db_commit(s->db, message);
    db_rollback(s->db);
    return code;
}

cs_error import_sources_settle(cs_db *db, const char *data, int64_t number, cs_message *message) {
    char folder[PATH_MAX], prefix[PATH_MAX + 2], end[PATH_MAX + 2];
    cs_error code = upload_folder(data, number, folder, sizeof folder, message);
    char *real = code == CS_OK ? realpath(folder, NULL) : NULL;
    if (code != CS_OK || !real) return code; /* no folder: nothing was read from it */
    (void)snprintf(prefix, sizeof prefix, "%.*s/", PATH_MAX, real);
    (void)snprintf(end, sizeof end, "%.*s0", PATH_MAX, real); /* the character behind the slash */
    free(real);
    const settling s = {db, number, prefix, end};
    for (size_t i = 0; code == CS_OK && i < sizeof namings / sizeof namings[0]; i++) {
        int64_t changed = STEP;
        while (code == CS_OK && changed > 0) code = settle_step(&s, &namings[i], &changed, message);
    }
    return code;
}
