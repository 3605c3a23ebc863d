#include "quality/archive_walk.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SQL_BYTES = 16384, LEAST_ROWS = 512 /* looked at however slow the machine is */, GLANCE = 32 };

static const cs_place nowhere = {.is_set = false};

/* Rows asked for at once: a page needs few, a rare filter many. */
static const int chunks[] = {128, 512, 4096};
enum {
    SMALL_CHUNKS = 2 /* of rows whose test looks elsewhere: PostgreSQL makes a chunk whole before it can be left */
};

/* What comes behind a place has its time and a further number, or a further time. Asked for together, (time, number) < (…),
 * SQLite searches by the time alone, and all conversations of a store may be without one. */
typedef enum cs_behind { BEHIND_NOTHING, BEHIND_IN_TIME, BEHIND_TIME } cs_behind;

/* Where a run is: of one score, or of none where the list is by time alone; of rows whose time is known, or is not. */
typedef struct cs_run {
    cs_walk *walk;
    bool is_falling, is_by_score;
    bool has_no_score;
    int64_t score;
    bool has_no_time;
    cs_behind behind;
    int64_t looked, until_us, last_seq;
} cs_run;

/* ---- where few match ---- */

static int compare_rising(const void *a, const void *b) {
    return place_order(a, b, false);
}

static int compare_falling(const void *a, const void *b) {
    return place_order(a, b, true);
}

/* A conversation comes once for each finding of the rule. */
static void drop_repeated(cs_walk *walk) {
    size_t kept = 0;
    for (size_t i = 0; i < walk->match_count; i++)
        if (kept == 0 || walk->matches[kept - 1].seq != walk->matches[i].seq) walk->matches[kept++] = walk->matches[i];
    walk->match_count = kept;
}

static cs_error read_matches(cs_walk *walk, cs_stmt *stmt, cs_message *message) {
    size_t room = DRIVE_FEW;
    bool has_row = false;
    cs_error code;
    if (!(walk->matches = malloc(room * sizeof *walk->matches)))
        return message_set(message, CS_ERR_MEMORY, "no memory for the list");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (walk->match_count == room) { /* more were saved since they were counted */
            cs_place *more = realloc(walk->matches, 2 * room * sizeof *more);
            if (!more) return message_set(message, CS_ERR_MEMORY, "no memory for the list");
            walk->matches = more;
            room *= 2;
        }
        walk->matches[walk->match_count++] = place_of(stmt, 0);
    }
    return code;
}

const char *walk_score(const cs_sort *sort) {
    switch (sort->column[0]) { /* the literal 0 keeps its type in both databases */
    case 'c': return "c.compliance";
    case 'e': return "c.experience";
    case 'r': return "c.risk";
    default: return "0";
    }
}

static cs_error find_matches(cs_walk *walk, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT %s, c.started_ms, c.seq", walk_score(walk->sort));
    drive_from(&walk->drive, walk->where, &sql);
    (void)buffer_text(&sql, " AND CASE WHEN 1 = 1");
    drive_tests(&walk->drive, walk->where, &sql);
    (void)buffer_text(&sql, " THEN 1 ELSE 0 END = 1");
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(walk->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(walk->where, stmt);
    code = read_matches(walk, stmt, message);
    db_done(stmt);
    if (code != CS_OK) return code;
    qsort(walk->matches, walk->match_count, sizeof *walk->matches,
          walk->sort->is_descending ? compare_falling : compare_rising);
    drop_repeated(walk);
    return CS_OK;
}

static void run_over_matches(cs_walk *walk, const cs_place *from) {
    size_t count = walk->match_count, behind = 0; /* the first that comes after the place */
    bool is_descending = walk->sort->is_descending;
    while (from->is_set && behind < count && place_order(&walk->matches[behind], from, is_descending) <= 0) behind++;
    size_t before = behind; /* how many come before it */
    while (before > 0 && place_order(&walk->matches[before - 1], from, is_descending) >= 0) before--;
    walk->end = WALK_FINISHED;
    for (size_t i = 0; i < (walk->is_backward ? before : count - behind); i++) {
        walk->last = walk->matches[walk->is_backward ? before - 1 - i : behind + i];
        if (!walk->on_match(walk->context, &walk->last)) {
            walk->end = WALK_ENOUGH;
            return;
        }
    }
}

/* ---- row by row ---- */

/* A list by a score meets its rows in the order of the score, whatever leads to few of them. */
static bool is_led(const cs_walk *walk) {
    return walk->drive.is_of_time && strcmp(walk->sort->column, "started_ms") == 0;
}

static bool has_time_asked(const cs_walk *walk) {
    return walk->where->filter->from_ms != CS_NO_TIME || walk->where->filter->to_ms != CS_NO_TIME;
}

static bool has_score_asked(const cs_walk *walk) {
    int score = walk->where->filter->score;
    return score >= 0 && strcmp(walk->sort->column, score_name((cs_score)score)) == 0;
}

static void add_times(const cs_run *run, char table, cs_buffer *sql) {
    const cs_filter *filter = run->walk->where->filter;
    char beyond = run->is_falling ? '<' : '>';
    if (run->has_no_time)
        (void)buffer_printf(sql, " AND %c.started_ms IS NULL", table);
    else if (run->behind == BEHIND_IN_TIME)
        (void)buffer_printf(sql, " AND %c.started_ms = :after_ms", table);
    else if (run->behind == BEHIND_TIME)
        (void)buffer_printf(sql, " AND %c.started_ms %c :after_ms", table, beyond);
    else
        (void)buffer_printf(sql, " AND %c.started_ms IS NOT NULL", table);
    if (run->behind == BEHIND_IN_TIME) (void)buffer_printf(sql, " AND %c.seq %c :after_seq", table, beyond);
    if (filter->from_ms != CS_NO_TIME) (void)buffer_printf(sql, " AND %c.started_ms >= :from_ms", table);
    if (filter->to_ms != CS_NO_TIME) (void)buffer_printf(sql, " AND %c.started_ms < :to_ms", table);
}

static void chunk_sql(const cs_run *run, int limit, cs_buffer *sql) {
    const cs_walk *walk = run->walk;
    cs_drive order = {.kind = DRIVE_ORDER};
    const cs_drive *drive = is_led(walk) ? &walk->drive : &order;
    const char *direction = run->is_falling ? "DESC" : "ASC", *score = walk_score(walk->sort);
    char table = drive->kind == DRIVE_FINDING ? 'f' : 'c';
    (void)buffer_printf(sql, "SELECT %s, %c.started_ms, %c.seq, CASE WHEN 1 = 1", score, table, table);
    drive_tests(drive, walk->where, sql);
    (void)buffer_text(sql, " THEN 1 ELSE 0 END");
    drive_from(drive, walk->where, sql);
    if (run->is_by_score) (void)buffer_printf(sql, " AND %s %s", score, run->has_no_score ? "IS NULL" : "= :score");
    add_times(run, table, sql);
    (void)buffer_text(sql, " ORDER BY ");
    if (run->is_by_score) (void)buffer_printf(sql, "%s %s, ", score, direction);
    (void)buffer_printf(sql, "%c.started_ms %s, %c.seq %s LIMIT %d", table, direction, table, direction, limit);
}

static bool is_over(const cs_run *run) {
    if (run->walk->most_rows > 0) return run->looked >= run->walk->most_rows;
    if (run->looked < LEAST_ROWS || run->looked % GLANCE != 0) return false;
    return clock_steady_us() >= run->until_us;
}

/* Reads up to limit rows; *count of them. The walk's end tells why it stopped: FINISHED, as far as this chunk goes. */
static cs_error read_chunk(cs_run *run, cs_stmt *stmt, int *count, cs_message *message) {
    cs_walk *walk = run->walk;
    bool has_row = false;
    cs_error code;
    *count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        walk->last = place_of(stmt, 0);
        *count += 1;
        run->looked++;
        bool is_repeated = walk->last.seq == run->last_seq; /* a further finding of the rule in it */
        run->last_seq = walk->last.seq;
        if (!is_repeated && db_int64(stmt, 3) != 0 && !walk->on_match(walk->context, &walk->last)) {
            walk->end = WALK_ENOUGH;
            return CS_OK;
        }
        if (is_over(run)) {
            walk->end = WALK_PAUSED;
            return CS_OK;
        }
    }
    return code;
}

static cs_error run_chunk(cs_run *run, const cs_place *from, int limit, int *count, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    buffer_init(&sql, MAX_SQL_BYTES);
    chunk_sql(run, limit, &sql);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(run->walk->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(run->walk->where, stmt);
    if (run->is_by_score && !run->has_no_score) db_bind_int64(stmt, "score", run->score);
    if (run->behind == BEHIND_IN_TIME) db_bind_int64(stmt, "after_seq", from->seq);
    if (run->behind != BEHIND_NOTHING && !run->has_no_time) db_bind_int64(stmt, "after_ms", from->started_ms);
    code = read_chunk(run, stmt, count, message);
    db_done(stmt);
    return code;
}

/* The rest of the place's own time first, then what lies beyond it; an unknown time has nothing beyond. */
static cs_error run_stretch(cs_run *run, const cs_place *from, cs_message *message) {
    const cs_walk *walk = run->walk;
    cs_place at = *from;
    size_t size = 0, sizes = walk->where->probe.length ? SMALL_CHUNKS : sizeof chunks / sizeof chunks[0];
    cs_error code = CS_OK;
    run->behind = from->is_set && from->has_no_time == run->has_no_time ? BEHIND_IN_TIME : BEHIND_NOTHING;
    while (code == CS_OK && walk->end == WALK_FINISHED) {
        int count = 0, limit = chunks[size];
        code = run_chunk(run, &at, limit, &count, message);
        if (count > 0) at = walk->last;
        if (count == limit) {
            run->behind = BEHIND_IN_TIME;
            size += size + 1 < sizes;
        } else if (run->behind == BEHIND_IN_TIME && !run->has_no_time) {
            run->behind = BEHIND_TIME;
        } else {
            break;
        }
    }
    return code;
}

/* Forward the known times come first, backward the unknown ones; a stretch that lies behind the place is left out. */
static cs_error run_times(cs_run *run, const cs_place *from, cs_message *message) {
    const cs_walk *walk = run->walk;
    cs_error code = CS_OK;
    for (int i = 0; i < 2 && code == CS_OK && walk->end == WALK_FINISHED; i++) {
        run->has_no_time = (i == 1) != walk->is_backward;
        if (i == 0 && from->is_set && from->has_no_time != run->has_no_time) continue;
        if (run->has_no_time && has_time_asked(walk)) continue;
        code = run_stretch(run, from, message);
    }
    return code;
}

/* ---- score by score ---- */

/* The next score that any conversation has; *is_found false: none. */
static cs_error next_score(cs_run *run, bool has_score, bool *is_found, cs_message *message) {
    const cs_filter *filter = run->walk->where->filter;
    const char *score = walk_score(run->walk->sort);
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT %s(%s) FROM conversation c WHERE %s IS NOT NULL", run->is_falling ? "max" : "min",
                        score, score);
    if (has_score) (void)buffer_printf(&sql, " AND %s %c :score", score, run->is_falling ? '<' : '>');
    if (has_score_asked(run->walk) && filter->score_min >= 0)
        (void)buffer_printf(&sql, " AND %s >= %d", score, filter->score_min);
    if (has_score_asked(run->walk) && filter->score_max >= 0)
        (void)buffer_printf(&sql, " AND %s <= %d", score, filter->score_max);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(run->walk->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    if (has_score) db_bind_int64(stmt, "score", run->score);
    code = db_step(stmt, &has_row, message);
    *is_found = code == CS_OK && has_row && !db_is_null(stmt, 0);
    if (*is_found) run->score = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error run_known_scores(cs_run *run, const cs_place *from, cs_message *message) {
    const cs_place *inside = from;
    bool is_found = from->is_set && !from->has_no_score;
    cs_error code = CS_OK;
    run->has_no_score = false;
    run->score = from->score;
    if (!is_found) {
        inside = &nowhere;
        code = next_score(run, false, &is_found, message);
    }
    while (code == CS_OK && is_found && run->walk->end == WALK_FINISHED) {
        code = run_times(run, inside, message);
        inside = &nowhere;
        if (code == CS_OK && run->walk->end == WALK_FINISHED) code = next_score(run, true, &is_found, message);
    }
    return code;
}

static cs_error run_scores(cs_run *run, const cs_place *from, cs_message *message) {
    cs_error code = CS_OK;
    for (int i = 0; i < 2 && code == CS_OK && run->walk->end == WALK_FINISHED; i++) {
        bool is_unknown = (i == 1) != run->walk->is_backward;
        bool is_inside = from->is_set && from->has_no_score == is_unknown;
        if (i == 0 && from->is_set && !is_inside) continue;
        if (is_unknown && has_score_asked(run->walk)) continue;
        if (!is_unknown) {
            code = run_known_scores(run, is_inside ? from : &nowhere, message);
            continue;
        }
        run->has_no_score = true;
        code = run_times(run, is_inside ? from : &nowhere, message);
    }
    return code;
}

/* ---- the walk ---- */

cs_error walk_open(cs_db *db, const cs_where *where, const cs_sort *sort, cs_walk *out, cs_message *message) {
    *out = (cs_walk){.db = db, .where = where, .sort = sort};
    cs_error code = where->is_none ? CS_OK : drive_choose(db, where, &out->drive, message);
    if (code == CS_OK && (where->is_none || out->drive.is_none)) {
        out->matches = calloc(1, sizeof *out->matches);
        return out->matches ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the list");
    }
    if (code == CS_OK && out->drive.is_few) code = find_matches(out, message);
    if (code != CS_OK) walk_free(out);
    return code;
}

void walk_free(cs_walk *walk) {
    free(walk->matches);
    walk->matches = NULL;
}

cs_error walk_run(cs_walk *walk, const cs_place *from, cs_message *message) {
    cs_run run = {.walk = walk,
                  .is_falling = walk->sort->is_descending != walk->is_backward,
                  .is_by_score = strcmp(walk->sort->column, "started_ms") != 0,
                  .until_us = clock_steady_us() + walk->most_us,
                  .last_seq = from->is_set ? from->seq : INT64_MIN};
    walk->end = WALK_FINISHED;
    walk->last = (cs_place){.is_set = false};
    if (walk->matches) {
        run_over_matches(walk, from);
        return CS_OK;
    }
    return run.is_by_score ? run_scores(&run, from, message) : run_times(&run, from, message);
}
