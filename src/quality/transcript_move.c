#include "quality/transcript_move.h"

#include "base/utf8.h"
#include "conversation/codec.h"
#include "store/pack.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 30, BODY_BYTES = 512 << 20, NEAR_MS = 1500, MOST_DECISIONS = 20000 };

/* ---- a turn again ---- */

static int64_t end_of(const cs_turn *turn) {
    return turn->end_ms == CS_NO_TIME ? turn->start_ms : turn->end_ms;
}

uint32_t transcript_turn_again(const cs_conversation *older, uint32_t turn, const cs_conversation *newer,
                               const bool *taken, bool *is_exact) {
    *is_exact = false;
    if (!older->is_timed || !newer->is_timed || turn == 0 || turn > older->turn_count) return 0;
    const cs_turn *was = &older->turns[turn - 1];
    cs_role role = older->participants[was->participant].role;
    int64_t best_shared = 0, best_distance = INT64_MAX, own_distance = INT64_MAX;
    uint32_t shared_turn = 0, near_turn = 0, own_turn = 0;
    for (uint32_t i = 0; i < newer->turn_count; i++) {
        const cs_turn *now = &newer->turns[i];
        if (taken && taken[i]) continue;
        int64_t from = was->start_ms > now->start_ms ? was->start_ms : now->start_ms;
        int64_t to = end_of(was) < end_of(now) ? end_of(was) : end_of(now);
        int64_t distance = from > to ? from - to : 0;
        bool is_own = newer->participants[now->participant].role == role;
        if (is_own && to - from > best_shared) best_shared = to - from, shared_turn = i + 1;
        if (is_own && distance < own_distance) own_distance = distance, own_turn = i + 1;
        if (distance < best_distance) best_distance = distance, near_turn = i + 1;
    }
    *is_exact = shared_turn || (own_turn && own_distance <= NEAR_MS);
    return shared_turn ? shared_turn : own_turn && own_distance <= NEAR_MS ? own_turn : near_turn;
}

/* ---- what was decided ---- */

typedef struct decided {
    int64_t number, turn, from, to; /* from, to: -1 none */
    const char *key; /* of which a turn has one; "": many */
    uint32_t now; /* 0: it stays */
} decided;

typedef struct moving {
    cs_db *db;
    cs_arena *arena;
    const cs_conversation *older, *newer;
    cs_transcript_moved *out;
    cs_message *message;
} moving;

/* One of a kind: rows of the table that hang on a turn, each key at most once a turn. */
static const struct {
    const char *list, *away, *place;
    bool is_keyed, has_points;
} kinds[] = {
    {"SELECT number, turn, -1, -1, rule FROM judgement WHERE conversation = :id AND turn > 0 ORDER "
     "BY "
     "number LIMIT :most",
     "UPDATE judgement SET turn = -turn WHERE number = :number",
     "UPDATE judgement SET turn = :turn WHERE number = :number", true, false},
    {"SELECT number, turn, coalesce(from_point, -1), coalesce(to_point, -1), '' FROM comment WHERE conversation = :id "
     "AND "
     "turn > 0 ORDER BY number LIMIT :most",
     "UPDATE comment SET turn = -turn WHERE number = :number",
     "UPDATE comment SET turn = :turn, from_point = :from, to_point = :to WHERE number = :number", false, true},
    {"SELECT number, turn, -1, -1, rule FROM work_order WHERE conversation = (SELECT id FROM conversation WHERE "
     "external_id = :id) AND turn > 0 ORDER BY number LIMIT "
     ":most",
     "UPDATE work_order SET turn = -turn WHERE number = :number",
     "UPDATE work_order SET turn = :turn WHERE number = :number", true, false},
};

static cs_error read_decided(const moving *m, size_t kind, decided **out, uint32_t *count) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    uint32_t room = 0;
    cs_error code = db_query(m->db, kinds[kind].list, &stmt, m->message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", m->newer->external_id);
    db_bind_int64(stmt, "most", MOST_DECISIONS);
    while ((code = db_step(stmt, &has_row, m->message)) == CS_OK && has_row) {
        const char *key = arena_string(m->arena, db_text(stmt, 4));
        if (!key || !arena_room(m->arena, (void **)out, &room, *count, sizeof **out)) {
            code = message_set(m->message, CS_ERR_MEMORY, "no memory to move what was decided");
            break;
        }
        (*out)[(*count)++] = (decided){.number = db_int64(stmt, 0),
                                       .turn = db_int64(stmt, 1),
                                       .from = db_int64(stmt, 2),
                                       .to = db_int64(stmt, 3),
                                       .key = key};
    }
    db_done(stmt);
    return code;
}

/* The words that a comment points at, where the new turn has them too; else it is about the whole turn. */
static void place_points(const moving *m, decided *d) {
    const cs_turn *was = &m->older->turns[d->turn - 1], *now = &m->newer->turns[d->now - 1];
    if (d->to <= d->from || d->from < 0) return;
    size_t begin = utf8_offset(was->text, was->text_bytes, (size_t)d->from);
    size_t bytes = utf8_offset(was->text + begin, was->text_bytes - begin, (size_t)(d->to - d->from));
    const char *found = bytes ? memmem(now->text, now->text_bytes, was->text + begin, bytes) : NULL;
    int64_t length = d->to - d->from;
    d->from = found ? (int64_t)utf8_count(now->text, (size_t)(found - now->text)) : -1;
    d->to = found ? d->from + length : -1;
}

/* What was decided there before, and stands no more or was taken back, goes along. */
static const decided *find_same(const decided *all, uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (all[k].turn == all[i].turn && strcmp(all[k].key, all[i].key) == 0) return &all[k];
    return NULL;
}

/* Of one key the turns that are taken already: another decision of its rule stands there. */
static cs_error choose(const moving *m, bool is_keyed, decided *all, uint32_t count) {
    bool *taken = arena_array(m->arena, (size_t)m->newer->turn_count + 1, sizeof *taken);
    if (!taken) return message_set(m->message, CS_ERR_MEMORY, "no memory to move what was decided");
    for (uint32_t i = 0; i < count; i++) {
        bool is_exact;
        memset(taken, 0, m->newer->turn_count * sizeof *taken);
        for (uint32_t k = 0; is_keyed && k < i; k++)
            if (all[k].now && strcmp(all[k].key, all[i].key) == 0) taken[all[k].now - 1] = true;
        const decided *same = is_keyed ? find_same(all, i) : NULL;
        if (same) all[i].now = same->now;
        if (same || all[i].turn > m->older->turn_count) continue;
        all[i].now = transcript_turn_again(m->older, (uint32_t)all[i].turn, m->newer, taken, &is_exact);
        if (!all[i].now) continue;
        place_points(m, &all[i]);
        *(is_exact ? &m->out->placed : &m->out->nearest) += 1;
    }
    return CS_OK;
}

static cs_error run(const moving *m, const char *sql, bool has_points, const decided *d, bool is_placed) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(m->db, sql, &stmt, m->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", d->number);
    if (is_placed) db_bind_int64(stmt, "turn", d->now);
    if (is_placed && has_points && d->from >= 0) {
        db_bind_int64(stmt, "from", d->from);
        db_bind_int64(stmt, "to", d->to);
    } else if (is_placed && has_points) {
        db_bind_null(stmt, "from");
        db_bind_null(stmt, "to");
    }
    return db_run(stmt, m->message);
}

/* First all go out of the way, so that none meets another on its way. */
static cs_error move_kind(const moving *m, size_t kind) {
    decided *all = NULL;
    uint32_t count = 0;
    cs_error code = read_decided(m, kind, &all, &count);
    if (code == CS_OK) code = choose(m, kinds[kind].is_keyed, all, count);
    for (uint32_t i = 0; i < count && code == CS_OK; i++)
        if (all[i].now) code = run(m, kinds[kind].away, false, &all[i], false);
    for (uint32_t i = 0; i < count && code == CS_OK; i++)
        if (all[i].now) code = run(m, kinds[kind].place, kinds[kind].has_points, &all[i], true);
    return code;
}

/* ---- the older text ---- */

static cs_error is_decided(cs_db *db, const char *id, bool *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    *out = false;
    cs_error code =
        db_query(db,
                 "SELECT 1 FROM judgement WHERE conversation = :id AND turn > 0 UNION ALL SELECT 1 FROM "
                 "comment WHERE conversation = :id AND turn > 0 UNION ALL SELECT 1 FROM work_order WHERE "
                 "conversation = (SELECT id FROM conversation WHERE external_id = :id) AND turn > 0 LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    code = db_step(stmt, out, message);
    db_done(stmt);
    return code;
}

static cs_error load(cs_db *db, int64_t seq, int64_t version, cs_arena *arena, cs_conversation **out,
                     cs_message *message) {
    cs_packer *packer = NULL;
    cs_stmt *stmt = NULL;
    cs_buffer bytes;
    bool has_row = false;
    size_t length = 0;
    buffer_init(&bytes, BODY_BYTES);
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK)
        code = db_query(db, "SELECT body FROM timeline WHERE seq = :seq AND version = :version", &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "seq", seq);
        db_bind_int64(stmt, "version", version);
        code = db_step(stmt, &has_row, message);
        const void *frame = code == CS_OK && has_row ? db_bytes(stmt, 0, &length) : NULL;
        if (frame) code = packer_unpack(packer, frame, length, BODY_BYTES, &bytes, message);
        if (frame && code == CS_OK) code = codec_decode(bytes.data, bytes.length, arena, out, message);
        db_done(stmt);
    }
    buffer_free(&bytes);
    packer_close(packer);
    return code;
}

cs_error transcript_move(cs_db *db, int64_t seq, int64_t was_version, const cs_conversation *newer,
                         cs_transcript_moved *out, cs_message *message) {
    bool has_any;
    cs_conversation *older = NULL;
    *out = (cs_transcript_moved){0};
    cs_error code = is_decided(db, newer->external_id, &has_any, message);
    if (code != CS_OK || !has_any) return code;
    cs_arena *arena = arena_create(ARENA_BYTES);
    code = arena ? load(db, seq, was_version, arena, &older, message)
                 : message_set(message, CS_ERR_MEMORY, "no memory to move what was decided");
    moving m = {db, arena, older, newer, out, message};
    for (size_t i = 0; older && code == CS_OK && i < sizeof kinds / sizeof kinds[0]; i++) code = move_kind(&m, i);
    arena_free(arena);
    return code;
}
