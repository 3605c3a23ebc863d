#include "quality/archive_item.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"

#include <string.h>

/* Lines "missed apologise"; a rule that is gone since is titled by its name. */
static void worst_write(cs_json_writer *out, const cs_ruleset *ruleset, const char *lines) {
    char rule[256], verdict[32];
    json_array_open(out, "worst");
    for (const char *at = lines ? lines : ""; *at;) {
        size_t line = strcspn(at, "\n"), word = strcspn(at, " ");
        if (word < line && word < sizeof verdict && line - word - 1 < sizeof rule) {
            memcpy(verdict, at, word);
            verdict[word] = 0;
            memcpy(rule, at + word + 1, line - word - 1);
            rule[line - word - 1] = 0;
            json_object_open(out, NULL);
            json_write_string(out, "rule", rule);
            title_write(out, "title", ruleset_find(ruleset, rule), rule);
            json_write_string(out, "verdict", verdict);
            json_object_close(out);
        }
        at += line + (at[line] == '\n');
    }
    json_array_close(out);
}

static void counts_write(cs_json_writer *out, cs_stmt *stmt) {
    json_object_open(out, "counts");
    column_write_int(stmt, 16, out, "hit");
    column_write_int(stmt, 17, out, "missed");
    column_write_int(stmt, 18, out, "undecided");
    column_write_int(stmt, 19, out, "noted");
    column_write_int(stmt, 20, out, "met");
    json_object_close(out);
}

void item_write(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out) {
    json_object_open(out, NULL);
    column_write_text(stmt, 0, out, "id");
    column_write_text(stmt, 1, out, "external_id");
    column_write_text(stmt, db_is_null(stmt, 2) ? 1 : 2, out, "title");
    column_write_text(stmt, 3, out, "channel");
    column_write_int(stmt, 4, out, "started_ms");
    column_write_int(stmt, 5, out, "duration_ms");
    column_write_int(stmt, 6, out, "turns");
    column_write_text(stmt, 7, out, "agent");
    column_write_text(stmt, 8, out, "team");
    column_write_text(stmt, 9, out, "queue");
    column_write_text(stmt, 10, out, "customer");
    json_object_open(out, "scores");
    column_write_int(stmt, 11, out, "compliance");
    column_write_int(stmt, 12, out, "experience");
    column_write_int(stmt, 13, out, "risk");
    json_object_close(out);
    if (db_is_null(stmt, 14))
        json_write_null(out, "decided_share");
    else
        json_write_double(out, "decided_share", db_real(stmt, 14), 3);
    json_write_bool(out, "high_risk", db_int64(stmt, 15) != 0);
    json_write_bool(out, "has_recording", db_int64(stmt, 22) != 0);
    counts_write(out, stmt);
    worst_write(out, ruleset, db_text(stmt, 21));
    json_object_close(out);
}
