#include "quality/search_fill.h"

#include "conversation/codec.h"
#include "quality/search_match.h"
#include "store/search_index.h"

#include <stdlib.h>

enum {
    STEP = 256, /* conversations of one transaction */
    FORGOTTEN = 5000, /* rows of one, which is short work */
    MAX_TIMELINE_BYTES = 256 << 20,
    ARENA_BYTES = 1 << 30,
};

static cs_error set_document(cs_db *db, int64_t seq, int64_t document, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "UPDATE conversation SET search_document = :document WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    if (document)
        db_bind_int64(stmt, "document", document);
    else
        db_bind_null(stmt, "document");
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}

static cs_error find_document(cs_db *db, int64_t seq, int64_t *document, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *document = 0;
    cs_error code = db_query(db, "SELECT search_document FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *document = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* ---- one ---- */

cs_error search_forget(cs_db *db, int64_t seq, cs_message *message) {
    int64_t document = 0;
    cs_error code = find_document(db, seq, &document, message);
    return code == CS_OK ? search_index_remove(db, document, message) : code;
}

cs_error search_fill_one(cs_db *db, int64_t seq, const cs_conversation *conversation, cs_message *message) {
    cs_search_set set;
    int64_t replaces = 0, document = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    search_set_init(&set, CS_MAX_SEARCH_TERMS_BYTES);
    const char *terms = arena ? search_terms_text(conversation, arena, &set) : NULL;
    cs_error code = terms ? find_document(db, seq, &replaces, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory for the search index");
    if (code == CS_OK) code = search_index_put(db, terms, replaces, &document, message);
    if (code == CS_OK) code = set_document(db, seq, document, message);
    if (code == CS_OK) code = search_index_flush(db, message);
    search_set_free(&set);
    arena_free(arena);
    return code;
}

/* ---- those that wait ---- */

typedef struct waiting {
    int64_t seq, version;
    const char *terms;
} waiting;

typedef struct filling {
    cs_db *db;
    cs_packer *packer;
    cs_arena *arena, *scratch;
    cs_search_set set;
    cs_buffer body;
    waiting *rows;
    int64_t count;
} filling;

/* A text that can't be unpacked is found by nothing that was said; "" is in the index, and it waits no more. */
static cs_error list_terms(filling *f, const void *frame, size_t length, const char **terms, cs_message *message) {
    cs_conversation *conversation = NULL;
    cs_message own;
    *terms = "x";
    cs_error code = packer_unpack(f->packer, frame, length, MAX_TIMELINE_BYTES, &f->body, &own);
    if (code == CS_OK) code = codec_decode(f->body.data, f->body.length, f->scratch, &conversation, &own);
    if (code == CS_ERR_MEMORY) return message_set(message, code, "no memory for the search index");
    if (code != CS_OK) return CS_OK;
    const char *made = search_terms_text(conversation, f->scratch, &f->set);
    *terms = made ? arena_string(f->arena, made) : NULL;
    arena_reset(f->scratch);
    return *terms ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the search index");
}

static cs_error read_waiting(filling *f, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(f->db,
                             "SELECT c.seq, c.timeline_version, t.body FROM conversation c JOIN timeline t ON t.seq = "
                             "c.seq AND t.version = c.timeline_version WHERE c.search_document IS NULL ORDER BY c.seq "
                             "LIMIT :most",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", STEP);
    while (f->count < STEP && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        size_t length = 0;
        waiting *one = &f->rows[f->count];
        const void *frame = db_bytes(stmt, 2, &length);
        *one = (waiting){db_int64(stmt, 0), db_int64(stmt, 1), NULL};
        code = list_terms(f, frame, length, &one->terms, message);
        if (code != CS_OK) break;
        f->count++;
    }
    db_done(stmt);
    return code;
}

/* Unless its text was exchanged, or it was indexed, since it was read. */
static cs_error still_waits(cs_db *db, const waiting *one, bool *waits, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "SELECT 1 FROM conversation WHERE seq = :seq AND timeline_version = :version AND "
                             "search_document IS NULL",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", one->seq);
    db_bind_int64(stmt, "version", one->version);
    code = db_step(stmt, waits, message);
    db_done(stmt);
    return code;
}

static cs_error write_waiting(void *context, cs_db *db, cs_message *message) {
    const filling *f = context;
    cs_error code = CS_OK;
    for (int64_t i = 0; code == CS_OK && i < f->count; i++) {
        int64_t document = 0;
        bool waits = false;
        code = still_waits(db, &f->rows[i], &waits, message);
        if (code == CS_OK && waits) code = search_index_put(db, f->rows[i].terms, 0, &document, message);
        if (code == CS_OK && waits) code = set_document(db, f->rows[i].seq, document, message);
    }
    return code;
}

cs_error search_fill_some(cs_db *db, cs_packer *packer, cs_writer *writer, int64_t *done, cs_message *message) {
    filling f = {.db = db,
                 .packer = packer,
                 .arena = arena_create(ARENA_BYTES),
                 .scratch = arena_create(ARENA_BYTES),
                 .rows = calloc(STEP, sizeof *f.rows)};
    search_set_init(&f.set, CS_MAX_SEARCH_TERMS_BYTES);
    buffer_init(&f.body, MAX_TIMELINE_BYTES);
    bool has_memory = f.arena && f.scratch && f.rows;
    cs_error code =
        has_memory ? read_waiting(&f, message) : message_set(message, CS_ERR_MEMORY, "no memory for the search index");
    if (code == CS_OK && f.count) code = writer_run_now(writer, write_waiting, &f, message);
    *done = f.count;
    search_set_free(&f.set);
    buffer_free(&f.body);
    arena_free(f.arena);
    arena_free(f.scratch);
    free(f.rows);
    return code;
}

/* ---- anew ---- */

static cs_error forget_some(void *context, cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE conversation SET search_document = NULL WHERE seq IN (SELECT seq FROM "
                             "conversation WHERE search_document IS NOT NULL LIMIT :most)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", FORGOTTEN);
    code = db_run(stmt, message);
    *(int64_t *)context = db_changes(db);
    return code;
}

static cs_error empty(void *context, cs_db *db, cs_message *message) {
    (void)context;
    return search_index_empty(db, message);
}

cs_error search_fill_anew(cs_writer *writer, cs_message *message) {
    int64_t forgotten = 0;
    cs_error code;
    do code = writer_run_now(writer, forget_some, &forgotten, message);
    while (code == CS_OK && forgotten > 0);
    return code == CS_OK ? writer_run_now(writer, empty, NULL, message) : code;
}
