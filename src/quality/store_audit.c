#include "quality/store_audit.h"

#include "base/hash.h"
#include "conversation/codec.h"
#include "store/blob.h"
#include "store/pack.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_BODY_BYTES = 512 << 20, ARENA_BYTES = 1 << 30, WATCH_EVERY = 1000, NAMED_A_REFERENCE = 100 };

typedef struct audit {
    cs_db *db;
    const cs_audit_options *options;
    cs_audit *counts;
    cs_packer *packer;
    cs_arena *arena;
    cs_buffer bytes;
} audit;

static void tell(audit *a, const char *what, const cs_message *message) {
    a->counts->troubles++;
    a->options->trouble(a->options->context, what, message);
}

static cs_error look(audit *a, const char *what, int64_t done, cs_message *message) {
    if (done % WATCH_EVERY != 0 || !a->options->watch || a->options->watch(a->options->context, what, done))
        return CS_OK;
    return message_set(message, CS_ERR_STOPPED, "looking at the store was stopped");
}

/* ---- texts ---- */

static cs_error check_text(audit *a, cs_stmt *stmt, cs_message *why) {
    size_t frame_bytes = 0, hash_bytes_got = 0;
    cs_conversation *conversation = NULL;
    const void *frame = db_bytes(stmt, 3, &frame_bytes), *hash = db_bytes(stmt, 2, &hash_bytes_got);
    buffer_clear(&a->bytes);
    cs_error code = packer_unpack(a->packer, frame, frame_bytes, MAX_BODY_BYTES, &a->bytes, why);
    if (code == CS_OK) {
        cs_hash is = hash_bytes(a->bytes.data, a->bytes.length);
        if (hash_bytes_got != CS_HASH_BYTES || memcmp(is.bytes, hash, CS_HASH_BYTES) != 0)
            code = message_set(why, CS_ERR_STORE, "its text is not the one that was stored");
    }
    if (code == CS_OK) code = codec_decode(a->bytes.data, a->bytes.length, a->arena, &conversation, why);
    arena_reset(a->arena);
    return code;
}

static cs_error check_texts(audit *a, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(a->db, sql, &stmt, message);
    if (code == CS_OK) db_stream(stmt);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_message why = {0};
        char what[128];
        cs_error found = check_text(a, stmt, &why);
        (void)snprintf(what, sizeof what, "conversation %lld, text %lld", (long long)db_int64(stmt, 0),
                       (long long)db_int64(stmt, 1));
        if (found == CS_ERR_MEMORY) {
            *message = why;
            code = found;
        } else if (found != CS_OK) {
            message_remedy(&why, "bring it back from a backup, or import it again: its other versions stay");
            tell(a, what, &why);
        }
        if (code == CS_OK) code = look(a, "texts", ++a->counts->texts, message);
    }
    db_done(stmt);
    return code;
}

/* ---- references ---- */

/* Each gives a number of what names something that is not there. */
static const struct {
    const char *what, *sql;
} references[] = {
    {"a conversation without its current text",
     "SELECT c.seq FROM conversation c WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE t.seq = c.seq AND t.version = "
     "c.timeline_version) ORDER BY c.seq"},
    {"a conversation without its current inspection",
     "SELECT c.seq FROM conversation c WHERE NOT EXISTS (SELECT 1 FROM inspection i WHERE i.seq = c.seq AND i.number = "
     "c.inspection) ORDER BY c.seq"},
    {"an inspection of a text that is not there",
     "SELECT i.seq FROM inspection i WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE t.seq = i.seq AND t.version = "
     "i.timeline_version) ORDER BY i.seq"},
    {"a transcript's origin without its text",
     "SELECT x.seq FROM transcript x WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE t.seq = x.seq AND t.version = "
     "x.version) ORDER BY x.seq"},
    {"an inspection by a rule set that is not there",
     "SELECT i.seq FROM inspection i WHERE NOT EXISTS (SELECT 1 FROM ruleset r WHERE r.number = i.ruleset) ORDER BY "
     "i.seq"},
    {"a finding of a conversation that is not there",
     "SELECT f.seq FROM finding f WHERE NOT EXISTS (SELECT 1 FROM conversation c WHERE c.seq = f.seq) ORDER BY f.seq"},
    {"a finding that is not of the current inspection",
     "SELECT f.seq FROM finding f JOIN conversation c ON c.seq = f.seq WHERE f.inspection <> c.inspection ORDER BY "
     "f.seq"},
    {"a recording of a conversation that is not there", "SELECT r.seq FROM recording r WHERE NOT EXISTS (SELECT 1 FROM "
                                                        "conversation c WHERE c.seq = r.seq) ORDER BY r.seq"},
    {"a matched row of a list without its conversation",
     "SELECT m.record FROM record_match m WHERE m.seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM conversation c WHERE "
     "c.seq = m.seq) ORDER BY m.record"},
    {"an identity of a person who is not there",
     "SELECT i.person FROM person_identity i WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.number = i.person) ORDER "
     "BY i.person"},
};

static cs_error check_reference(audit *a, size_t i, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t found = 0;
    cs_error code = db_query(a->db, references[i].sql, &stmt, message);
    if (code == CS_OK) db_stream(stmt);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_message why;
        char what[48];
        if (++found > NAMED_A_REFERENCE) continue;
        (void)snprintf(what, sizeof what, "number %lld", (long long)db_int64(stmt, 0));
        (void)message_set(&why, CS_ERR_STORE, "%s", references[i].what);
        message_remedy(&why, "bring the store back from a backup; if it stays, report it with this line");
        tell(a, what, &why);
    }
    db_done(stmt);
    if (found > NAMED_A_REFERENCE) a->counts->troubles += found - NAMED_A_REFERENCE;
    a->counts->references++;
    return code == CS_OK ? look(a, "references", 0, message) : code;
}

/* ---- recordings ---- */

static cs_error check_file(const audit *a, const char *name, cs_message *why) {
    char path[4096];
    struct stat info;
    cs_blob *blob = NULL;
    if (a->options->keys) {
        cs_error code = blob_open(a->options->keys, a->options->recordings, name, &blob, why);
        blob_close(blob);
        return code;
    }
    (void)snprintf(path, sizeof path, "%s/%.2s/%s", a->options->recordings, name, name);
    if (stat(path, &info) == 0) return CS_OK;
    return message_set(why, CS_ERR_NOT_FOUND, "its file is not there");
}

static cs_error check_recordings(audit *a, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(a->db,
                 "SELECT blob, max(seq) FROM recording_part WHERE blob <> '' GROUP BY blob UNION ALL SELECT "
                 "waveform, max(seq) FROM recording WHERE waveform <> '' GROUP BY waveform",
                 &stmt, message);
    if (code == CS_OK) db_stream(stmt);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_message why = {0};
        char what[128];
        (void)snprintf(what, sizeof what, "recording %.32s of conversation %lld", db_text(stmt, 0),
                       (long long)db_int64(stmt, 1));
        if (check_file(a, db_text(stmt, 0), &why) != CS_OK) {
            if (!why.remedy[0]) message_remedy(&why, "put the file back from a backup");
            tell(a, what, &why);
        }
        code = look(a, "recordings", ++a->counts->recordings, message);
    }
    db_done(stmt);
    return code;
}

cs_error store_audit(cs_db *db, const cs_audit_options *options, cs_audit *out, cs_message *message) {
    audit a = {.db = db, .options = options, .counts = out, .arena = arena_create(ARENA_BYTES)};
    *out = (cs_audit){0};
    buffer_init(&a.bytes, MAX_BODY_BYTES);
    cs_error code = a.arena ? packer_open(db, &a.packer, message)
                            : message_set(message, CS_ERR_MEMORY, "no memory to look at the store");
    if (code == CS_OK)
        code = check_texts(&a, "SELECT seq, version, hash, body FROM timeline ORDER BY seq, version", message);
    if (code == CS_OK)
        code = check_texts(&a, "SELECT seq, version, hash, body FROM as_read ORDER BY seq, version", message);
    for (size_t i = 0; code == CS_OK && i < sizeof references / sizeof references[0]; i++)
        code = check_reference(&a, i, message);
    if (code == CS_OK) code = check_recordings(&a, message);
    packer_close(a.packer);
    buffer_free(&a.bytes);
    arena_free(a.arena);
    return code;
}
