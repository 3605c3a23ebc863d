#include "quality/search_candidates.h"

#include "base/clock.h"
#include "quality/search_read.h"
#include "quality/search_side.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_MATCH_BYTES = 128 << 10,
    MAX_SQL_BYTES = 32768,
    MAX_ARENA_BYTES = 1 << 30,
    QUERY_ARENA_BYTES = 4 << 20,
    SAMPLE = 192, /* conversations read to see how many of them answer */
    SAMPLE_SHARE = 16, /* one of so many does: walking is quicker than asking the index */
    READ_LEAST = 200, /* in an answer, however slow the machine is */
    WALK_LEAST = 1000, /* rows of the list, likewise */
};

/* ---- asking the index ---- */

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to search");
}

static void add_filter_term(cs_search *s, const cs_search_words *words, char what, const char *value,
                            const char *between) {
    char term[20];
    search_filter_term(what, value, term);
    (void)buffer_printf(&s->match, "%s%s%c%s%s", between, words->open, CS_SIDE_FILTER, term, words->close);
}

/* Filters that the index knows narrow what it names; the row decides. */
static void add_filters(cs_search *s, const cs_search_words *words) {
    const cs_filter *f = &s->filter;
    if (f->agent) add_filter_term(s, words, 'a', f->agent, words->and);
    if (f->team) add_filter_term(s, words, 't', f->team, words->and);
    if (f->queue) add_filter_term(s, words, 'q', f->queue, words->and);
    if (f->channels && !strchr(f->channels, ',')) add_filter_term(s, words, 'c', f->channels, words->and);
}

/* Conversations with more terms than the index takes are read whatever is asked. */
static cs_error make_match(cs_search *s, cs_message *message) {
    const cs_search_words *words = search_index_words(s->db);
    char whole[64];
    bool has_whole = false;
    cs_buffer one;
    buffer_init(&one, sizeof whole);
    (void)buffer_printf(&one, "%s%c%s%s", words->open, CS_SIDE_WHOLE, CS_WHOLE_TERM, words->close);
    cs_error code = search_index_any(s->db, buffer_string(&one), &has_whole, message);
    if (code == CS_OK) {
        (void)buffer_text(&s->match, "(");
        search_query_match(s->query, words, &s->match, &s->is_exact, &s->is_wide);
        (void)buffer_text(&s->match, ")");
        if (has_whole) {
            s->is_exact = false;
            (void)buffer_printf(&s->match, "%s%s)", words->or, buffer_string(&one));
            cs_buffer opened;
            buffer_init(&opened, MAX_MATCH_BYTES);
            (void)buffer_printf(&opened, "(%s", buffer_string(&s->match));
            buffer_free(&s->match);
            s->match = opened;
        }
        add_filters(s, words);
        if (s->match.is_failed) code = no_memory(message);
    }
    buffer_free(&one);
    return code;
}

static bool room_for(void **items, size_t *room, size_t count, size_t bytes, size_t most) {
    if (count < *room) return true;
    size_t larger = *room ? *room * 4 : 512;
    if (larger > most) larger = most;
    void *moved = realloc(*items, larger * bytes);
    if (!moved) return false;
    *items = moved;
    *room = larger;
    return true;
}

/* Up to few + 1 in all. sql: of keys and numbers. */
static cs_error collect(cs_search *s, cs_stmt *stmt, size_t *room, cs_message *message) {
    bool has_row = false;
    cs_error code;
    void *items = s->candidates;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && s->count <= s->few) {
        if (!room_for(&items, room, s->count, sizeof *s->candidates, s->few + 1)) {
            code = no_memory(message);
            break;
        }
        s->candidates = items;
        s->candidates[s->count++] = place_of(stmt, 0);
    }
    db_done(stmt);
    return code;
}

/* from: " FROM …" with a WHERE; the filters stand in a CASE so that no planner takes an index of theirs for it. */
static cs_error query_places(cs_search *s, const char *from, int64_t most, cs_stmt **stmt, cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(
        &sql, "SELECT %s, c.started_ms, c.seq FROM %s AND CASE WHEN 1 = 1%s%s THEN 1 ELSE 0 END = 1 LIMIT :most",
        walk_score(s->sort), from, buffer_string(&s->where.plain), buffer_string(&s->where.probe));
    cs_error code = sql.is_failed ? no_memory(message) : db_query(s->db, buffer_string(&sql), stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(&s->where, *stmt);
    db_bind_int64(*stmt, "most", most);
    return CS_OK;
}

static int compare_rising(const void *a, const void *b) {
    return place_order(a, b, false);
}

static int compare_falling(const void *a, const void *b) {
    return place_order(a, b, true);
}

static void sort_candidates(cs_search *s) {
    size_t kept = 0;
    if (s->count)
        qsort(s->candidates, s->count, sizeof *s->candidates,
              s->sort->is_descending ? compare_falling : compare_rising);
    for (size_t i = 0; i < s->count; i++)
        if (kept == 0 || s->candidates[kept - 1].seq != s->candidates[i].seq) s->candidates[kept++] = s->candidates[i];
    s->count = kept;
}

/* The documents alone; has_numbers stays false when they are too many. */
static cs_error list_numbers(cs_search *s, size_t most, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    size_t room = 0;
    void *items = NULL;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT %s LIMIT :most", search_index_words(s->db)->documents);
    cs_error code = sql.is_failed ? no_memory(message) : db_query(s->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "match", buffer_string(&s->match));
    db_bind_int64(stmt, "most", (int64_t)most + 1);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && s->number_count <= most) {
        if (!room_for(&items, &room, s->number_count, sizeof *s->numbers, most + 1)) {
            code = no_memory(message);
            break;
        }
        s->numbers = items;
        s->numbers[s->number_count++] = db_int64(stmt, 0);
    }
    db_done(stmt);
    s->has_numbers = code == CS_OK && s->number_count <= most;
    return code;
}

static void forget_numbers(cs_search *s) {
    free(s->numbers);
    s->numbers = NULL;
    s->number_count = 0;
    s->has_numbers = false;
}

/* Filters that the index doesn't know may leave out any number of what it names. */
static bool has_other_filters(const cs_filter *f) {
    return f->from_ms != CS_NO_TIME || f->to_ms != CS_NO_TIME || f->score >= 0 || f->high_risk_only || f->rule ||
           f->verdict || f->seen >= 0 || (f->channels && strchr(f->channels, ','));
}

/* What the index names, what it does not hold yet, and the conversation whose id was asked for. */
static cs_error gather(cs_search *s, cs_message *message) {
    cs_stmt *stmt = NULL;
    size_t room = 0;
    bool has_others = has_other_filters(&s->filter), is_postgres = db_kind(s->db) == CS_DB_POSTGRES;
    if (has_others || is_postgres) { /* which collects all before it names the first, and holds none that is replaced */
        cs_error counted = list_numbers(s, s->few, message);
        bool is_few = s->has_numbers;
        if (!is_few && s->is_exact && is_postgres && !has_others) s->at_least = (int64_t)s->few;
        forget_numbers(s);
        if (counted != CS_OK || !is_few) return counted;
    }
    cs_error code = query_places(s, search_index_words(s->db)->from, (int64_t)s->few + 1, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "match", buffer_string(&s->match));
    code = collect(s, stmt, &room, message);
    if (code != CS_OK || s->count > s->few) return code;
    if (s->waiting > 0 && s->waiting <= SEARCH_WAITING_READ) {
        code = query_places(s, "conversation c WHERE c.search_document IS NULL", (int64_t)s->few + 1, &stmt, message);
        if (code == CS_OK) code = collect(s, stmt, &room, message);
    }
    if (code == CS_OK && s->query->id) {
        code = query_places(s, "conversation c WHERE c.id = :id", 1, &stmt, message);
        if (code == CS_OK) db_bind_text(stmt, "id", s->query->id);
        if (code == CS_OK) code = collect(s, stmt, &room, message);
    }
    s->is_few = s->count <= s->few;
    sort_candidates(s);
    return code;
}

static int compare_numbers(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool is_named(const cs_search *s, int64_t document) {
    return s->number_count && bsearch(&document, s->numbers, s->number_count, sizeof document, compare_numbers);
}

/* ---- running ---- */

typedef struct running {
    cs_search *s;
    int64_t until_us, most_read, walked;
    cs_place chunk[SEARCH_CHUNK];
    size_t count;
    cs_error code;
    cs_message *message;
} running;

static bool is_over(const running *r) {
    if (r->most_read > 0) return r->s->read >= r->most_read;
    return r->s->read >= READ_LEAST && clock_steady_us() >= r->until_us;
}

static bool decide(void *context, size_t at, const cs_conversation *conversation) {
    running *r = context;
    cs_search *s = r->s;
    cs_search_found found = {.holds = false};
    s->read++;
    if (!search_match(s->query, conversation, s->scratch, &found)) {
        r->code = no_memory(r->message);
        return false;
    }
    if (!found.holds && s->query->id) found.holds = search_reads_id(s->db, r->chunk[at].seq, s->query->id);
    s->last = r->chunk[at];
    if (found.holds && !s->on_match(s->context, &r->chunk[at], conversation, &found)) {
        s->end = WALK_ENOUGH;
        return false;
    }
    if (!is_over(r)) return true;
    s->end = WALK_PAUSED;
    return false;
}

/* Leaves of the chunk what the index names, or does not hold yet. */
static cs_error drop_unnamed(running *r) {
    cs_search *s = r->s;
    int64_t documents[SEARCH_CHUNK];
    if (!s->has_numbers) return CS_OK;
    cs_error code = search_read_documents(s->db, r->chunk, r->count, documents, r->message);
    size_t kept = 0;
    for (size_t i = 0; code == CS_OK && i < r->count; i++)
        if (documents[i] == 0 || is_named(s, documents[i])) r->chunk[kept++] = r->chunk[i];
    if (code == CS_OK) r->count = kept;
    return code;
}

static cs_error run_chunk(running *r) {
    cs_search *s = r->s;
    cs_place behind = r->chunk[r->count - 1];
    cs_error code = drop_unnamed(r);
    if (code == CS_OK && r->count)
        code = search_read(s->db, s->packer, r->chunk, r->count, s->scratch, decide, r, r->message);
    if (code == CS_OK) code = r->code;
    if (s->end == WALK_FINISHED) s->last = behind;
    r->count = 0;
    return code;
}

static cs_error run_few(running *r, const cs_place *from) {
    cs_search *s = r->s;
    size_t behind = 0, count = s->count;
    bool is_descending = s->sort->is_descending;
    while (from->is_set && behind < count && place_order(&s->candidates[behind], from, is_descending) <= 0) behind++;
    size_t before = behind;
    while (before > 0 && place_order(&s->candidates[before - 1], from, is_descending) >= 0) before--;
    size_t left = s->is_backward ? before : count - behind;
    cs_error code = CS_OK;
    for (size_t i = 0; i < left && code == CS_OK && s->end == WALK_FINISHED; i++) {
        r->chunk[r->count++] = s->candidates[s->is_backward ? before - 1 - i : behind + i];
        if (r->count == SEARCH_CHUNK || i + 1 == left) code = run_chunk(r);
    }
    return code;
}

static bool take_row(void *context, const cs_place *place) {
    running *r = context;
    r->chunk[r->count++] = *place;
    r->walked++;
    return r->count < SEARCH_CHUNK;
}

/* The walk gives a chunk and is begun anew behind it. */
static cs_error run_walk(running *r, const cs_place *from) {
    cs_search *s = r->s;
    cs_place at = *from;
    cs_error code = CS_OK;
    do {
        int64_t left = r->until_us - clock_steady_us();
        s->walk.is_backward = s->is_backward;
        s->walk.most_rows = 0;
        s->walk.most_us = left > 1 ? left : 1;
        s->walk.on_match = take_row;
        s->walk.context = r;
        code = walk_run(&s->walk, &at, r->message);
        cs_walk_end end = s->walk.end;
        if (s->walk.last.is_set) at = s->walk.last;
        if (code == CS_OK && r->count) code = run_chunk(r);
        if (code != CS_OK || s->end != WALK_FINISHED) return code;
        if (s->walk.last.is_set) s->last = s->walk.last;
        if (end == WALK_FINISHED) return CS_OK;
        bool is_late = r->most_read == 0 && clock_steady_us() >= r->until_us;
        if (end == WALK_PAUSED || (is_late && r->walked >= WALK_LEAST)) s->end = WALK_PAUSED;
    } while (s->end == WALK_FINISHED);
    return code;
}

cs_error search_run(cs_search *s, const cs_place *from, cs_message *message) {
    running r = {.s = s, .until_us = clock_steady_us() + s->most_us, .most_read = s->most_read, .message = message};
    s->end = WALK_FINISHED;
    s->last = (cs_place){.is_set = false};
    s->read = 0;
    return s->is_few ? run_few(&r, from) : run_walk(&r, from);
}

static bool note_holds(void *context, const cs_place *place, const cs_conversation *conversation,
                       const cs_search_found *found) {
    (void)place, (void)conversation, (void)found;
    *(bool *)context = true;
    return false;
}

cs_error search_holds_one(cs_search *s, const cs_place *place, bool *holds, cs_message *message) {
    running r = {.s = s, .until_us = INT64_MAX, .chunk = {*place}, .count = 1, .message = message};
    *holds = false;
    s->on_match = note_holds;
    s->context = holds;
    cs_error code = search_read(s->db, s->packer, r.chunk, r.count, s->scratch, decide, &r, message);
    return code == CS_OK ? r.code : code;
}

/* ---- choosing the way ---- */

static bool count_one(void *context, const cs_place *place, const cs_conversation *conversation,
                      const cs_search_found *found) {
    (void)place, (void)conversation, (void)found;
    ++*(int64_t *)context;
    return true;
}

/* Whether so many of the list's first rows answer that it is walked as it is; a list that ends before is. */
static cs_error look_whether_dense(cs_search *s, bool *is_dense, cs_message *message) {
    int64_t matches = 0;
    s->most_us = INT64_C(1) << 40;
    s->most_read = s->filter.most_rows > 0 ? s->filter.most_rows : SAMPLE;
    s->on_match = count_one;
    s->context = &matches;
    cs_error code = search_run(s, &(cs_place){.is_set = false}, message);
    *is_dense = s->end == WALK_FINISHED || matches * SAMPLE_SHARE >= s->read;
    return code;
}

static cs_error count_waiting(cs_search *s, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(s->db,
                             "SELECT count(*) FROM (SELECT 1 FROM conversation WHERE search_document IS NULL LIMIT "
                             ":most) waiting",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", SEARCH_WAITING);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) s->waiting = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* SQLite names documents one by one, so asking for some costs little; PostgreSQL first collects all. */
static cs_error choose(cs_search *s, cs_message *message) {
    bool is_dense = false, is_quick = db_kind(s->db) == CS_DB_SQLITE && !s->is_wide;
    cs_error code = count_waiting(s, message);
    if (s->waiting > 0) s->is_exact = false;
    if (code == CS_OK && is_quick) code = gather(s, message);
    if (code != CS_OK || s->is_few) return code;
    if (s->is_exact && s->count > s->few) s->at_least = (int64_t)s->few;
    code = walk_open(s->db, &s->where, s->sort, &s->walk, message);
    if (code == CS_OK) code = look_whether_dense(s, &is_dense, message);
    if (code != CS_OK || is_dense) return code;
    if (!is_quick) code = gather(s, message);
    if (code != CS_OK || s->is_few) return code;
    if (s->is_exact && s->count > s->few) s->at_least = (int64_t)s->few;
    code = list_numbers(s, s->many, message);
    if (code == CS_OK && s->number_count) qsort(s->numbers, s->number_count, sizeof *s->numbers, compare_numbers);
    return code;
}

static cs_error ask_index(cs_search *s, cs_message *message) {
    cs_message ignored;
    cs_error code = search_index_lead(s->db, true, message);
    if (code != CS_OK) return code;
    code = make_match(s, message);
    if (code == CS_OK) code = choose(s, message);
    cs_error ended = search_index_lead(s->db, false, code == CS_OK ? message : &ignored);
    return code == CS_OK ? ended : code;
}

cs_error search_open(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_search *out,
                     cs_message *message) {
    *out = (cs_search){.db = db,
                       .filter = *filter,
                       .sort = sort_at(filter->sort ? sort_index(filter->sort) : 0),
                       .arena = arena_create(QUERY_ARENA_BYTES),
                       .scratch = arena_create(MAX_ARENA_BYTES)};
    out->filter.text = NULL;
    out->few = filter->most_rows > 0 ? (size_t)filter->most_rows : SEARCH_FEW;
    out->many = filter->most_rows > 0 ? (size_t)filter->most_rows * 2 : SEARCH_MANY;
    buffer_init(&out->match, MAX_MATCH_BYTES);
    cs_error code = out->arena && out->scratch ? search_query_parse(filter->text, out->arena, &out->query, message)
                                               : no_memory(message);
    if (code == CS_OK) code = where_make(db, ruleset, &out->filter, &out->where, message);
    if (code == CS_OK) code = packer_open(db, &out->packer, message);
    if (code == CS_OK) code = ask_index(out, message);
    if (code != CS_OK) search_close(out);
    return code;
}

void search_close(cs_search *s) {
    walk_free(&s->walk);
    if (s->where.filter) where_free(&s->where);
    if (s->packer) packer_close(s->packer);
    buffer_free(&s->match);
    free(s->candidates);
    free(s->numbers);
    arena_free(s->arena);
    arena_free(s->scratch);
    *s = (cs_search){.db = NULL};
}

bool search_is_complete(const cs_search *s) {
    return s->waiting == 0 || !s->is_few || s->waiting <= SEARCH_WAITING_READ;
}
