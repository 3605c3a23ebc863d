#include "quality/export_inspection.h"

#include "conversation/json_export.h"
#include "quality/finding_json.h"
#include "quality/finding_mask.h"

#include <stdlib.h>

struct cs_export_inspector {
    cs_db *db;
    cs_ruleset *ruleset; /* the caller's */
    cs_ruleset *older; /* ours: of conversations that wait for their new inspection; NULL: none needed yet */
    cs_scanner *scanner; /* of the rule set below */
    const cs_ruleset *scanned;
};

cs_error export_inspector_open(cs_db *db, cs_ruleset *ruleset, cs_export_inspector **out, cs_message *message) {
    cs_export_inspector *made = calloc(1, sizeof *made);
    if (!made) return message_set(message, CS_ERR_MEMORY, "no memory to export inspections");
    *made = (cs_export_inspector){.db = db, .ruleset = ruleset};
    *out = made;
    return CS_OK;
}

void export_inspector_close(cs_export_inspector *inspector) {
    if (!inspector) return;
    scanner_free(inspector->scanner);
    ruleset_release(inspector->older);
    free(inspector);
}

static cs_error choose_rules(cs_export_inspector *in, cs_hash id, cs_ruleset **out, cs_message *message) {
    cs_error code = CS_OK;
    *out = in->ruleset;
    if (!hash_equal(id, ruleset_id(in->ruleset))) {
        if (!in->older || !hash_equal(id, ruleset_id(in->older))) {
            scanner_free(in->scanner);
            in->scanner = NULL;
            in->scanned = NULL;
            ruleset_release(in->older);
            in->older = NULL;
            code = archive_load_ruleset(in->db, id, &in->older, message);
            if (code != CS_OK) message_remedy(message, "inspect the conversations again with today's rules");
        }
        *out = in->older;
    }
    if (code != CS_OK || in->scanned == *out) return code;
    scanner_free(in->scanner);
    in->scanner = NULL;
    in->scanned = NULL;
    code = scanner_create(*out, &in->scanner, message);
    if (code == CS_OK) in->scanned = *out;
    return code;
}

static void findings_write(cs_json_writer *out, const cs_ruleset *rules, const cs_verdicts *verdicts,
                           const uint32_t *numbers) {
    json_array_open(out, "findings");
    for (uint32_t i = 0; i < verdicts->finding_count; i++) {
        const cs_finding *finding = &verdicts->findings[i];
        const cs_rule *rule = ruleset_rule(rules, finding->rule);
        if (!verdict_needs_eye(finding->verdict)) continue;
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        title_write(out, "title", rule, rule->name);
        finding_write(out, "finding", finding, numbers[i]);
        json_object_close(out);
    }
    json_array_close(out);
}

cs_error export_inspection_write(cs_export_inspector *inspector, const cs_stored *stored, const cs_conversation *shown,
                                 cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_ruleset *rules = NULL;
    cs_verdicts verdicts;
    cs_scores scores;
    const uint32_t *numbers = NULL;
    cs_error code = choose_rules(inspector, stored->ruleset, &rules, message);
    if (code == CS_OK) code = evaluation_run(inspector->scanner, stored->conversation, arena, &verdicts, message);
    if (code == CS_OK) code = scorecard_compute(rules, &verdicts, arena, &scores, message);
    if (code == CS_OK && !(numbers = finding_numbers(&verdicts, arena)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the findings");
    if (code == CS_OK && shown != stored->conversation && !findings_mask(&verdicts, shown, arena))
        code = message_set(message, CS_ERR_MEMORY, "no memory to cover the numbers of the findings");
    if (code != CS_OK) return code;
    char hex[CS_HASH_CHARS + 1], inspected[40];
    hash_hex(stored->ruleset, hex);
    time_format_exact(stored->inspected_ms, 0, inspected);
    json_object_open(out, NULL);
    json_write_string(out, "ruleset", hex);
    json_write_string(out, "engine", stored->engine);
    json_write_string(out, "inspected", inspected);
    scores_write(out, "scores", &scores);
    if (scores.decided_share < 0)
        json_write_null(out, "decided_share");
    else
        json_write_double(out, "decided_share", scores.decided_share, 3);
    json_write_bool(out, "high_risk", scores.is_high_risk);
    tags_write(out, "tags", rules, &verdicts);
    findings_write(out, rules, &verdicts, numbers);
    json_object_close(out);
    return CS_OK;
}
