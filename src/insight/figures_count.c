#include "insight/figures_count.h"

#include <string.h>

enum { PAGE = 4000 };

enum { SEQ, ZONE, NAMES, SCORES = NAMES + CS_DIMENSION_COUNT, HIGH_RISK = SCORES + CS_SCORE_COUNT, VERDICTS };
static const char ROWS[] =
    "SELECT c.seq, c.zone_minutes, c.agent, c.team, c.queue, c.channel, c.compliance, c.experience, c.risk, "
    "c.high_risk, "
    "j.verdicts FROM conversation c LEFT JOIN inspection j ON j.seq = c.seq AND j.number = c.inspection AND "
    "j.ruleset = :ruleset WHERE " CS_FIGURE_DAY_SQL("c.") " = :day AND c.seq > :after ORDER BY c.seq LIMIT :page";

static cs_error count_row(cs_stmt *stmt, cs_figure_set *set, cs_message *message) {
    cs_name names[CS_DIMENSION_COUNT];
    cs_basics one = {.conversations = 1, .scored = 1, .high_risk = db_int64(stmt, HIGH_RISK) != 0};
    for (int d = 0; d < CS_DIMENSION_COUNT; d++) {
        const char *text = db_text(stmt, NAMES + d);
        names[d] = (cs_name){text, text ? (uint32_t)strlen(text) : 0};
    }
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        if (db_is_null(stmt, SCORES + score)) {
            one.scored = 0;
            continue;
        }
        one.sums[score] = db_int64(stmt, SCORES + score);
        one.counts[score] = 1;
    }
    size_t length = 0;
    one.judged = !db_is_null(stmt, VERDICTS);
    const unsigned char *verdicts = one.judged ? db_bytes(stmt, VERDICTS, &length) : NULL;
    return figure_set_count(set, names, &one, verdicts, length, message);
}

static void note_zone(cs_counted_day *day, int64_t zone) {
    if (day->conversations == 0 || zone < day->zone_least) day->zone_least = zone;
    if (day->conversations == 0 || zone > day->zone_most) day->zone_most = zone;
}

typedef struct page {
    int64_t day, ruleset, after;
    int rows;
} page;

static cs_error count_page(cs_db *db, page *p, cs_figure_set *set, cs_counted_day *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    p->rows = 0;
    cs_error code = db_query(db, ROWS, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "ruleset", p->ruleset);
    db_bind_int64(stmt, "day", p->day);
    db_bind_int64(stmt, "after", p->after);
    db_bind_int64(stmt, "page", PAGE);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        p->after = db_int64(stmt, SEQ);
        note_zone(out, db_int64(stmt, ZONE));
        out->conversations++;
        p->rows++;
        code = count_row(stmt, set, message);
    }
    db_done(stmt);
    return code;
}

cs_error figures_count_day(cs_db *db, int64_t day, int64_t ruleset, int64_t most, const atomic_bool *is_stopped,
                           cs_figure_set *set, cs_counted_day *out, cs_message *message) {
    page p = {.day = day, .ruleset = ruleset, .after = INT64_MIN};
    *out = (cs_counted_day){0};
    do {
        if (is_stopped && atomic_load(is_stopped))
            return message_set(message, CS_ERR_STOPPED, "the figures were not counted to the end");
        cs_error code = count_page(db, &p, set, out, message);
        if (code != CS_OK) return code;
        out->is_cut = most > 0 && out->conversations > most;
    } while (p.rows == PAGE && !out->is_cut);
    return CS_OK;
}
