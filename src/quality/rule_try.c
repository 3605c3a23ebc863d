#include "quality/rule_try.h"

#include "conversation/conversation_mask.h"
#include "quality/finding_json.h"
#include "rules/evaluation.h"
#include "text/mask_json.h"

#include <string.h>

static cs_error judge(cs_ruleset *rules, const cs_conversation *conversation, cs_arena *arena, cs_verdicts *out,
                      cs_message *message) {
    cs_scanner *scanner = NULL;
    cs_error code = scanner_create(rules, &scanner, message);
    if (code == CS_OK) code = evaluation_run(scanner, conversation, arena, out, message);
    scanner_free(scanner);
    return code;
}

/* One side; null where its rule set has no such rule. */
static cs_error side_write(cs_json_writer *out, const char *key, cs_ruleset *rules, const cs_rule_attempt *attempt,
                           cs_arena *arena, cs_message *message) {
    cs_verdicts verdicts;
    const cs_rule *rule = rules ? ruleset_find(rules, attempt->rule) : NULL;
    if (!rule) {
        json_write_null(out, key);
        return CS_OK;
    }
    cs_error code = judge(rules, attempt->conversation, arena, &verdicts, message);
    const uint32_t *numbers = code == CS_OK ? finding_numbers(&verdicts, arena) : NULL;
    if (code == CS_OK && !numbers) code = message_set(message, CS_ERR_MEMORY, "out of memory for the findings");
    if (code != CS_OK) return code;
    json_object_open(out, key);
    json_write_string(out, "verdict", verdict_name(verdicts.verdicts[rule->index]));
    json_write_string(out, "reason", reason_name(verdicts.reasons[rule->index]));
    json_array_open(out, "findings");
    for (uint32_t i = 0; i < verdicts.finding_count; i++)
        if (verdicts.findings[i].rule == rule->index) finding_write(out, NULL, &verdicts.findings[i], numbers[i]);
    json_array_close(out);
    json_object_close(out);
    return CS_OK;
}

cs_error rule_try_write(const cs_rule_attempt *attempt, cs_arena *arena, cs_json_writer *out, cs_message *message) {
    const cs_conversation *c = attempt->conversation;
    json_array_open(out, "turns");
    for (uint32_t i = 0; i < c->turn_count; i++) {
        json_object_open(out, NULL);
        json_write_int(out, "turn", (int64_t)i + 1);
        json_write_string(out, "role", role_name(c->participants[c->turns[i].participant].role));
        json_write_masked_said(out, "text", c->turns[i].text, c->turns[i].text_bytes, conversation_customer_name(c));
        json_object_close(out);
    }
    json_array_close(out);
    cs_error code = side_write(out, "draft", attempt->draft, attempt, arena, message);
    if (code == CS_OK) code = side_write(out, "published", attempt->current, attempt, arena, message);
    return code;
}
