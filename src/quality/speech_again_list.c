#include "quality/speech_again_list.h"

#include "base/clock.h"
#include "quality/speech_choice.h"

#include <string.h>

enum { ARENA_BYTES = 64 << 20 };

cs_error again_walk_begin(cs_again_walk *walk, cs_db *db, const cs_speech_again_filter *filter, const char *data,
                          cs_message *message) {
    *walk = (cs_again_walk){.db = db, .filter = filter, .data = data, .arena = arena_create(ARENA_BYTES)};
    return walk->arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to look for recordings");
}

void again_walk_end(cs_again_walk *walk) {
    arena_free(walk->arena);
    walk->arena = NULL;
}

/* NULL: it is off there, or no model is here. Beyond CS_AGAIN_CHOICES it is asked each time, and the arena says when to end. */
static cs_error choose(cs_again_walk *walk, const char *queue, const char *language, const char **model,
                       cs_message *message) {
    bool is_off;
    for (uint32_t i = 0; i < walk->choice_count; i++) {
        if (strcmp(walk->choices[i].queue, queue) != 0 || strcmp(walk->choices[i].language, language) != 0) continue;
        *model = walk->choices[i].model;
        return CS_OK;
    }
    const char *own_queue = arena_string(walk->arena, queue), *own_language = arena_string(walk->arena, language);
    if (!own_queue || !own_language) return message_set(message, CS_ERR_MEMORY, "no memory to look for recordings");
    cs_error code = choice_find(walk->db, *own_queue ? own_queue : NULL, *own_language ? own_language : NULL,
                                walk->data, walk->arena, model, &is_off, message);
    if (code != CS_OK || walk->choice_count == CS_AGAIN_CHOICES) return code;
    walk->choices[walk->choice_count].queue = own_queue;
    walk->choices[walk->choice_count].language = own_language;
    walk->choices[walk->choice_count++].model = *model;
    return CS_OK;
}

static cs_error look_at(cs_again_walk *walk, cs_stmt *stmt, cs_again_found *found, bool *fits, cs_message *message) {
    const cs_speech_again_filter *f = walk->filter;
    const char *by = db_text(stmt, 4), *queue = db_text(stmt, 5), *language = db_text(stmt, 6);
    *found = (cs_again_found){.seq = db_int64(stmt, 0),
                              .is_risky = db_int64(stmt, 1) != 0,
                              .started_ms = db_int64(stmt, 2),
                              .duration_ms = db_int64(stmt, 3),
                              .is_wordless = !by,
                              .model = f->model};
    cs_error code = CS_OK;
    if (!f->model) code = choose(walk, queue ? queue : "", language ? language : "", &found->model, message);
    /* Who asks for what is older than a day means the words of the same model, too. */
    bool is_same = by && found->model && strcmp(by, found->model) == 0 && f->before_ms == CS_NO_TIME;
    *fits = code == CS_OK && found->model && !is_same;
    return code;
}

/* What came with a transcript has neither row. */
static const char FITTING[] =
    "SELECT r.seq, c.high_risk, coalesce(c.started_ms, 0), r.duration_ms, t.model, c.queue, c.language FROM recording "
    "r "
    "JOIN conversation c ON c.seq = r.seq LEFT JOIN transcript t ON t.seq = c.seq AND t.version = c.timeline_version "
    "LEFT JOIN recording_speech s ON s.seq = r.seq WHERE r.seq > :after AND r.seq <= :reached AND (t.seq IS NOT NULL "
    "OR "
    "s.seq IS NOT NULL) AND (:queue = '' OR c.queue = :queue) AND (:language = '' OR c.language = :language OR "
    "c.language LIKE :prefix) AND coalesce(c.started_ms, 0) >= :from AND coalesce(c.started_ms, 0) < "
    ":to AND (:by = '' OR t.model = :by) AND (t.seq IS NULL OR (:wordless = 0 AND coalesce(t.recognised_ms, 0) < "
    ":before)) ORDER BY r.seq";

static void bind(cs_stmt *stmt, const cs_speech_again_filter *f, const char *prefix) {
    db_bind_text(stmt, "queue", f->queue ? f->queue : "");
    db_bind_text(stmt, "language", f->language ? f->language : "");
    db_bind_text(stmt, "prefix", prefix);
    db_bind_int64(stmt, "from", f->from_ms == CS_NO_TIME ? INT64_MIN : f->from_ms);
    db_bind_int64(stmt, "to", f->to_ms == CS_NO_TIME ? INT64_MAX : f->to_ms);
    db_bind_text(stmt, "by", f->by ? f->by : "");
    db_bind_int64(stmt, "wordless", f->is_wordless_only);
    db_bind_int64(stmt, "before", f->before_ms == CS_NO_TIME ? INT64_MAX : f->before_ms);
}

cs_error again_walk_page(cs_again_walk *walk, int64_t after, int64_t reached,
                         cs_error (*take)(void *context, const cs_again_found *found, cs_message *message),
                         void *context, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false, fits = false;
    const char *language = walk->filter->language;
    const char *prefix = arena_printf(walk->arena, "%s-%%", language ? language : ""); /* zh-CN is zh */
    if (!prefix) return message_set(message, CS_ERR_MEMORY, "no memory to look for recordings");
    cs_error code = db_query(walk->db, FITTING, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after);
    db_bind_int64(stmt, "reached", reached);
    bind(stmt, walk->filter, prefix);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_again_found found;
        code = look_at(walk, stmt, &found, &fits, message);
        if (code == CS_OK && fits) code = take(context, &found, message);
    }
    db_done(stmt);
    return code;
}
