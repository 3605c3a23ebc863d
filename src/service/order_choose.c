#include "service/order_choose.h"

#include "quality/archive.h"
#include "rules/finding.h"

#include <string.h>

enum { MAX_LIST_BYTES = 4 << 20, LIST_PAGES = 20 };

static cs_error wrong(const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to open work orders");
}

/* ---- one by one ---- */

static cs_error finding_read(const cs_json *one, cs_chosen_finding *out, cs_message *message) {
    const cs_json *turn = json_get(one, "turn");
    out->conversation = json_string(json_get(one, "conversation"), NULL);
    out->rule = json_string(json_get(one, "rule"), NULL);
    out->turn = turn ? 0 : -1; /* null: about the whole; absent: wherever it was found first */
    if (!out->conversation || !out->rule)
        return wrong("findings", "a finding is named by its conversation and its rule",
                     "send {\"conversation\": id, \"rule\": name, \"turn\": number or null}", message);
    if (json_kind(turn) == CS_JSON_NULL) return CS_OK;
    if (json_int64(turn, &out->turn) && out->turn >= 1) return CS_OK;
    return wrong("findings", "a turn is a number from 1, or null", "take it from the finding's at.turn", message);
}

static cs_error findings_read(const cs_json *findings, cs_order_choice *out, cs_message *message) {
    size_t count = json_length(findings);
    cs_error code = CS_OK;
    if (count == 0 || count > CS_MAX_ORDER_FINDINGS)
        return wrong("findings", count ? "more than 200 findings are named" : "no finding is named",
                     "send 1 to 200 of them", message);
    for (size_t i = 0; i < count && code == CS_OK; i++)
        code = finding_read(json_at(findings, i), &out->findings[out->count++], message);
    return code;
}

/* ---- all of a conversation ---- */

static cs_error add_of(cs_db *db, const char *conversation, const char *rule, cs_arena *arena, cs_order_choice *out,
                       cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t seq = 0;
    cs_error code = archive_find(db, conversation, &seq, message);
    if (code == CS_OK)
        code = db_query(db, "SELECT rule, coalesce(turn, 0), verdict FROM finding WHERE seq = :seq ORDER BY number",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_verdict verdict = (cs_verdict)db_int64(stmt, 2);
        if (rule ? strcmp(rule, db_text(stmt, 0)) != 0 : verdict != CS_VERDICT_HIT && verdict != CS_VERDICT_MISSED)
            continue;
        if (out->count == CS_MAX_ORDER_FINDINGS) {
            out->is_cut = true;
            break;
        }
        cs_chosen_finding *one = &out->findings[out->count++];
        *one = (cs_chosen_finding){arena_string(arena, conversation), arena_string(arena, db_text(stmt, 0)),
                                   db_int64(stmt, 1)};
        if (!one->conversation || !one->rule) {
            code = no_memory(message);
            break;
        }
    }
    db_done(stmt);
    return code;
}

static cs_error conversations_read(cs_db *db, const cs_json *body, const cs_json *ids, cs_arena *arena,
                                   cs_order_choice *out, cs_message *message) {
    const char *rule = json_string(json_get(body, "rule"), NULL);
    size_t count = json_length(ids);
    cs_error code = CS_OK;
    if (count == 0 || count > CS_MAX_ORDER_FINDINGS)
        return wrong("conversations", count ? "more than 200 conversations are named" : "no conversation is named",
                     "send 1 to 200 of them", message);
    for (size_t i = 0; i < count && code == CS_OK; i++) {
        const char *id = json_string(json_at(ids, i), NULL);
        code = id ? add_of(db, id, rule, arena, out, message)
                  : wrong("conversations", "an id is a text", "send it in quotes", message);
    }
    if (code == CS_OK && out->count == 0)
        return wrong("conversations", "nothing was found in them", "choose conversations with findings", message);
    return code;
}

/* ---- all of a filter ---- */

typedef struct reading {
    cs_filter *filter;
    cs_error code;
    cs_message *message;
} reading;

static bool filter_member(void *context, const char *key, const cs_json *value) {
    reading *to = context;
    const char *text = json_string(value, NULL);
    to->code = text ? filter_set(to->filter, key, text, to->message)
                    : wrong(key, "a filter is a text", "send it in quotes", to->message);
    return to->code == CS_OK;
}

/* The ids of a page of the list; *next is its cursor, in the arena, NULL at the end. */
static cs_error page_add(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *after,
                         cs_arena *arena, cs_order_choice *out, const char **next, cs_message *message) {
    cs_buffer text;
    cs_json_writer writer;
    cs_json *page = NULL;
    buffer_init(&text, MAX_LIST_BYTES);
    json_writer_init(&writer, &text);
    cs_error code = archive_list(db, ruleset, filter, 100, after, &writer, message);
    if (code == CS_OK && text.is_failed) code = no_memory(message);
    if (code == CS_OK) code = json_parse(buffer_string(&text), text.length, MAX_LIST_BYTES, &page, message);
    const cs_json *items = json_get(page, "items");
    for (size_t i = 0; i < json_length(items) && code == CS_OK && !out->is_cut; i++) {
        const char *id = json_string(json_get(json_at(items, i), "id"), NULL);
        if (id) code = add_of(db, id, filter->rule, arena, out, message);
    }
    *next = arena_string(arena, json_string(json_get(page, "next"), NULL));
    json_free(page);
    buffer_free(&text);
    return code;
}

static cs_error filter_read(cs_db *db, const cs_ruleset *ruleset, const cs_json *members, cs_arena *arena,
                            cs_order_choice *out, cs_message *message) {
    cs_filter filter;
    filter_init(&filter);
    reading to = {&filter, CS_OK, message};
    json_each(members, filter_member, &to);
    if (to.code == CS_ERR_NOT_FOUND)
        return wrong("filter", "it holds what is no filter of the list", "see the parameters of the list", message);
    if (to.code != CS_OK) return to.code;
    if (!filter.rule)
        return wrong("filter", "it names no rule", "name the rule whose findings are to be answered", message);
    const char *after = NULL;
    cs_error code = CS_OK;
    for (int page = 0; page < LIST_PAGES && code == CS_OK && !out->is_cut; page++) {
        code = page_add(db, ruleset, &filter, after, arena, out, &after, message);
        if (!after) break;
    }
    if (after) out->is_cut = true;
    if (code == CS_OK && out->count == 0)
        return wrong("filter", "it finds nothing", "choose a filter with findings of that rule", message);
    return code;
}

cs_error order_choose(cs_db *db, const cs_ruleset *ruleset, const cs_json *body, cs_arena *arena, cs_order_choice *out,
                      cs_message *message) {
    const cs_json *findings = json_get(body, "findings"), *ids = json_get(body, "conversations");
    const cs_json *filter = json_get(body, "filter");
    out->count = 0;
    out->is_cut = false;
    if (findings) return findings_read(findings, out, message);
    if (ids) return conversations_read(db, body, ids, arena, out, message);
    if (filter && ruleset) return filter_read(db, ruleset, filter, arena, out, message);
    return wrong("findings", "it names no findings", "send findings, conversations or a filter", message);
}
