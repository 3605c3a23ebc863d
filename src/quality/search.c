#include "quality/search.h"

#include "quality/archive_item.h"
#include "quality/search_candidates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE_US = 20000, /* for the conversations of one page */
    COUNT_US = 4000, /* for reading those that are only counted */
    ALL_US = 2000000, /* for reading all of them, for a summary or an export */
    MAX_MATCHES_BYTES = 1 << 20, /* JSON of what is marked in one conversation */
};

/* ---- a page ---- */

typedef struct row {
    cs_place place;
    char *matches; /* ready JSON */
} row;

typedef struct page {
    cs_search *search;
    row *rows;
    int limit, count;
    bool has_failed;
} page;

/* {"matches": […]} without its braces and its name. */
static char *matches_json(cs_search *search, const cs_conversation *conversation, const cs_search_found *found) {
    static const char head[] = "{\"matches\":";
    cs_buffer text;
    cs_json_writer writer;
    char *json = NULL;
    buffer_init(&text, MAX_MATCHES_BYTES);
    json_writer_init(&writer, &text);
    json_object_open(&writer, NULL);
    bool is_whole = matches_write(&writer, search->query, conversation, found, search->scratch);
    json_object_close(&writer);
    if (is_whole && !text.is_failed && text.length > sizeof head)
        json = strndup(text.data + sizeof head - 1, text.length - sizeof head);
    buffer_free(&text);
    return json;
}

/* One more than the page holds is looked for, so that a page that is full knows whether another follows. */
static bool take_match(void *context, const cs_place *place, const cs_conversation *conversation,
                       const cs_search_found *found) {
    page *p = context;
    if (p->count == p->limit) return false;
    p->rows[p->count].place = *place;
    p->rows[p->count].matches = matches_json(p->search, conversation, found);
    p->has_failed = !p->rows[p->count].matches;
    p->count++;
    return !p->has_failed;
}

static cs_error row_write(cs_search *search, const cs_ruleset *ruleset, const row *one, cs_json_writer *out,
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(search->db, "SELECT " ITEM_COLUMNS " FROM conversation c WHERE c.seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", one->place.seq);
    db_bind_int64(stmt, "reader", search->filter.reader);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        item_open(stmt, ruleset, out);
        json_write_raw(out, "matches", one->matches);
        json_object_close(out);
    }
    db_done(stmt);
    return code;
}

/* ---- totals ---- */

typedef struct total {
    int64_t count;
    bool is_exact; /* else: at least */
} total;

static bool count_match(void *context, const cs_place *place, const cs_conversation *conversation,
                        const cs_search_found *found) {
    (void)place, (void)conversation, (void)found;
    ++*(int64_t *)context;
    return true;
}

/* How many hold behind the place, or before it, as far as the time goes. */
static cs_error count_on(cs_search *search, const cs_place *from, total *out, cs_message *message) {
    *out = (total){0, false};
    search->most_us = COUNT_US;
    search->most_read = search->where.filter->most_rows;
    search->on_match = count_match;
    search->context = &out->count;
    cs_error code = search_run(search, from, message);
    out->is_exact = search->end == WALK_FINISHED;
    return code;
}

/* next: where the page ended; not set: at the end of the list. Later pages repeat what the first one said. */
static cs_error count_all(cs_search *search, const cs_place *from, int found, const cs_place *next, total *out,
                          cs_message *message) {
    total more = {0, true};
    if (search->is_few && search->is_exact) {
        *out = (total){(int64_t)search->count, true};
        return CS_OK;
    }
    if (from->is_set) {
        *out = (total){from->total, from->is_exact};
        return CS_OK;
    }
    cs_error code = next->is_set ? count_on(search, next, &more, message) : CS_OK;
    *out = (total){found + more.count, more.is_exact && search_is_complete(search)};
    if (!out->is_exact && out->count < search->at_least) out->count = search->at_least;
    return code;
}

static void state_write(const cs_search *search, cs_json_writer *out) {
    json_object_open(out, "search");
    json_write_bool(out, "is_complete", search_is_complete(search));
    json_write_int(out, "waiting", search->waiting);
    json_object_close(out);
}

static cs_error page_write(page *p, const cs_ruleset *ruleset, const cs_place *from, cs_json_writer *out,
                           cs_message *message) {
    cs_search *search = p->search;
    cs_place next = {.is_set = false};
    total all = {0};
    search->most_us = PAGE_US;
    search->most_read = search->where.filter->most_rows;
    search->on_match = take_match;
    search->context = p;
    cs_error code = search_run(search, from, message);
    if (code == CS_OK && p->has_failed) code = message_set(message, CS_ERR_MEMORY, "no memory to search");
    if (search->end == WALK_PAUSED) next = search->last;
    if (search->end == WALK_ENOUGH) next = p->rows[p->limit - 1].place;
    if (code == CS_OK) code = count_all(search, from, p->count, &next, &all, message);
    if (code != CS_OK) return code;
    next.total = all.count;
    next.is_exact = all.is_exact;
    json_object_open(out, NULL);
    json_write_int(out, "total", all.count);
    json_write_bool(out, "total_is_exact", all.is_exact);
    state_write(search, out);
    json_array_open(out, "items");
    for (int i = 0; code == CS_OK && i < p->count; i++) code = row_write(search, ruleset, &p->rows[i], out, message);
    json_array_close(out);
    char after[PLACE_CHARS + 1];
    place_encode(&next, sort_index(search->sort->name), after);
    json_write_string(out, "next", next.is_set ? after : NULL);
    json_object_close(out);
    return code;
}

static cs_error refuse_cursor(cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value of after is no place in this list");
    message_place(message, "after");
    message_remedy(message, "take \"next\" of the page before, with the same sort; or begin again without after");
    return CS_ERR_USAGE;
}

cs_error search_list(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int limit, const char *after,
                     cs_json_writer *out, cs_message *message) {
    cs_place from = {.is_set = false};
    cs_search search;
    if (after && !place_decode(after, filter->sort ? sort_index(filter->sort) : 0, &from))
        return refuse_cursor(message);
    cs_error code = search_open(db, ruleset, filter, &search, message);
    if (code != CS_OK) return code;
    page p = {.search = &search, .rows = calloc((size_t)limit, sizeof *p.rows), .limit = limit};
    code = p.rows ? page_write(&p, ruleset, &from, out, message)
                  : message_set(message, CS_ERR_MEMORY, "no memory to search");
    for (int i = 0; i < p.count; i++) free(p.rows[i].matches);
    free(p.rows);
    search_close(&search);
    return code;
}

/* ---- neighbours ---- */

typedef struct neighbour {
    cs_place place;
    bool is_known; /* false: not met among those that were read, and there are more */
} neighbour;

static bool take_neighbour(void *context, const cs_place *place, const cs_conversation *conversation,
                           const cs_search_found *found) {
    (void)conversation, (void)found;
    ((neighbour *)context)->place = *place;
    return false;
}

static cs_error find_neighbour(cs_search *search, const cs_place *place, bool is_backward, neighbour *out,
                               cs_message *message) {
    search->is_backward = is_backward;
    search->most_us = PAGE_US / 2;
    search->most_read = search->where.filter->most_rows;
    search->on_match = take_neighbour;
    search->context = out;
    cs_error code = search_run(search, place, message);
    out->is_known = search->end != WALK_PAUSED;
    return code;
}

/* Its place, when the filters keep it. */
static cs_error locate(cs_search *search, int64_t seq, cs_place *place, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, 16384);
    (void)buffer_printf(&sql, "SELECT %s, c.started_ms, c.seq FROM conversation c WHERE c.seq = :seq%s%s",
                        walk_score(search->sort), buffer_string(&search->where.plain),
                        buffer_string(&search->where.probe));
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory to search")
                                  : db_query(search->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(&search->where, stmt);
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *place = place_of(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error neighbour_write(cs_db *db, const neighbour *one, const char *key, const char *known,
                                cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT id FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", one->place.is_set ? one->place.seq : -1);
    code = db_step(stmt, &has_row, message);
    json_write_string(out, key, code == CS_OK && has_row ? db_text(stmt, 0) : NULL);
    json_write_bool(out, known, one->is_known);
    db_done(stmt);
    return code;
}

/* position: how many hold before it, plus one; null when it is not in the list, or too far behind to be counted. */
static cs_error neighbours_write(cs_search *search, int64_t seq, cs_json_writer *out, cs_message *message) {
    neighbour previous = {.is_known = true}, next = {.is_known = true};
    cs_place place = {.is_set = false}, start = {.is_set = false};
    total all = {0}, before = {0}, behind = {0};
    bool holds = false;
    cs_error code = locate(search, seq, &place, message);
    if (code == CS_OK && place.is_set) code = search_holds_one(search, &place, &holds, message);
    if (code == CS_OK && holds) code = find_neighbour(search, &place, false, &next, message);
    if (code == CS_OK && holds) code = find_neighbour(search, &place, true, &previous, message);
    if (code == CS_OK && holds) code = count_on(search, &place, &before, message);
    search->is_backward = false;
    if (code == CS_OK) code = count_on(search, holds ? &place : &start, &behind, message);
    if (code != CS_OK) return code;
    all = (total){before.count + behind.count + holds,
                  behind.is_exact && (before.is_exact || !holds) && search_is_complete(search)};
    if (!all.is_exact && all.count < search->at_least) all.count = search->at_least;
    json_object_open(out, NULL);
    code = neighbour_write(search->db, &previous, "previous", "previous_is_known", out, message);
    if (code == CS_OK) code = neighbour_write(search->db, &next, "next", "next_is_known", out, message);
    if (holds && before.is_exact)
        json_write_int(out, "position", before.count + 1);
    else
        json_write_null(out, "position");
    json_write_int(out, "total", all.count);
    json_write_bool(out, "total_is_exact", all.is_exact);
    json_object_close(out);
    return code;
}

cs_error search_neighbours(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *id,
                           cs_json_writer *out, cs_message *message) {
    int64_t seq = 0;
    cs_search search;
    cs_error code = archive_find(db, id, &seq, message);
    if (code == CS_OK) code = search_open(db, ruleset, filter, &search, message);
    if (code != CS_OK) return code;
    code = neighbours_write(&search, seq, out, message);
    search_close(&search);
    return code;
}

/* ---- all of them ---- */

static bool add_number(void *context, const cs_place *place, const cs_conversation *conversation,
                       const cs_search_found *found) {
    (void)conversation, (void)found;
    return buffer_printf(context, ", %lld", (long long)place->seq);
}

static cs_error refuse_many(cs_message *message) {
    (void)message_set(message, CS_ERR_LIMIT, "too many conversations answer the query to read them all");
    message_place(message, "q");
    message_remedy(message, "narrow it by time, agent or another word; the list shows them page by page");
    return CS_ERR_LIMIT;
}

cs_error search_where(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_buffer *sql,
                      cs_message *message) {
    cs_search search;
    cs_error code = search_open(db, ruleset, filter, &search, message);
    if (code != CS_OK) return code;
    (void)buffer_text(sql, " AND c.seq IN (-1");
    search.most_us = ALL_US;
    search.most_read = 0;
    search.on_match = add_number;
    search.context = sql;
    code = search_run(&search, &(cs_place){.is_set = false}, message);
    (void)buffer_text(sql, ")");
    if (code == CS_OK && (search.end != WALK_FINISHED || sql->is_failed || !search_is_complete(&search)))
        code = refuse_many(message);
    search_close(&search);
    return code;
}
