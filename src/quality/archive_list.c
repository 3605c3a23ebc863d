#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/archive_filter.h"
#include "quality/archive_item.h"
#include "quality/archive_walk.h"
#include "quality/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keyset paging, no OFFSET: the thousandth page costs what the first does. What is counted is counted up to a bound. */

enum {
    MAX_SQL_BYTES = 8192,
    MOST_COUNTED = 10000, /* beyond it a total says "at least" */
    PAGE_US = 25000, /* for the rows of one page */
    COUNT_US = 5000, /* for counting rows that no index counts */
};

static cs_error refuse_cursor(cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value of after is no place in this list");
    message_place(message, "after");
    message_remedy(message, "take \"next\" of the page before, with the same sort; or begin again without after");
    return CS_ERR_USAGE;
}

/* ---- totals ---- */

typedef struct cs_total {
    int64_t count, most;
    bool is_exact; /* else: at least that many */
} cs_total;

static bool count_match(void *context, const cs_place *place) {
    cs_total *total = context;
    (void)place;
    return ++total->count <= total->most;
}

/* Counts on behind the place, or before it, in the time that is left for counting. */
static cs_error count_on(cs_walk *walk, const cs_place *from, int64_t most_rows, cs_total *total, cs_message *message) {
    walk->most_us = COUNT_US;
    walk->most_rows = most_rows;
    walk->on_match = count_match;
    walk->context = total;
    cs_error code = walk_run(walk, from, message);
    total->is_exact = code == CS_OK && walk->end == WALK_FINISHED;
    if (total->count > total->most) total->count = total->most;
    return code;
}

/* What an index alone can say; CS_ERR_NOT_FOUND where none covers the filter. */
static cs_error count_by_index(const cs_walk *walk, cs_total *total, cs_message *message) {
    *total = (cs_total){.most = MOST_COUNTED};
    if (walk->matches) {
        *total = (cs_total){(int64_t)walk->match_count, MOST_COUNTED, true};
        return CS_OK;
    }
    cs_error code = drive_count(walk->db, walk->where, MOST_COUNTED, &total->count, message);
    if (code != CS_OK) return code;
    total->is_exact = total->count <= MOST_COUNTED;
    if (!total->is_exact) total->count = MOST_COUNTED;
    return CS_OK;
}

static void total_write(const cs_total *total, cs_json_writer *out) {
    json_write_int(out, "total", total->count);
    json_write_bool(out, "total_is_exact", total->is_exact);
}

/* ---- the list ---- */

typedef struct cs_page {
    cs_place *rows;
    int limit, count;
    bool has_more;
} cs_page;

static bool page_row(void *context, const cs_place *place) {
    cs_page *page = context;
    if (page->count == page->limit) {
        page->has_more = true;
        return false;
    }
    page->rows[page->count++] = *place;
    return true;
}

/* The page, and where the next one begins; next is not set at the end of the list. */
static cs_error read_page(cs_walk *walk, const cs_place *from, cs_page *page, cs_place *next, cs_message *message) {
    walk->most_us = PAGE_US;
    walk->most_rows = walk->where->filter->most_rows;
    walk->on_match = page_row;
    walk->context = page;
    cs_error code = walk_run(walk, from, message);
    if (walk->end == WALK_PAUSED) *next = walk->last;
    if (walk->end == WALK_ENOUGH) *next = page->rows[page->limit - 1];
    return code;
}

/* Later pages repeat what the first one said, unless it is known anew at no cost. */
static cs_error read_total(cs_walk *walk, const cs_place *from, const cs_page *page, const cs_place *next,
                           cs_total *total, cs_message *message) {
    *total = (cs_total){from->total, MOST_COUNTED, from->is_exact};
    if (from->is_set && !walk->matches) return CS_OK;
    cs_error code = count_by_index(walk, total, message);
    if (code != CS_ERR_NOT_FOUND) return code;
    *total = (cs_total){page->count, MOST_COUNTED, !next->is_set};
    if (!next->is_set) return CS_OK;
    return count_on(walk, next, walk->where->filter->most_rows, total, message);
}

static cs_error page_write(cs_walk *walk, const cs_ruleset *ruleset, const cs_place *from, cs_page *page,
                           cs_json_writer *out, cs_message *message) {
    unsigned sort = sort_index(walk->sort->name);
    cs_place next = {.is_set = false};
    cs_total total = {0};
    cs_error code = read_page(walk, from, page, &next, message);
    if (code == CS_OK) code = read_total(walk, from, page, &next, &total, message);
    if (code != CS_OK) return code;
    next.total = total.count;
    next.is_exact = total.is_exact;
    json_object_open(out, NULL);
    total_write(&total, out);
    json_array_open(out, "items");
    code = items_write(walk->db, ruleset, walk->where->filter->reader, walk->sort, page->rows, (size_t)page->count, out,
                       message);
    json_array_close(out);
    char after[PLACE_CHARS + 1];
    place_encode(&next, sort, after);
    json_write_string(out, "next", next.is_set ? after : NULL);
    json_object_close(out);
    return code;
}

cs_error archive_list(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int limit, const char *after,
                      cs_json_writer *out, cs_message *message) {
    if (filter->text) return search_list(db, ruleset, filter, limit, after, out, message);
    unsigned sort = filter->sort ? sort_index(filter->sort) : 0;
    cs_place from = {0};
    if (after && !place_decode(after, sort, &from)) return refuse_cursor(message);
    cs_where where;
    cs_walk walk = {0};
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    cs_page page = {.rows = calloc((size_t)limit, sizeof *page.rows), .limit = limit};
    if (!page.rows) code = message_set(message, CS_ERR_MEMORY, "no memory for the list");
    if (code == CS_OK) code = walk_open(db, &where, sort_at(sort), &walk, message);
    if (code == CS_OK) code = page_write(&walk, ruleset, &from, &page, out, message);
    walk_free(&walk);
    free(page.rows);
    where_free(&where);
    return code;
}

/* ---- neighbours ---- */

typedef struct cs_neighbour {
    cs_place place; /* not set: none */
    bool is_known; /* false: none was met among the rows that were looked at, and there are more */
    char id[CS_ID_CHARS + 1];
} cs_neighbour;

static bool neighbour_row(void *context, const cs_place *place) {
    ((cs_neighbour *)context)->place = *place;
    return false;
}

static cs_error find_neighbour(cs_walk *walk, const cs_place *place, bool is_backward, cs_neighbour *out,
                               cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    walk->is_backward = is_backward;
    walk->most_us = PAGE_US / 2;
    walk->most_rows = walk->where->filter->most_rows;
    walk->on_match = neighbour_row;
    walk->context = out;
    cs_error code = walk_run(walk, place, message);
    out->is_known = walk->end != WALK_PAUSED;
    if (code != CS_OK || !out->place.is_set) return code;
    code = db_query(walk->db, "SELECT id FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", out->place.seq);
    code = db_step(stmt, &has_row, message);
    const char *id = code == CS_OK && has_row ? db_text(stmt, 0) : NULL;
    (void)snprintf(out->id, sizeof out->id, "%s", id ? id : "");
    db_done(stmt);
    return code;
}

/* Where the conversation stands in this list; is_set stays false when the filter leaves it out. */
static cs_error locate(cs_db *db, const cs_where *where, const cs_sort *sort, int64_t seq, cs_place *place,
                       cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT %s, c.started_ms, c.seq FROM conversation c WHERE c.seq = :seq%s%s",
                        walk_score(sort), buffer_string(&where->plain), buffer_string(&where->probe));
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *place = place_of(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error count_list(cs_walk *walk, cs_total *total, cs_message *message) {
    cs_error code = count_by_index(walk, total, message);
    if (code != CS_ERR_NOT_FOUND) return code;
    *total = (cs_total){.most = MOST_COUNTED};
    walk->is_backward = false;
    return count_on(walk, &(cs_place){.is_set = false}, walk->where->filter->most_rows, total, message);
}

typedef struct cs_surroundings {
    cs_place place;
    cs_neighbour previous, next;
    cs_total before, all;
} cs_surroundings;

static cs_error find_surroundings(cs_walk *walk, int64_t seq, cs_surroundings *out, cs_message *message) {
    out->before.most = MOST_COUNTED;
    out->previous.is_known = out->next.is_known = true;
    cs_error code = count_list(walk, &out->all, message);
    if (code == CS_OK) code = locate(walk->db, walk->where, walk->sort, seq, &out->place, message);
    if (code != CS_OK || !out->place.is_set) return code;
    code = find_neighbour(walk, &out->place, false, &out->next, message);
    if (code == CS_OK) code = find_neighbour(walk, &out->place, true, &out->previous, message);
    if (code == CS_OK) code = count_on(walk, &out->place, walk->where->filter->most_rows, &out->before, message);
    return code;
}

static void neighbour_write(const cs_neighbour *neighbour, const char *key, const char *known, cs_json_writer *out) {
    json_write_string(out, key, neighbour->id[0] ? neighbour->id : NULL);
    json_write_bool(out, known, neighbour->is_known);
}

cs_error archive_neighbours(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *id,
                            cs_json_writer *out, cs_message *message) {
    if (filter->text) return search_neighbours(db, ruleset, filter, id, out, message);
    const cs_sort *sort = sort_at(filter->sort ? sort_index(filter->sort) : 0);
    cs_surroundings found = {0};
    cs_where where;
    cs_walk walk = {0};
    int64_t seq = 0;
    cs_error code = archive_find(db, id, &seq, message);
    if (code == CS_OK) code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    code = walk_open(db, &where, sort, &walk, message);
    if (code == CS_OK) code = find_surroundings(&walk, seq, &found, message);
    walk_free(&walk);
    where_free(&where);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    neighbour_write(&found.previous, "previous", "previous_is_known", out);
    neighbour_write(&found.next, "next", "next_is_known", out);
    if (found.place.is_set && found.before.is_exact)
        json_write_int(out, "position", found.before.count + 1);
    else
        json_write_null(out, "position");
    total_write(&found.all, out);
    json_object_close(out);
    return CS_OK;
}
