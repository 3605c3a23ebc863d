#include "quality/archive_filter.h"
#include "quality/archive_item.h"
#include "quality/archive_summary.h"

enum { MAX_SQL_BYTES = 160 << 10, WORST = 5 };

/* The order of the index conversation_worst; unknown scores come last. */
#define WORST_FIRST(c)                                                                                                 \
    c "high_risk DESC, coalesce(" c "risk, -1) DESC, coalesce(" c "compliance, 101), coalesce(" c                      \
      "experience, 101), " c "seq DESC"

typedef struct worst {
    int64_t seqs[WORST];
    int count;
} worst;

static cs_error run(cs_db *db, const cs_where *where, const char *sql, int64_t most, worst *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    if (most > 0) db_bind_int64(stmt, "most", most);
    out->count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && out->count < WORST)
        out->seqs[out->count++] = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* Among the worst of all, in the order of the index; the filter stands where no index can be chosen for it. */
static cs_error among_worst(cs_db *db, const cs_where *where, int64_t most, worst *out, cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql,
                        "SELECT w.seq FROM (SELECT c.seq AS seq, c.high_risk AS high_risk, c.risk AS risk, "
                        "c.compliance AS compliance, c.experience AS experience, CASE WHEN 1 = 1%s THEN 1 ELSE 0 END "
                        "AS fits FROM conversation c WHERE c.hit + c.missed + c.noted > 0 ORDER BY " WORST_FIRST(
                            "c.") " LIMIT :most) w WHERE w.fits = 1 ORDER BY " WORST_FIRST("w.") " LIMIT %d",
                        buffer_string(&where->sql), WORST);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the summary")
                                  : run(db, where, buffer_string(&sql), most, out, message);
    buffer_free(&sql);
    return code;
}

/* All that the filter keeps, sorted. */
static cs_error among_kept(cs_db *db, const cs_where *where, worst *out, cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql,
                        "SELECT c.seq FROM conversation c WHERE c.hit + c.missed + c.noted > 0%s ORDER BY "
                        "c.high_risk DESC, c.risk DESC NULLS LAST, c.compliance ASC NULLS LAST, c.experience ASC NULLS "
                        "LAST, c.seq DESC LIMIT %d",
                        buffer_string(&where->sql), WORST);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the summary")
                                  : run(db, where, buffer_string(&sql), 0, out, message);
    buffer_free(&sql);
    return code;
}

static cs_error write_one(cs_db *db, int64_t reader, int64_t seq, const cs_ruleset *ruleset, cs_json_writer *out,
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT " ITEM_COLUMNS " FROM conversation c WHERE c.seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "reader", reader);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) item_write(stmt, ruleset, out);
    db_done(stmt);
    return code;
}

/* Among the worst of all as long as that is less work than sorting all that is kept. */
cs_error worst_write(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int64_t kept, cs_json_writer *out,
                     cs_message *message) {
    static const int64_t looks[] = {500, 4000, 20000};
    cs_where where;
    worst found = {.count = 0};
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    for (size_t i = 0; i < sizeof looks / sizeof *looks && code == CS_OK && found.count < WORST; i++)
        if (looks[i] < kept) code = among_worst(db, &where, looks[i], &found, message);
    if (code == CS_OK && found.count < WORST && kept > 0) code = among_kept(db, &where, &found, message);
    where_free(&where);
    json_array_open(out, "worst");
    for (int i = 0; i < found.count && code == CS_OK; i++)
        code = write_one(db, filter->reader, found.seqs[i], ruleset, out, message);
    json_array_close(out);
    return code;
}
