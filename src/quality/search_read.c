#include "quality/search_read.h"

#include "conversation/codec.h"
#include "quality/search_candidates.h"

#include <stdio.h>
#include <string.h>

enum { MAX_TIMELINE_BYTES = 256 << 20 };

#define EIGHT(a) ":s" #a "0, :s" #a "1, :s" #a "2, :s" #a "3, :s" #a "4, :s" #a "5, :s" #a "6, :s" #a "7"
#define CHUNK EIGHT(0) ", " EIGHT(1) ", " EIGHT(2) ", " EIGHT(3)

/* Places that are not taken name no conversation. */
static void bind_chunk(cs_stmt *stmt, const cs_place *places, size_t count) {
    for (size_t i = 0; i < SEARCH_CHUNK; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "s%zu%zu", i / 8, i % 8);
        db_bind_int64(stmt, name, i < count ? places[i].seq : -1);
    }
}

static size_t place_in(const cs_place *places, size_t count, int64_t seq) {
    size_t at = 0;
    while (at < count && places[at].seq != seq) at++;
    return at;
}

/* Rows come in any order: the packed texts are kept until all are there. */
typedef struct frames {
    cs_buffer bytes;
    size_t from[SEARCH_CHUNK], length[SEARCH_CHUNK];
    bool has[SEARCH_CHUNK];
} frames;

static cs_error read_frames(cs_db *db, const cs_place *places, size_t count, frames *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT c.seq, t.body FROM conversation c JOIN timeline t ON t.seq = c.seq AND t.version "
                             "= c.timeline_version WHERE c.seq IN (" CHUNK ")",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_chunk(stmt, places, count);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        size_t at = place_in(places, count, db_int64(stmt, 0)), length = 0;
        const void *frame = db_bytes(stmt, 1, &length);
        if (at == count) continue;
        out->from[at] = out->bytes.length;
        out->length[at] = length;
        out->has[at] = true;
        if (!buffer_append(&out->bytes, frame, length)) {
            code = message_set(message, CS_ERR_MEMORY, "no memory to search");
            break;
        }
    }
    db_done(stmt);
    return code;
}

cs_error search_read(cs_db *db, cs_packer *packer, const cs_place *places, size_t count, cs_arena *arena,
                     cs_search_visit visit, void *context, cs_message *message) {
    frames found = {.has = {false}};
    cs_buffer body;
    cs_message ignored;
    buffer_init(&found.bytes, (size_t)MAX_TIMELINE_BYTES * 4);
    buffer_init(&body, MAX_TIMELINE_BYTES);
    cs_error code = read_frames(db, places, count, &found, message);
    for (size_t i = 0; code == CS_OK && i < count; i++) {
        cs_conversation *conversation = NULL;
        if (!found.has[i]) continue;
        cs_error own = packer_unpack(packer, found.bytes.data + found.from[i], found.length[i], MAX_TIMELINE_BYTES,
                                     &body, &ignored);
        if (own == CS_OK) own = codec_decode(body.data, body.length, arena, &conversation, &ignored);
        bool goes_on = own != CS_OK || visit(context, i, conversation);
        arena_reset(arena);
        if (!goes_on) break;
    }
    buffer_free(&found.bytes);
    buffer_free(&body);
    return code;
}

cs_error search_read_documents(cs_db *db, const cs_place *places, size_t count, int64_t *documents,
                               cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    memset(documents, 0, count * sizeof *documents);
    cs_error code =
        db_query(db, "SELECT seq, search_document FROM conversation WHERE seq IN (" CHUNK ")", &stmt, message);
    if (code != CS_OK) return code;
    bind_chunk(stmt, places, count);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        size_t at = place_in(places, count, db_int64(stmt, 0));
        if (at < count) documents[at] = db_int64(stmt, 1);
    }
    db_done(stmt);
    return code;
}

bool search_reads_id(cs_db *db, int64_t seq, const char *id) {
    cs_stmt *stmt = NULL;
    cs_message ignored;
    bool has_row = false;
    if (db_query(db, "SELECT 1 FROM conversation WHERE seq = :seq AND id = :id", &stmt, &ignored) != CS_OK)
        return false;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "id", id);
    bool is_read = db_step(stmt, &has_row, &ignored) == CS_OK && has_row;
    db_done(stmt);
    return is_read;
}
