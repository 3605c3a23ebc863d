#include "quality/archive_filter.h"

#include "quality/archive_column.h"
#include "quality/search.h"
#include "quality/search_query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WHERE_BYTES = 4096, MAX_FOUND_BYTES = 128 << 10, QUERY_ARENA_BYTES = 1 << 20 };

static const cs_sort sorts[] = {
    {"-started", "started_ms", true},
    {"started", "started_ms", false},
    {"compliance", "compliance", false},
    {"-compliance", "compliance", true},
    {"experience", "experience", false},
    {"-experience", "experience", true},
    {"risk", "risk", false},
    {"-risk", "risk", true},
};
#define SORTS "-started, started, compliance, -compliance, experience, -experience, risk, -risk"
#define VERDICTS "hit, missed, undecided, noted, met, clean, not_noted, not_applicable"

unsigned sort_count(void) {
    return sizeof sorts / sizeof sorts[0];
}

unsigned sort_index(const char *name) {
    unsigned i = 0;
    while (name && i < sort_count() && strcmp(sorts[i].name, name) != 0) i++;
    return i;
}

const cs_sort *sort_at(unsigned index) {
    return &sorts[index];
}

/* ---- reading parameters ---- */

void filter_init(cs_filter *filter) {
    *filter = (cs_filter){
        .from_ms = CS_NO_TIME, .to_ms = CS_NO_TIME, .score = -1, .score_min = -1, .score_max = -1, .seen = -1};
}

static cs_error wrong(const char *name, const char *value, const char *allowed, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of %s is not understood", value, name);
    message_place(message, "%s", name);
    message_remedy(message, "%s takes %s", name, allowed);
    return CS_ERR_USAGE;
}

static bool parse_number(const char *text, int64_t least, int64_t most, int64_t *out) {
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end || value < least || value > most) return false;
    *out = value;
    return true;
}

static cs_error set_time(int64_t *out, const char *name, const char *value, cs_message *message) {
    int64_t most = INT64_C(1) << 53;
    if (parse_number(value, -most, most, out)) return CS_OK;
    return wrong(name, value, "a time in epoch milliseconds", message);
}

/* Into one end of the range of points; the other end must leave room. */
static cs_error set_points(cs_filter *filter, int *out, const char *name, const char *value, cs_message *message) {
    int64_t points = 0;
    if (!parse_number(value, 0, 100, &points)) return wrong(name, value, "a number from 0 to 100", message);
    *out = (int)points;
    if (filter->score_min >= 0 && filter->score_max >= 0 && filter->score_min > filter->score_max)
        return wrong(name, value, "min below max", message);
    return CS_OK;
}

static cs_error set_score(cs_filter *filter, const char *value, cs_message *message) {
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++)
        if (strcmp(score_name(score), value) == 0) {
            filter->score = (int)score;
            return CS_OK;
        }
    return wrong("score", value, "compliance, experience or risk", message);
}

/* The channel that begins at text, up to the comma; CS_CHANNEL_COUNT: no such channel. */
static cs_channel channel_at(const char *text, size_t length) {
    for (cs_channel channel = 0; channel < CS_CHANNEL_COUNT; channel++) {
        const char *name = channel_name(channel);
        if (strlen(name) == length && memcmp(name, text, length) == 0) return channel;
    }
    return CS_CHANNEL_COUNT;
}

static cs_error set_channels(cs_filter *filter, const char *value, cs_message *message) {
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        if (channel_at(at, length) == CS_CHANNEL_COUNT)
            return wrong("channel", value, "call, chat, email, ticket, survey, video, unknown; several with commas",
                         message);
        at += length;
        if (!*at) break;
    }
    filter->channels = value;
    return CS_OK;
}

static cs_error set_text(cs_filter *filter, const char *value, cs_message *message) {
    cs_search_query *query = NULL;
    if (value[strspn(value, " ")] == 0) return CS_OK;
    cs_arena *arena = arena_create(QUERY_ARENA_BYTES);
    cs_error code = arena ? search_query_parse(value, arena, &query, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory to search");
    if (code == CS_OK) filter->text = value;
    arena_free(arena);
    return code;
}

static cs_error set_switch(bool *out, const char *name, const char *value, cs_message *message) {
    if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0) return wrong(name, value, "1 or 0", message);
    *out = value[0] == '1';
    return CS_OK;
}

cs_error filter_set(cs_filter *filter, const char *name, const char *value, cs_message *message) {
    static const char *const names[] = {"from", "to",   "channel", "agent",     "team", "queue", "score", "min",
                                        "max",  "rule", "verdict", "high_risk", "q",    "sort",  "seen"};
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && strcmp(names[i], name) != 0) i++;
    if (i == sizeof names / sizeof names[0]) return message_set(message, CS_ERR_NOT_FOUND, "%s is no filter", name);
    if (!*value) return CS_OK; /* an empty field of a form asks for nothing */

    if (strcmp(name, "from") == 0) return set_time(&filter->from_ms, name, value, message);
    if (strcmp(name, "to") == 0) return set_time(&filter->to_ms, name, value, message);
    if (strcmp(name, "channel") == 0) return set_channels(filter, value, message);
    if (strcmp(name, "score") == 0) return set_score(filter, value, message);
    if (strcmp(name, "min") == 0) return set_points(filter, &filter->score_min, name, value, message);
    if (strcmp(name, "max") == 0) return set_points(filter, &filter->score_max, name, value, message);
    if (strcmp(name, "high_risk") == 0) return set_switch(&filter->high_risk_only, name, value, message);
    if (strcmp(name, "q") == 0) return set_text(filter, value, message);
    if (strcmp(name, "seen") == 0) {
        bool is_seen = false;
        cs_error code = set_switch(&is_seen, name, value, message);
        if (code == CS_OK) filter->seen = is_seen;
        return code;
    }
    if (strcmp(name, "agent") == 0) filter->agent = value;
    if (strcmp(name, "team") == 0) filter->team = value;
    if (strcmp(name, "queue") == 0) filter->queue = value;
    if (strcmp(name, "rule") == 0) filter->rule = value;
    if (strcmp(name, "verdict") == 0) {
        if (verdict_parse(value) == CS_VERDICT_COUNT) return wrong(name, value, VERDICTS, message);
        filter->verdict = value;
    }
    if (strcmp(name, "sort") == 0) {
        if (sort_index(value) == sort_count()) return wrong(name, value, SORTS, message);
        filter->sort = value;
    }
    return CS_OK;
}

/* ---- as SQL ---- */

static void where_channels(cs_where *where) {
    if (!where->filter->channels) return;
    (void)buffer_text(&where->sql, " AND c.channel IN (");
    const char *between = "";
    for (const char *at = where->filter->channels; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        /* the names are our own, so they may stand in the text */
        (void)buffer_printf(&where->sql, "%s'%s'", between, channel_name(channel_at(at, length)));
        between = ", ";
        at += length;
    }
    (void)buffer_text(&where->sql, ")");
}

bool filter_id_is_sound(const char *id) {
    return strlen(id) == CS_ID_CHARS && strspn(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == CS_ID_CHARS;
}

/* They were checked to be our own kind of name. */
static void where_ids(cs_where *where) {
    const cs_filter *filter = where->filter;
    if (!filter->ids) return;
    (void)buffer_text(&where->sql, " AND c.id IN (''");
    for (uint32_t i = 0; i < filter->id_count && i < CS_MAX_FILTER_IDS; i++)
        if (filter_id_is_sound(filter->ids[i])) (void)buffer_printf(&where->sql, ", '%s'", filter->ids[i]);
    (void)buffer_text(&where->sql, ")");
}

static cs_error where_score(cs_where *where, cs_message *message) {
    const cs_filter *filter = where->filter;
    if (filter->score < 0) {
        if (filter->score_min < 0 && filter->score_max < 0) return CS_OK;
        (void)message_set(message, CS_ERR_USAGE, "min and max need to know of which score");
        message_remedy(message, "add score=compliance, score=experience or score=risk");
        return CS_ERR_USAGE;
    }
    const char *name = score_name((cs_score)filter->score);
    (void)buffer_printf(&where->sql, " AND c.%s BETWEEN %d AND %d", name, filter->score_min < 0 ? 0 : filter->score_min,
                        filter->score_max < 0 ? 100 : filter->score_max);
    return CS_OK;
}

/* Any rule with this verdict: the counts of the row know. */
static cs_error where_verdict(cs_where *where, cs_message *message) {
    if (where->verdict == CS_VERDICT_NOT_NOTED || where->verdict == CS_VERDICT_NOT_APPLICABLE) {
        (void)message_set(message, CS_ERR_USAGE, "verdict=%s needs a rule", where->filter->verdict);
        message_remedy(message, "add rule=NAME");
        return CS_ERR_USAGE;
    }
    (void)buffer_printf(&where->sql, " AND c.%s > 0", verdict_name(where->verdict));
    return CS_OK;
}

/* One row is tested by the rule's own entry for it in the index of findings. LIMIT 1 OFFSET 0 keeps PostgreSQL from reading
 * the whole table into a hash for the test of some rows. */
static void probe_verdicts(cs_buffer *sql, const char *negation, int a, int b, int c) {
    (void)buffer_printf(
        sql,
        " AND CASE WHEN c.started_ms IS NULL THEN %sEXISTS (SELECT 1 FROM finding f WHERE f.rule = :rule AND "
        "f.verdict IN (%d, %d, %d) AND f.started_ms IS NULL AND f.seq = c.seq LIMIT 1 OFFSET 0) ELSE %sEXISTS (SELECT "
        "1 FROM finding "
        "f WHERE f.rule = :rule AND f.verdict IN (%d, %d, %d) AND f.started_ms = c.started_ms AND f.seq = c.seq LIMIT "
        "1 OFFSET 0) END",
        negation, a, b, c, negation, a, b, c);
}

/* The counts of the row spare most tests. */
static void probe_finding(cs_where *where) {
    int own = (int)where->verdict;
    bool is_undecided = where->verdict == CS_VERDICT_UNDECIDED;
    if (where->verdict == CS_VERDICT_COUNT)
        (void)buffer_text(&where->probe, " AND c.hit + c.missed + c.noted > 0");
    else
        (void)buffer_printf(&where->probe, " AND c.%s > 0", verdict_name(where->verdict));
    if (where->verdict != CS_VERDICT_COUNT) probe_verdicts(&where->probe, "", own, own, own);
    if (where->verdict == CS_VERDICT_COUNT || is_undecided)
        probe_verdicts(&where->probe, is_undecided ? "NOT " : "", CS_VERDICT_HIT, CS_VERDICT_MISSED, CS_VERDICT_NOTED);
}

/* Every rule has a few of the verdicts only. */
static bool may_end_as(const cs_rule *rule, cs_verdict verdict) {
    switch (verdict) {
    case CS_VERDICT_MET:
    case CS_VERDICT_MISSED: return rule->kind == CS_RULE_EXPECT;
    case CS_VERDICT_CLEAN:
    case CS_VERDICT_HIT: return rule->kind == CS_RULE_NEVER;
    case CS_VERDICT_NOT_NOTED:
    case CS_VERDICT_NOTED: return rule->kind == CS_RULE_FLAG;
    default: return true;
    }
}

/* The verdict of a rule is the gravest of its findings: undecided only where nothing graver was found. */
static void where_finding(cs_where *where) {
    probe_finding(where);
    const char *grave = "c.seq IN (SELECT f.seq FROM finding f WHERE f.rule = :rule AND f.verdict IN (%d, %d, %d))";
    bool is_undecided = where->verdict == CS_VERDICT_UNDECIDED;
    if (where->verdict != CS_VERDICT_COUNT)
        (void)buffer_printf(&where->sql,
                            " AND c.seq IN (SELECT f.seq FROM finding f WHERE f.rule = :rule AND f.verdict = %d)",
                            (int)where->verdict);
    if (where->verdict != CS_VERDICT_COUNT && !is_undecided) return;
    (void)buffer_text(&where->sql, is_undecided ? " AND NOT " : " AND ");
    (void)buffer_printf(&where->sql, grave, CS_VERDICT_HIT, CS_VERDICT_MISSED, CS_VERDICT_NOTED);
}

static cs_error where_bytes(cs_where *where, cs_db *db, const cs_ruleset *ruleset, cs_message *message) {
    const cs_rule *rule = ruleset_find(ruleset, where->filter->rule);
    if (!rule || !may_end_as(rule, where->verdict)) { /* a rule that is gone: nobody has this verdict of it any more */
        where->is_none = true;
        (void)buffer_text(&where->sql, " AND 1 = 0");
        (void)buffer_text(&where->probe, " AND 1 = 0");
        return CS_OK;
    }
    where->by_bytes = true;
    where->rule = rule->index;
    static const char *const ends[] = {")", " LIMIT 1 OFFSET 0)"};
    cs_buffer *const forms[] = {&where->sql, &where->probe};
    for (size_t i = 0; i < 2; i++)
        (void)buffer_printf(forms[i],
                            " AND EXISTS (SELECT 1 FROM inspection i WHERE i.seq = c.seq AND i.number = c.inspection "
                            "AND i.ruleset = :current AND substr(i.verdicts, CAST(:place AS INTEGER), 1) = :byte%s",
                            ends[i]);
    return current_number(db, &where->current, message);
}

bool where_has_finding(const cs_where *where) {
    return where->filter->rule && (where->verdict == CS_VERDICT_COUNT || verdict_needs_eye(where->verdict));
}

static cs_error where_rule(cs_where *where, cs_db *db, const cs_ruleset *ruleset, cs_message *message) {
    if (!where_has_finding(where)) return where_bytes(where, db, ruleset, message);
    where_finding(where);
    return CS_OK;
}

cs_error where_make(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_where *where,
                    cs_message *message) {
    *where =
        (cs_where){.filter = filter, .verdict = filter->verdict ? verdict_parse(filter->verdict) : CS_VERDICT_COUNT};
    buffer_init(&where->sql, MAX_FOUND_BYTES);
    buffer_init(&where->plain, MAX_WHERE_BYTES);
    buffer_init(&where->probe, MAX_WHERE_BYTES);
    if (filter->from_ms != CS_NO_TIME) (void)buffer_text(&where->sql, " AND c.started_ms >= :from_ms");
    if (filter->to_ms != CS_NO_TIME) (void)buffer_text(&where->sql, " AND c.started_ms < :to_ms");
    where_channels(where);
    if (filter->agent) (void)buffer_text(&where->sql, " AND c.agent = :agent");
    if (filter->team) (void)buffer_text(&where->sql, " AND c.team = :team");
    if (filter->queue) (void)buffer_text(&where->sql, " AND c.queue = :queue");
    if (filter->high_risk_only) (void)buffer_text(&where->sql, " AND c.high_risk = 1");
    cs_error code = where_score(where, message);
    if (code == CS_OK && filter->verdict && !filter->rule) code = where_verdict(where, message);
    if (filter->seen >= 0)
        (void)buffer_printf(&where->sql,
                            " AND %sEXISTS (SELECT 1 FROM seen s WHERE s.account = :reader AND s.conversation = "
                            "c.external_id LIMIT 1 OFFSET 0)",
                            filter->seen ? "" : "NOT ");
    (void)buffer_text(&where->plain, buffer_string(&where->sql));
    where_ids(where);
    if (code == CS_OK && filter->rule) code = where_rule(where, db, ruleset, message);
    if (code == CS_OK && filter->text) code = search_where(db, ruleset, filter, &where->sql, message);
    if (code == CS_OK && (where->sql.is_failed || where->plain.is_failed || where->probe.is_failed))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the filter");
    if (code != CS_OK) where_free(where);
    return code;
}

void where_bind(const cs_where *where, cs_stmt *stmt) {
    static const unsigned char bytes[CS_VERDICT_COUNT] = {0, 1, 2, 3, 4, 5, 6, 7};
    const cs_filter *filter = where->filter;
    if (filter->from_ms != CS_NO_TIME) db_bind_int64(stmt, "from_ms", filter->from_ms);
    if (filter->to_ms != CS_NO_TIME) db_bind_int64(stmt, "to_ms", filter->to_ms);
    if (filter->agent) db_bind_text(stmt, "agent", filter->agent);
    if (filter->team) db_bind_text(stmt, "team", filter->team);
    if (filter->queue) db_bind_text(stmt, "queue", filter->queue);
    if (filter->seen >= 0) db_bind_int64(stmt, "reader", filter->reader);
    if (where->by_bytes) {
        db_bind_int64(stmt, "current", where->current);
        db_bind_int64(stmt, "place", (int64_t)where->rule + 1);
        db_bind_bytes(stmt, "byte", &bytes[where->verdict], 1);
    } else if (where_has_finding(where)) {
        db_bind_text(stmt, "rule", filter->rule);
    }
}

void where_free(cs_where *where) {
    buffer_free(&where->sql);
    buffer_free(&where->plain);
    buffer_free(&where->probe);
}
