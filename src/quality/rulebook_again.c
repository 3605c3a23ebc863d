#include "quality/rulebook_again.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "store/wake.h"

enum { SPAN = 500, LEAST_WAITING = 250 };

cs_error rulebook_again_begin(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO setting (name, value) VALUES ('rules_again', '0') ON CONFLICT (name) DO UPDATE "
                 "SET value = excluded.value",
                 &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

/* Numbers after…reached, whatever is stale among them: no transaction looks at more. *is_end: there are no greater ones. */
static cs_error span(cs_db *db, int64_t after, int64_t *reached, bool *is_end, cs_message *message) {
    int64_t last = 0;
    cs_error code = query_number(db, "SELECT max(seq) FROM conversation", 0, &last, message);
    *reached = after + SPAN;
    *is_end = *reached >= last;
    return code;
}

static cs_error give(cs_db *db, int64_t after, int64_t reached, cs_message *message) {
    cs_stmt *stmt = NULL;
    int64_t now = clock_now_ms();
    cs_error code =
        db_query(db,
                 "INSERT INTO job (kind, import, seq, urgency, started_ms, made_ms, run_ms, state, attempts) SELECT "
                 "'rules', 0, c.seq, 0, coalesce(c.started_ms, 0), :now, :now, 'waiting', 0 FROM conversation c WHERE "
                 "c.seq > :after AND c.seq <= :reached AND c.ruleset <> (SELECT CAST(value AS INTEGER) FROM setting "
                 "WHERE name = 'ruleset') ON CONFLICT DO NOTHING",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now);
    db_bind_int64(stmt, "after", after);
    db_bind_int64(stmt, "reached", reached);
    return db_run(stmt, message);
}

static cs_error set_after(cs_db *db, int64_t after, int64_t reached, bool is_done, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 is_done ? "DELETE FROM setting WHERE name = 'rules_again' AND value = CAST(:after AS TEXT)"
                         : "UPDATE setting SET value = CAST(:reached AS TEXT) WHERE name = 'rules_again' AND "
                           "value = CAST(:after AS TEXT)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after);
    if (!is_done) db_bind_int64(stmt, "reached", reached);
    return db_run(stmt, message);
}

/* A page; *goes_on: there may be more. */
static cs_error give_some(cs_db *db, bool *goes_on, cs_message *message) {
    int64_t after = -1, waiting = 0, newer = 0, reached = 0;
    bool is_end = false;
    cs_error code =
        query_number(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'rules_again'", -1, &after, message);
    if (code == CS_OK)
        code = query_number(db,
                            "SELECT count(*) FROM (SELECT 1 AS one FROM job WHERE import = 0 AND state = 'waiting' "
                            "LIMIT 250) w",
                            0, &waiting, message);
    if (code == CS_OK) /* what comes in goes first */
        code = query_number(db,
                            "SELECT count(*) FROM (SELECT 1 AS one FROM job WHERE import > 0 AND state = 'waiting' AND "
                            "attempts = 0 AND urgency = 0 LIMIT 1) w",
                            0, &newer, message);
    *goes_on = false;
    if (code != CS_OK || after < 0 || newer > 0 || waiting >= LEAST_WAITING) return code;
    code = span(db, after, &reached, &is_end, message);
    if (code == CS_OK) code = give(db, after, reached, message);
    if (code == CS_OK) code = set_after(db, after, reached, is_end, message);
    if (code == CS_OK) code = wake_tell(db, message);
    *goes_on = !is_end;
    return code;
}

cs_error rulebook_again(cs_db *db, const atomic_bool *is_stopped, cs_message *message) {
    bool goes_on = true;
    cs_error code = CS_OK;
    while (code == CS_OK && goes_on && !atomic_load(is_stopped)) {
        code = db_begin(db, message);
        if (code != CS_OK) return code;
        code = give_some(db, &goes_on, message);
        if (code == CS_OK)
            code = db_commit(db, message);
        else
            db_rollback(db);
    }
    return code;
}
