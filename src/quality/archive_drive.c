#include "quality/archive_drive.h"

#include <string.h>

enum {
    MAX_SQL_BYTES = 8192,
    ENOUGH = 500, /* so few that no rarer filter is looked for */
    FEW_INSPECTIONS = 1000,
    FEW_ROWS = 4000, /* of an index that sends to the table for other columns, wherever the rows lie there */
};

static const cs_verdict kept[] = {CS_VERDICT_HIT, CS_VERDICT_MISSED, CS_VERDICT_NOTED};

static bool is_asked(const cs_where *where, cs_drive_kind kind) {
    const cs_filter *filter = where->filter;
    switch (kind) {
    case DRIVE_AGENT: return filter->agent != NULL;
    case DRIVE_FINDING: return where_has_finding(where);
    case DRIVE_HIGH_RISK: return filter->high_risk_only;
    case DRIVE_VERDICT: return filter->verdict && !filter->rule && verdict_needs_eye(where->verdict);
    case DRIVE_QUEUE: return filter->queue != NULL;
    case DRIVE_TEAM: return filter->team != NULL;
    case DRIVE_SCORE: return filter->score >= 0;
    case DRIVE_CHANNEL: return filter->channels != NULL;
    case DRIVE_TIME: return filter->from_ms != CS_NO_TIME || filter->to_ms != CS_NO_TIME;
    case DRIVE_KIND_COUNT: break;
    }
    return false;
}

/* The indices of agent, scores and time hold all that lists filter by (store/migration_rows.c). Where each row's inspection must be
 * read, it lies anywhere on the disk. */
static int64_t few_of(cs_drive_kind kind, const cs_where *where) {
    int64_t few = kind == DRIVE_AGENT || kind == DRIVE_SCORE || kind == DRIVE_TIME ? DRIVE_FEW : FEW_ROWS;
    int64_t most = where->filter->most_rows;
    if (where->by_bytes) few = FEW_INSPECTIONS;
    return most > 0 && most < few ? most : few;
}

static bool is_of_time(const cs_drive *drive, const cs_filter *filter) {
    if (drive->kind == DRIVE_FINDING) return drive->verdict != CS_VERDICT_COUNT;
    if (drive->kind == DRIVE_CHANNEL) return !strchr(filter->channels, ',');
    return drive->kind != DRIVE_SCORE && drive->kind != DRIVE_ORDER;
}

/* ---- as SQL ---- */

static void add_time(const cs_filter *filter, char table, cs_buffer *sql) {
    if (filter->from_ms != CS_NO_TIME) (void)buffer_printf(sql, " AND %c.started_ms >= :from_ms", table);
    if (filter->to_ms != CS_NO_TIME) (void)buffer_printf(sql, " AND %c.started_ms < :to_ms", table);
}

static void add_score(const cs_filter *filter, cs_buffer *sql) {
    (void)buffer_printf(sql, " AND c.%s BETWEEN %d AND %d", score_name((cs_score)filter->score),
                        filter->score_min < 0 ? 0 : filter->score_min, filter->score_max < 0 ? 100 : filter->score_max);
}

static void add_finding(const cs_drive *drive, cs_buffer *sql) {
    (void)buffer_text(sql, " AND f.rule = :rule");
    if (drive->verdict == CS_VERDICT_COUNT)
        (void)buffer_printf(sql, " AND f.verdict IN (%d, %d, %d)", kept[0], kept[1], kept[2]);
    else
        (void)buffer_printf(sql, " AND f.verdict = %d", (int)drive->verdict);
}

/* The names of channels are our own, and so is their list, which filter_set has checked. */
static void add_channels(const cs_filter *filter, cs_buffer *sql) {
    const char *between = strchr(filter->channels, ',') ? " AND c.channel IN ('" : " AND c.channel = '";
    for (const char *at = filter->channels; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        (void)buffer_text(sql, between);
        (void)buffer_append(sql, at, length);
        at += length;
        between = "', '";
    }
    (void)buffer_text(sql, strchr(filter->channels, ',') ? "')" : "'");
}

static void add_condition(const cs_drive *drive, const cs_where *where, cs_buffer *sql) {
    const cs_filter *filter = where->filter;
    switch (drive->kind) {
    case DRIVE_AGENT: (void)buffer_text(sql, " AND c.agent = :agent"); break;
    case DRIVE_TEAM: (void)buffer_text(sql, " AND c.team = :team"); break;
    case DRIVE_QUEUE: (void)buffer_text(sql, " AND c.queue = :queue"); break;
    case DRIVE_HIGH_RISK: (void)buffer_text(sql, " AND c.high_risk = 1"); break;
    case DRIVE_VERDICT: (void)buffer_printf(sql, " AND c.%s > 0", verdict_name(where->verdict)); break;
    case DRIVE_CHANNEL: add_channels(filter, sql); break;
    case DRIVE_SCORE: add_score(filter, sql); return;
    case DRIVE_FINDING:
        add_finding(drive, sql);
        add_time(filter, 'f', sql);
        return;
    case DRIVE_TIME: break;
    case DRIVE_KIND_COUNT: return;
    }
    add_time(filter, 'c', sql);
}

/* The bound tells PostgreSQL that they are few: it would read all conversations instead of looking some up. They were counted
 * in the same state of the store, so it leaves none out. */
static void from_few_findings(const cs_drive *drive, const cs_where *where, cs_buffer *sql) {
    (void)buffer_text(sql, " FROM (SELECT f.seq FROM finding f WHERE 1 = 1");
    add_condition(drive, where, sql);
    (void)buffer_printf(sql, " LIMIT %d) AS f CROSS JOIN conversation c WHERE c.seq = f.seq", FEW_ROWS + 1);
}

void drive_from(const cs_drive *drive, const cs_where *where, cs_buffer *sql) {
    if (drive->kind == DRIVE_FINDING && drive->is_few) {
        from_few_findings(drive, where, sql);
        return;
    }
    (void)buffer_text(sql, drive->kind == DRIVE_FINDING
                               ? " FROM finding f CROSS JOIN conversation c WHERE c.seq = f.seq"
                               : " FROM conversation c WHERE 1 = 1");
    add_condition(drive, where, sql);
}

void drive_tests(const cs_drive *drive, const cs_where *where, cs_buffer *sql) {
    (void)buffer_text(sql, buffer_string(&where->plain));
    if (drive->kind != DRIVE_FINDING || where->verdict == CS_VERDICT_UNDECIDED)
        (void)buffer_text(sql, buffer_string(&where->probe));
}

/* ---- counting ---- */

static void bind_condition(const cs_drive *drive, const cs_where *where, cs_stmt *stmt) {
    const cs_filter *filter = where->filter;
    if (drive->kind == DRIVE_AGENT) db_bind_text(stmt, "agent", filter->agent);
    if (drive->kind == DRIVE_TEAM) db_bind_text(stmt, "team", filter->team);
    if (drive->kind == DRIVE_QUEUE) db_bind_text(stmt, "queue", filter->queue);
    if (drive->kind == DRIVE_FINDING) db_bind_text(stmt, "rule", filter->rule);
    if (drive->kind == DRIVE_SCORE || drive->kind == DRIVE_ORDER) return;
    if (filter->from_ms != CS_NO_TIME) db_bind_int64(stmt, "from_ms", filter->from_ms);
    if (filter->to_ms != CS_NO_TIME) db_bind_int64(stmt, "to_ms", filter->to_ms);
}

/* Of the index alone: no row is looked up. */
static cs_error count_rows(cs_db *db, const cs_drive *drive, const cs_where *where, bool is_distinct, int64_t most,
                           int64_t *out, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql, "SELECT count(*) FROM (SELECT %s FROM %s WHERE 1 = 1",
                        is_distinct ? "DISTINCT f.seq" : "1",
                        drive->kind == DRIVE_FINDING ? "finding f" : "conversation c");
    add_condition(drive, where, &sql);
    (void)buffer_printf(&sql, " LIMIT %lld) AS bounded", (long long)most + 1);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    bind_condition(drive, where, stmt);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

/* A rule alone means hit, missed and noted: nearly always one of them, which its kind decides. */
static cs_error count_findings(cs_db *db, cs_drive *drive, const cs_where *where, int64_t *out, cs_message *message) {
    cs_error code = CS_OK;
    cs_verdict only = CS_VERDICT_COUNT;
    unsigned verdicts = 0;
    *out = 0;
    int64_t few = few_of(DRIVE_FINDING, where);
    if (where->verdict != CS_VERDICT_COUNT) return count_rows(db, drive, where, false, few, out, message);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && code == CS_OK; i++) {
        int64_t count = 0;
        drive->verdict = kept[i];
        code = count_rows(db, drive, where, false, few, &count, message);
        if (count > 0) only = kept[i];
        verdicts += count > 0;
        *out += count;
    }
    drive->verdict = verdicts == 1 ? only : CS_VERDICT_COUNT;
    return code;
}

cs_error drive_choose(cs_db *db, const cs_where *where, cs_drive *out, cs_message *message) {
    int64_t fewest = INT64_MAX;
    *out = (cs_drive){.kind = DRIVE_ORDER};
    for (cs_drive_kind kind = 0; kind < DRIVE_KIND_COUNT && fewest > ENOUGH; kind++) {
        cs_drive drive = {.kind = kind, .verdict = where->verdict};
        int64_t count = 0;
        if (!is_asked(where, kind)) continue;
        cs_error code = kind == DRIVE_FINDING
                            ? count_findings(db, &drive, where, &count, message)
                            : count_rows(db, &drive, where, false, few_of(kind, where), &count, message);
        if (code != CS_OK) return code;
        drive.is_none = count == 0;
        drive.is_few = count <= few_of(kind, where);
        drive.is_of_time = is_of_time(&drive, where->filter);
        if ((drive.is_few && count < fewest) || (out->kind == DRIVE_ORDER && drive.is_of_time)) {
            if (drive.is_few) fewest = count;
            *out = drive;
        }
    }
    return CS_OK;
}

cs_error drive_count(cs_db *db, const cs_where *where, int64_t most, int64_t *out, cs_message *message) {
    cs_drive drive = {.kind = DRIVE_TIME, .verdict = where->verdict};
    unsigned asked = 0;
    for (cs_drive_kind kind = 0; kind < DRIVE_TIME; kind++)
        if (is_asked(where, kind)) {
            drive.kind = kind;
            asked++;
        }
    bool has_time = is_asked(where, DRIVE_TIME);
    bool has_rule = where->filter->rule || where->filter->verdict;
    bool is_covered = asked < 2 && !where->filter->text && where->filter->seen < 0 &&
                      (!has_rule || drive.kind == DRIVE_FINDING || drive.kind == DRIVE_VERDICT);
    if (drive.kind == DRIVE_SCORE && has_time) is_covered = false;
    if (drive.kind == DRIVE_FINDING && where->verdict == CS_VERDICT_UNDECIDED) is_covered = false;
    if (!is_covered) return message_set(message, CS_ERR_NOT_FOUND, "no index counts this list");
    return count_rows(db, &drive, where, drive.kind == DRIVE_FINDING, most, out, message);
}
