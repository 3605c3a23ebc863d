#include "service/order_unanswered.h"

#include "base/arena.h"
#include "quality/finding_json.h"
#include "rules/finding.h"
#include "service/order_row.h"
#include "text/mask_json.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LOOKED_AT = 5000, LEAST_OF_RULE = 200, MAX_ARENA = 64 << 20, MAX_NAMES = 4096 };

typedef struct unanswered {
    const cs_rule *rule;
    cs_verdict verdict;
    int64_t seq, started_ms, turn, at_ms;
    const char *id, *external_id, *title, *customer, *agent, *team, *channel;
} unanswered;

typedef struct gathered {
    cs_arena *arena;
    unanswered *items;
    uint32_t count, room;
    bool is_complete;
} gathered;

/* ---- which rules ---- */

static cs_error no_such_rule(const char *name, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the rule \"%.80s\" is not known", name);
    message_place(message, "rules");
    message_remedy(message, "the rules stand in GET /api/v1/facets; several with commas");
    return CS_ERR_USAGE;
}

static cs_error rules_named(const cs_ruleset *ruleset, const char *names, const cs_rule **out, uint32_t *count,
                            cs_message *message) {
    char text[MAX_NAMES];
    char *rest = NULL;
    if (strlen(names) >= sizeof text)
        return message_set(message, CS_ERR_USAGE, "the list of rules is longer than %d bytes", MAX_NAMES - 1);
    (void)memcpy(text, names, strlen(names) + 1);
    for (char *name = strtok_r(text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        const cs_rule *rule = ruleset_find(ruleset, name);
        if (!rule) return no_such_rule(name, message);
        if (*count == CS_MAX_UNANSWERED_RULES)
            return message_set(message, CS_ERR_USAGE, "more than %d rules are named", CS_MAX_UNANSWERED_RULES);
        out[(*count)++] = rule;
    }
    return CS_OK;
}

static cs_error rules_choose(const cs_ruleset *ruleset, const char *names, const cs_rule **out, uint32_t *count,
                             cs_message *message) {
    *count = 0;
    if (!ruleset) return CS_OK;
    if (names && *names) return rules_named(ruleset, names, out, count, message);
    for (uint32_t i = 0; i < ruleset_rule_count(ruleset) && *count < CS_MAX_UNANSWERED_RULES; i++)
        if (ruleset_rule(ruleset, i)->is_high_risk) out[(*count)++] = ruleset_rule(ruleset, i);
    return CS_OK;
}

/* ---- reading ---- */

static cs_error keep(cs_stmt *stmt, const cs_rule *rule, cs_verdict verdict, gathered *out, cs_message *message) {
    void *items = out->items;
    if (!arena_room(out->arena, &items, &out->room, out->count, sizeof *out->items))
        return message_set(message, CS_ERR_MEMORY, "no memory for findings without an answer");
    out->items = items;
    unanswered *one = &out->items[out->count++];
    *one = (unanswered){
        .rule = rule,
        .verdict = verdict,
        .seq = db_int64(stmt, 0),
        .started_ms = db_int64(stmt, 1),
        .turn = db_is_null(stmt, 2) ? 0 : db_int64(stmt, 2),
        .at_ms = db_is_null(stmt, 3) ? CS_NO_TIME : db_int64(stmt, 3),
        .id = arena_string(out->arena, db_text(stmt, 4)),
        .external_id = arena_string(out->arena, db_text(stmt, 5)),
        .title = arena_string(out->arena, db_text(stmt, 6)),
        .customer = arena_string(out->arena, db_text(stmt, 7)),
        .agent = arena_string(out->arena, db_text(stmt, 8)),
        .team = arena_string(out->arena, db_text(stmt, 9)),
        .channel = arena_string(out->arena, db_text(stmt, 10)),
    };
    return one->id && one->external_id && one->channel
               ? CS_OK
               : message_set(message, CS_ERR_MEMORY, "no memory for findings without an answer");
}

/* Of the newest `most` findings of a rule those without order and judgement; a chosen team or agent is looked for among them. */
static cs_error gather(cs_db *db, const cs_rule *rule, cs_verdict verdict, const cs_unanswered_ask *ask, int64_t most,
                       gathered *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t looked = 0;
    cs_error code = db_query(
        db,
        "SELECT f.seq, f.started_ms, f.turn, f.at_ms, c.id, c.external_id, c.title, c.customer, c.agent, c.team, "
        "c.channel, CASE WHEN EXISTS (SELECT 1 FROM work_order w WHERE w.conversation = c.id AND w.rule = f.rule AND "
        "w.turn = coalesce(f.turn, 0)) OR EXISTS (SELECT 1 FROM judgement j WHERE j.conversation = c.external_id AND "
        "j.rule = f.rule AND j.turn = coalesce(f.turn, 0) AND j.is_current = 1) THEN 1 ELSE 0 END FROM (SELECT seq, "
        "rule, "
        "started_ms, turn, at_ms FROM finding WHERE rule = :rule AND verdict = :verdict AND started_ms >= :from AND "
        "started_ms < :to ORDER BY started_ms DESC, seq DESC LIMIT :most) f JOIN conversation c ON c.seq = f.seq ORDER "
        "BY f.started_ms DESC, f.seq DESC",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule->name);
    db_bind_int64(stmt, "verdict", verdict);
    db_bind_int64(stmt, "from", ask->from_ms);
    db_bind_int64(stmt, "to", ask->to_ms);
    db_bind_int64(stmt, "most", most);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *agent = db_text(stmt, 8), *team = db_text(stmt, 9);
        looked++;
        if (db_int64(stmt, 11) != 0) continue;
        if (ask->agent && (!agent || strcmp(agent, ask->agent) != 0)) continue;
        if (ask->team && (!team || strcmp(team, ask->team) != 0)) continue;
        code = keep(stmt, rule, verdict, out, message);
        if (code != CS_OK) break;
    }
    if (looked == most) out->is_complete = false;
    db_done(stmt);
    return code;
}

static cs_error gather_all(cs_db *db, const cs_rule *const *rules, uint32_t count, const cs_unanswered_ask *ask,
                           gathered *out, cs_message *message) {
    static const cs_verdict verdicts[] = {CS_VERDICT_HIT, CS_VERDICT_MISSED, CS_VERDICT_NOTED};
    int64_t most = count ? MOST_LOOKED_AT / (int64_t)count : 0;
    cs_error code = CS_OK;
    if (most < LEAST_OF_RULE) most = LEAST_OF_RULE;
    for (uint32_t i = 0; i < count; i++)
        for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts && code == CS_OK; v++)
            code = gather(db, rules[i], verdicts[v], ask, most, out, message);
    return code;
}

/* ---- writing ---- */

static int newest_first(const void *left, const void *right) {
    const unanswered *a = left, *b = right;
    if (a->started_ms != b->started_ms) return a->started_ms > b->started_ms ? -1 : 1;
    if (a->seq != b->seq) return a->seq > b->seq ? -1 : 1;
    if (a->turn != b->turn) return a->turn < b->turn ? -1 : 1;
    return strcmp(a->rule->name, b->rule->name);
}

static void item_write(const unanswered *one, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_object_open(out, "conversation");
    json_write_string(out, "id", one->id);
    json_write_masked_title(out, "external_id", one->external_id, one->customer);
    json_write_masked_title(out, "title", one->title ? one->title : one->external_id, one->customer);
    json_write_string(out, "channel", one->channel);
    json_write_int(out, "started_ms", one->started_ms);
    json_object_close(out);
    json_write_string(out, "agent", one->agent);
    json_write_string(out, "team", one->team);
    json_write_string(out, "rule", one->rule->name);
    title_write(out, "title", one->rule, one->rule->name);
    json_write_string(out, "verdict", verdict_name(one->verdict));
    if (one->turn)
        json_write_int(out, "turn", one->turn);
    else
        json_write_null(out, "turn");
    time_write(out, "at_ms", one->at_ms);
    json_object_close(out);
}

static void rules_count_write(const gathered *all, const cs_rule *const *rules, uint32_t count, cs_json_writer *out) {
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < count; i++) {
        int64_t findings = 0;
        for (uint32_t k = 0; k < all->count; k++) findings += all->items[k].rule == rules[i];
        json_object_open(out, NULL);
        json_write_string(out, "rule", rules[i]->name);
        title_write(out, "title", rules[i], rules[i]->name);
        json_write_int(out, "count", findings);
        json_object_close(out);
    }
    json_array_close(out);
}

cs_error order_unanswered(cs_db *db, const cs_ruleset *ruleset, const cs_unanswered_ask *ask, cs_json_writer *out,
                          cs_message *message) {
    const cs_rule *rules[CS_MAX_UNANSWERED_RULES];
    uint32_t count = 0;
    gathered all = {.is_complete = true};
    cs_error code = rules_choose(ruleset, ask->rules, rules, &count, message);
    if (code != CS_OK) return code;
    all.arena = arena_create(MAX_ARENA);
    if (!all.arena) return message_set(message, CS_ERR_MEMORY, "no memory for findings without an answer");
    code = gather_all(db, rules, count, ask, &all, message);
    if (code == CS_OK) {
        if (all.count) qsort(all.items, all.count, sizeof *all.items, newest_first);
        json_object_open(out, NULL);
        json_write_int(out, "from_ms", ask->from_ms);
        json_write_int(out, "to_ms", ask->to_ms);
        json_write_int(out, "total", all.count);
        json_write_bool(out, "is_complete", all.is_complete);
        rules_count_write(&all, rules, count, out);
        json_array_open(out, "items");
        for (uint32_t i = 0; i < all.count && i < (uint32_t)ask->limit; i++) item_write(&all.items[i], out);
        json_array_close(out);
        json_object_close(out);
    }
    arena_free(all.arena);
    return code;
}
