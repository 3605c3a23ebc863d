#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"

#include <stdio.h>

enum { MAX_SQL_BYTES = 512, MAX_NAMES = 2000 };

/* Each name is asked for from the one before: a step in the index, however many conversations bear it. */
static cs_error names_write(cs_db *db, const char *agent, const char *column, const char *key, cs_json_writer *out,
                            cs_message *message) {
    char sql[MAX_SQL_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (agent)
        (void)snprintf(sql, sizeof sql,
                       "SELECT DISTINCT c.%s FROM conversation c WHERE c.agent = :agent AND c.%s > '' ORDER BY c.%s "
                       "LIMIT %d",
                       column, column, column, MAX_NAMES);
    else
        (void)snprintf(
            sql, sizeof sql,
            "WITH RECURSIVE name (value) AS (SELECT min(c.%s) FROM conversation c WHERE c.%s > '' UNION ALL "
            "SELECT (SELECT min(c.%s) FROM conversation c WHERE c.%s > name.value) FROM name WHERE name.value "
            "IS NOT NULL) SELECT value FROM name WHERE value IS NOT NULL LIMIT %d",
            column, column, column, column, MAX_NAMES);
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (agent) db_bind_text(stmt, "agent", agent);
    json_array_open(out, key);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        json_write_string(out, NULL, db_text(stmt, 0));
    json_array_close(out);
    db_done(stmt);
    return code;
}

static cs_error time_write_of(cs_db *db, const char *agent, const char *what, const char *key, cs_json_writer *out,
                              cs_message *message) {
    char sql[MAX_SQL_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    (void)snprintf(sql, sizeof sql, "SELECT %s(started_ms) FROM conversation%s", what,
                   agent ? " WHERE agent = :agent" : "");
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (agent) db_bind_text(stmt, "agent", agent);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) time_write(out, key, has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : CS_NO_TIME);
    db_done(stmt);
    return code;
}

cs_error archive_facets(cs_db *db, const cs_ruleset *ruleset, const char *agent, cs_json_writer *out,
                        cs_message *message) {
    json_object_open(out, NULL);
    cs_error code = names_write(db, agent, "channel", "channels", out, message);
    if (code == CS_OK) code = names_write(db, agent, "agent", "agents", out, message);
    if (code == CS_OK) code = names_write(db, agent, "team", "teams", out, message);
    if (code == CS_OK) code = names_write(db, agent, "queue", "queues", out, message);
    if (code == CS_OK) code = time_write_of(db, agent, "min", "from_ms", out, message);
    if (code == CS_OK) code = time_write_of(db, agent, "max", "to_ms", out, message);
    json_array_open(out, "rules");
    uint32_t count = ruleset_rule_count(ruleset);
    for (uint32_t i = 0; i < count; i++) {
        const cs_rule *rule = ruleset_rule(ruleset, i);
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        title_write(out, "title", rule, rule->name);
        json_write_string(out, "kind", rule_kind_name(rule->kind));
        json_write_string(out, "pack", rule->pack);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
    return code;
}
