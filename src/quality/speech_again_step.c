/* The steps of a run, each in a transaction of a worker: list, give, end, clear away. Whoever comes first does the next one. */
#include "quality/speech_again.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/speech_again_list.h"
#include "store/wake.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>

enum { FILTER_BYTES = 8192, ARENA_BYTES = 1 << 20, CLEARED_AT_ONCE = 5000 };

typedef struct run {
    int64_t number, reached, last, waiting, running;
    char filter[FILTER_BYTES];
} run;

static cs_error find_open(cs_db *db, run *r, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_work_left left;
    *r = (run){0};
    cs_error code = db_query(db,
                             "SELECT number, reached, last, filter FROM speech_again WHERE state = 'running' ORDER BY "
                             "number LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        const char *filter = db_text(stmt, 3);
        r->number = db_int64(stmt, 0);
        r->reached = db_int64(stmt, 1);
        r->last = db_int64(stmt, 2);
        (void)snprintf(r->filter, sizeof r->filter, "%s", filter ? filter : "{}");
    }
    db_done(stmt);
    if (code != CS_OK || !r->number) return code;
    code = work_left(db, -r->number, &left, message);
    r->waiting = left.waiting;
    r->running = left.running;
    return code;
}

/* The oldest run of which something is listed: another one than the open one was stopped. 0: nothing is. */
static cs_error oldest_listed(cs_db *db, int64_t *again, cs_message *message) {
    return query_number(db, "SELECT min(again) FROM speech_again_item", 0, again, message);
}

/* ---- looking ---- */

static cs_error read_filter(const run *r, cs_arena *arena, cs_speech_again_filter *out, cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(r->filter, strlen(r->filter), FILTER_BYTES, &json, message);
    if (code == CS_OK) code = speech_again_read(json, arena, out, message);
    json_free(json);
    return code;
}

cs_error speech_again_look(cs_db *db, int64_t most, cs_speech_again_due *out, cs_message *message) {
    run r;
    cs_speech_again_filter filter = {0};
    int64_t listed = 0;
    *out = (cs_speech_again_due){0};
    cs_error code = find_open(db, &r, message);
    if (code == CS_OK) code = oldest_listed(db, &listed, message);
    if (code != CS_OK || !r.number) {
        out->must_step = code == CS_OK && listed > 0;
        return code;
    }
    cs_arena *arena = arena_create(ARENA_BYTES);
    code = arena ? read_filter(&r, arena, &filter, message) : message_set(message, CS_ERR_MEMORY, "no memory to look");
    if (code == CS_OK && filter.model) (void)snprintf(out->model, sizeof out->model, "%s", filter.model);
    arena_free(arena);
    out->number = r.number;
    out->must_step = r.reached < r.last || (listed && listed != r.number) ||
                     (listed ? r.waiting <= most / 2 : r.waiting + r.running == 0);
    return code;
}

/* ---- listing ---- */

typedef struct listing {
    cs_db *db;
    const run *run;
    int64_t found, found_ms;
} listing;

static cs_error list_one(void *context, const cs_again_found *found, cs_message *message) {
    listing *l = context;
    cs_stmt *stmt = NULL;
    cs_error code = db_query(l->db,
                             "INSERT INTO speech_again_item (again, seq, risk, started_ms, model) VALUES (:again, "
                             ":seq, :risk, :started, :model) ON CONFLICT DO NOTHING",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "again", l->run->number);
    db_bind_int64(stmt, "seq", found->seq);
    db_bind_int64(stmt, "risk", found->is_risky);
    db_bind_int64(stmt, "started", found->started_ms);
    db_bind_text(stmt, "model", found->model);
    l->found++;
    l->found_ms += found->duration_ms;
    return db_run(stmt, message);
}

static cs_error save_reached(cs_db *db, const run *r, int64_t reached, const listing *l, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE speech_again SET reached = :reached, found = found + :found, found_ms = found_ms "
                             "+ :ms WHERE number = :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "reached", reached);
    db_bind_int64(stmt, "found", l->found);
    db_bind_int64(stmt, "ms", l->found_ms);
    db_bind_int64(stmt, "number", r->number);
    return db_run(stmt, message);
}

static cs_error list_page(cs_db *db, const run *r, const char *data, cs_message *message) {
    cs_speech_again_filter filter = {0};
    cs_again_walk walk = {0};
    listing l = {.db = db, .run = r};
    int64_t reached = r->reached + CS_AGAIN_PAGE;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory to look for recordings");
    cs_error code = read_filter(r, arena, &filter, message);
    if (code == CS_OK) code = again_walk_begin(&walk, db, &filter, data, message);
    if (code == CS_OK) code = again_walk_page(&walk, r->reached, reached, list_one, &l, message);
    again_walk_end(&walk);
    arena_free(arena);
    return code == CS_OK ? save_reached(db, r, reached < r->last ? reached : r->last, &l, message) : code;
}

/* ---- giving ---- */

#define NEXT " WHERE again = :again ORDER BY risk DESC, started_ms DESC, seq DESC LIMIT :most"

static cs_error run_next(cs_db *db, const char *sql, const run *r, int64_t most, bool is_giving, int64_t *changes,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "again", r->number);
    db_bind_int64(stmt, "most", most);
    if (is_giving) {
        db_bind_int64(stmt, "import", -r->number);
        db_bind_int64(stmt, "behind", CS_WORK_BEHIND);
        db_bind_int64(stmt, "now", clock_now_ms());
    }
    code = db_run(stmt, message);
    *changes = code == CS_OK ? db_changes(db) : 0;
    return code;
}

/* One that a stopped run still has in hand is not given twice: it gets its words there. */
static cs_error pass(cs_db *db, const run *r, int64_t count, cs_message *message) {
    cs_stmt *stmt = NULL;
    if (count == 0) return CS_OK;
    cs_error code =
        db_query(db, "UPDATE speech_again SET passed = passed + :count WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "count", count);
    db_bind_int64(stmt, "number", r->number);
    return db_run(stmt, message);
}

static cs_error give(cs_db *db, const run *r, int64_t most, int64_t *taken, cs_message *message) {
    int64_t given = 0;
    cs_error code =
        run_next(db,
                 "INSERT INTO job (kind, import, seq, origin, urgency, started_ms, made_ms, run_ms, state, "
                 "attempts) SELECT 'speech', :import, n.seq, n.model, :behind + n.risk, n.started_ms, :now, "
                 ":now, 'waiting', 0 FROM (SELECT seq, model, risk, started_ms FROM speech_again_item" NEXT
                 ") n WHERE n.seq > 0 ON CONFLICT DO NOTHING",
                 r, most, true, &given, message);
    if (code == CS_OK)
        code = run_next(db,
                        "DELETE FROM speech_again_item WHERE again = :again AND seq IN (SELECT seq FROM "
                        "speech_again_item" NEXT ")",
                        r, most, false, taken, message);
    if (code == CS_OK) code = pass(db, r, *taken - given, message);
    return code == CS_OK && given ? wake_tell(db, message) : code;
}

/* ---- ending ---- */

static cs_error end(cs_db *db, const run *r, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "UPDATE speech_again SET state = 'done', ended_ms = :now WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_int64(stmt, "number", r->number);
    return db_run(stmt, message);
}

/* What stopped runs had listed. */
static cs_error clear_some(cs_db *db, int64_t open, int64_t *cleared, cs_message *message) {
    cs_stmt *stmt = NULL;
    int64_t again = 0;
    *cleared = 0;
    cs_error code = oldest_listed(db, &again, message);
    if (code != CS_OK || !again || again == open) return code;
    code = db_query(db,
                    "DELETE FROM speech_again_item WHERE again = :again AND seq IN (SELECT seq FROM speech_again_item "
                    "WHERE again = :again ORDER BY seq LIMIT :most)",
                    &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "again", again);
    db_bind_int64(stmt, "most", CLEARED_AT_ONCE);
    code = db_run(stmt, message);
    *cleared = code == CS_OK ? db_changes(db) : 0;
    return code;
}

cs_error speech_again_step(cs_db *db, const char *data, int64_t most, bool *goes_on, cs_message *message) {
    run r;
    int64_t count = 0;
    *goes_on = false;
    cs_error code = find_open(db, &r, message);
    if (code == CS_OK) code = clear_some(db, r.number, &count, message);
    *goes_on = code == CS_OK && count > 0;
    if (code != CS_OK || *goes_on || !r.number) return code;
    if (r.reached < r.last) {
        *goes_on = true;
        return list_page(db, &r, data, message);
    }
    if (r.waiting > most / 2) return CS_OK; /* another one was quicker */
    code = give(db, &r, most - r.waiting, &count, message);
    if (code == CS_OK && count == 0 && r.waiting + r.running == 0) code = end(db, &r, message);
    return code;
}
