#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/archive_filter.h"
#include "quality/archive_item.h"

#include <stdio.h>
#include <string.h>

/* Keyset paging. A sorting has two stretches: rows whose key is known, in its order, then rows whose key is unknown, by
 * number. A place is a row's key and number; walking on means asking for what comes after it. No OFFSET: the thousandth
 * page costs what the first does. */

enum { PLACE_BYTES = 23, PLACE_CHARS = 2 * PLACE_BYTES, PLACE_VERSION = 1, MAX_SQL_BYTES = 8192 };

typedef struct cs_place {
    bool is_set, is_unknown;
    int64_t key, seq;
} cs_place;

typedef struct cs_walk {
    cs_db *db;
    const cs_where *where;
    const cs_sort *sort;
    const char *columns; /* after them come the key and seq */
    int column_count;
    bool is_backward;
    int64_t limit;
    bool (*on_row)(void *context, cs_stmt *stmt); /* false: enough */
    void *context;
} cs_walk;

static cs_error walk_from(const cs_walk *walk, const cs_place *from, cs_message *message);
static cs_error count_rows(cs_db *db, const cs_where *where, const char *more, const cs_place *place, int64_t *out,
                           cs_message *message);

/* ---- cursors ---- */

static void put64(unsigned char *out, int64_t value) {
    for (unsigned i = 0; i < 8; i++) out[i] = (unsigned char)((uint64_t)value >> (8 * i));
}

static int64_t get64(const unsigned char *in) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)in[i] << (8 * i);
    return (int64_t)value;
}

/* version, sorting, unknown, key, seq, four bytes of a hash of these: a cursor that was cut or edited is noticed. */
static void place_encode(const cs_place *place, unsigned sort, char out[PLACE_CHARS + 1]) {
    unsigned char bytes[PLACE_BYTES] = {PLACE_VERSION, (unsigned char)sort, place->is_unknown};
    put64(bytes + 3, place->key);
    put64(bytes + 11, place->seq);
    cs_hash check = hash_bytes(bytes, 19);
    memcpy(bytes + 19, check.bytes, 4);
    for (unsigned i = 0; i < PLACE_BYTES; i++) (void)snprintf(out + 2 * (size_t)i, 3, "%02x", bytes[i]);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool place_decode(const char *text, unsigned sort, cs_place *out) {
    unsigned char bytes[PLACE_BYTES];
    if (strlen(text) != PLACE_CHARS) return false;
    for (unsigned i = 0; i < PLACE_BYTES; i++) {
        int high = hex_digit(text[2 * (size_t)i]), low = hex_digit(text[2 * (size_t)i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    cs_hash check = hash_bytes(bytes, 19);
    if (memcmp(bytes + 19, check.bytes, 4) != 0 || bytes[0] != PLACE_VERSION || bytes[1] != sort || bytes[2] > 1)
        return false;
    *out = (cs_place){true, bytes[2] == 1, get64(bytes + 3), get64(bytes + 11)};
    return true;
}

static cs_place place_of(cs_stmt *stmt, int column) {
    return (cs_place){true, db_is_null(stmt, column), db_int64(stmt, column), db_int64(stmt, column + 1)};
}

/* ---- walking ---- */

static cs_error walk_stretch(const cs_walk *walk, const cs_place *from, bool is_unknown, int64_t *left,
                             cs_message *message) {
    const cs_sort *sort = walk->sort;
    bool is_falling = sort->is_descending != walk->is_backward;
    bool is_inside = from->is_set && from->is_unknown == is_unknown;
    const char *order = is_falling ? "DESC" : "ASC";
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT %s, c.%s, c.seq FROM conversation c WHERE c.%s IS %sNULL%s", walk->columns,
                        sort->column, sort->column, is_unknown ? "" : "NOT ", buffer_string(&walk->where->sql));
    if (is_inside && is_unknown) (void)buffer_printf(&sql, " AND c.seq %c :seq", is_falling ? '<' : '>');
    if (is_inside && !is_unknown)
        (void)buffer_printf(&sql, " AND (c.%s, c.seq) %c (:key, :seq)", sort->column, is_falling ? '<' : '>');
    if (is_unknown)
        (void)buffer_printf(&sql, " ORDER BY c.seq %s LIMIT :limit", order);
    else
        (void)buffer_printf(&sql, " ORDER BY c.%s %s, c.seq %s LIMIT :limit", sort->column, order, order);
    cs_stmt *stmt = NULL;
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(walk->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(walk->where, stmt);
    db_bind_int64(stmt, "limit", *left);
    if (is_inside) db_bind_int64(stmt, "seq", from->seq);
    if (is_inside && !is_unknown) db_bind_int64(stmt, "key", from->key);
    bool has_row = false;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        *left -= 1;
        if (!walk->on_row(walk->context, stmt)) *left = 0;
        if (*left == 0) break;
    }
    db_done(stmt);
    return code;
}

/* Forward the known stretch comes first, backward the unknown one; a stretch that lies behind the place is left out. */
static cs_error walk_from(const cs_walk *walk, const cs_place *from, cs_message *message) {
    int64_t left = walk->limit;
    cs_error code = CS_OK;
    for (int i = 0; i < 2 && code == CS_OK && left > 0; i++) {
        bool is_unknown = (i == 1) != walk->is_backward;
        if (i == 0 && from->is_set && from->is_unknown != is_unknown) continue;
        code = walk_stretch(walk, from, is_unknown, &left, message);
    }
    return code;
}

static cs_error count_rows(cs_db *db, const cs_where *where, const char *more, const cs_place *place, int64_t *out,
                           cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT count(*) FROM conversation c WHERE 1 = 1%s%s", buffer_string(&where->sql), more);
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    if (place) db_bind_int64(stmt, "before_seq", place->seq);
    if (place && !place->is_unknown) db_bind_int64(stmt, "before_key", place->key);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* ---- the list ---- */

typedef struct cs_page {
    const cs_ruleset *ruleset;
    cs_json_writer *out;
    int limit, count;
    cs_place last;
    bool has_more;
} cs_page;

static bool page_row(void *context, cs_stmt *stmt) {
    cs_page *page = context;
    if (page->count == page->limit) {
        page->has_more = true;
        return false;
    }
    item_write(stmt, page->ruleset, page->out);
    page->last = place_of(stmt, ITEM_COLUMN_COUNT);
    page->count++;
    return true;
}

static cs_error refuse_cursor(cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value of after is no place in this list");
    message_place(message, "after");
    message_remedy(message, "take \"next\" of the page before, with the same sort; or begin again without after");
    return CS_ERR_USAGE;
}

cs_error archive_list(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int limit, const char *after,
                      cs_json_writer *out, cs_message *message) {
    unsigned sort = filter->sort ? sort_index(filter->sort) : 0;
    cs_place from = {0};
    if (after && !place_decode(after, sort, &from)) return refuse_cursor(message);
    cs_where where;
    int64_t total = 0;
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    code = count_rows(db, &where, "", NULL, &total, message);
    if (code == CS_OK) {
        cs_page page = {.ruleset = ruleset, .out = out, .limit = limit};
        cs_walk walk = {.db = db,
                        .where = &where,
                        .sort = sort_at(sort),
                        .columns = ITEM_COLUMNS,
                        .limit = (int64_t)limit + 1,
                        .on_row = page_row,
                        .context = &page};
        json_object_open(out, NULL);
        json_write_int(out, "total", total);
        json_array_open(out, "items");
        code = walk_from(&walk, &from, message);
        json_array_close(out);
        char next[PLACE_CHARS + 1];
        place_encode(&page.last, sort, next);
        json_write_string(out, "next", page.has_more ? next : NULL);
        json_object_close(out);
    }
    where_free(&where);
    return code;
}

/* ---- neighbours ---- */

typedef struct cs_neighbour {
    char id[CS_ID_CHARS + 1];
} cs_neighbour;

static bool neighbour_row(void *context, cs_stmt *stmt) {
    cs_neighbour *neighbour = context;
    const char *id = db_text(stmt, 0);
    (void)snprintf(neighbour->id, sizeof neighbour->id, "%s", id ? id : "");
    return false;
}

/* Where the conversation stands in this list; is_set stays false when the filter leaves it out. */
static cs_error locate(cs_db *db, const cs_where *where, const cs_sort *sort, int64_t seq, cs_place *place,
                       cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT c.%s, c.seq FROM conversation c WHERE c.seq = :seq%s", sort->column,
                        buffer_string(&where->sql));
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

static cs_error count_before(cs_db *db, const cs_where *where, const cs_sort *sort, const cs_place *place, int64_t *out,
                             cs_message *message) {
    char more[160];
    char before = sort->is_descending ? '>' : '<';
    if (place->is_unknown)
        (void)snprintf(more, sizeof more, " AND (c.%s IS NOT NULL OR c.seq %c :before_seq)", sort->column, before);
    else
        (void)snprintf(more, sizeof more, " AND (c.%s, c.seq) %c (:before_key, :before_seq)", sort->column, before);
    return count_rows(db, where, more, place, out, message);
}

cs_error archive_neighbours(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *id,
                            cs_json_writer *out, cs_message *message) {
    const cs_sort *sort = sort_at(filter->sort ? sort_index(filter->sort) : 0);
    cs_neighbour previous = {{0}}, next = {{0}};
    cs_place place = {0};
    cs_where where;
    int64_t seq = 0, total = 0, before = 0;
    cs_error code = archive_find(db, id, &seq, message);
    if (code == CS_OK) code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    cs_walk walk = {.db = db, .where = &where, .sort = sort, .columns = "c.id", .limit = 1, .on_row = neighbour_row};
    code = count_rows(db, &where, "", NULL, &total, message);
    if (code == CS_OK) code = locate(db, &where, sort, seq, &place, message);
    if (code == CS_OK && place.is_set) {
        code = count_before(db, &where, sort, &place, &before, message);
        walk.context = &next;
        if (code == CS_OK) code = walk_from(&walk, &place, message);
        walk.context = &previous;
        walk.is_backward = true;
        if (code == CS_OK) code = walk_from(&walk, &place, message);
    }
    where_free(&where);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_string(out, "previous", previous.id[0] ? previous.id : NULL);
    json_write_string(out, "next", next.id[0] ? next.id : NULL);
    if (place.is_set)
        json_write_int(out, "position", before + 1);
    else
        json_write_null(out, "position");
    json_write_int(out, "total", total);
    json_object_close(out);
    return CS_OK;
}
